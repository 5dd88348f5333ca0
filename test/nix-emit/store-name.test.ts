import { execFileSync } from "node:child_process";
import { sample, string, array, constantFrom, oneof } from "fast-check";
import { describe, expect, it } from "vitest";
import { isStoreName, storeName } from "../../src/nix-emit/store-name.ts";
import { evaluate, makeStore, nixIsMissing } from "../helpers/nix-instantiate.ts";

const piece = constantFrom(
  "a",
  "B",
  "9",
  ".",
  "-",
  "_",
  "+",
  "?",
  "=",
  "@",
  "/",
  " ",
  "~",
  "&",
  "é",
  "$",
  "{",
  ".drv",
  "\n",
);
const name = oneof(
  array(piece, { maxLength: 20 }).map((pieces) => pieces.join("")),
  string({ maxLength: 300 }),
);

describe("names in the store", () => {
  it.each(["express-4.19.2.tgz", "numpy-2.1.0-cp312-cp312-manylinux_2_17_x86_64.whl", "a+b_c?d=e", "x"])(
    "keeps %s",
    (good) => expect(storeName(good)).toBe(good),
  );

  it.each(["@scope/x-1.tgz", ".hidden", "x.drv", "", "a b", "a~1", "é", "x".repeat(300), "a-0123456789abcdef"])(
    "changes %j",
    (bad) => {
      expect(storeName(bad)).not.toBe(bad);
      expect(isStoreName(storeName(bad))).toBe(true);
    },
  );

  it("is always allowed, and never the same for two names", () => {
    const seen = new Map<string, string>();
    const clashes = sample(name, { numRuns: 3000, seed: 4 }).filter((one) => {
      const safe = storeName(one);
      const other = seen.get(safe);
      seen.set(safe, one);
      return !isStoreName(safe) || (other !== undefined && other !== one);
    });
    expect(clashes).toEqual([]);
    expect(seen.size).toBeGreaterThan(2000);
  });

  it("does not meet a name that looks like one it made", () => {
    const made = storeName("@a/b");
    expect(storeName(made)).not.toBe(made);
  });

  it.skipIf(nixIsMissing)("is accepted by Nix for random names", () => {
    const names = sample(name, { numRuns: 300, seed: 5 }).map(storeName);
    const paths = evaluate(
      `map (name: builtins.toFile name "") (builtins.fromJSON ${JSON.stringify(JSON.stringify(names))})`,
    );
    expect(Array.isArray(paths) && paths.length).toBe(names.length);
    const store = makeStore();
    const derivations = `map (name: (derivation { inherit name; system = "x"; builder = "x"; }).drvPath) (builtins.fromJSON ${JSON.stringify(JSON.stringify(names))})`;
    const text = execFileSync("nix-instantiate", ["--eval", "--strict", "--json", "-E", derivations], {
      env: store.environment,
    });
    expect(JSON.parse(text.toString("utf8"))).toHaveLength(names.length);
  });
});
