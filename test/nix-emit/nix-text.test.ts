import { sample, array, constantFrom, oneof, string, uniqueArray } from "fast-check";
import { describe, expect, it } from "vitest";
import { isNixIdentifier, nixAttributeName, nixString } from "../../src/nix-emit/nix-text.ts";
import { evaluate, nixIsMissing } from "../helpers/nix-instantiate.ts";

const hostile = [
  "${builtins.readFile /etc/hostname}",
  "$${x}",
  "$$${x}",
  "\\${x}",
  "\\\\${x}",
  '"; throw "x',
  "''${x}''",
  "\n\r\t",
  "\\n",
  "\u0001\u007F\u2028",
  "é ü 漢 😀",
  "or",
  "__proto__",
  "if",
  "a.b",
  "a b",
  "-a",
  "'a",
  "9",
  "",
  "</script>",
  "$",
  "\\",
  "${",
  "}",
];
const piece = constantFrom("$", "{", "}", "\\", '"', "\n", "'", "a", "é", "😀", "\r", "\t", " ", "#", "\u0001");
const text = oneof(
  array(piece, { maxLength: 10 }).map((pieces) => pieces.join("")),
  string({ unit: "grapheme", maxLength: 12 }),
);
const corpus: readonly string[] = [...hostile, ...sample(text, { numRuns: 400, seed: 9 })].filter(
  (one) => !one.includes("\0"),
);

describe("texts in Nix", () => {
  it.skipIf(nixIsMissing)("read back as they were, whatever they hold", () => {
    expect(evaluate(`[ ${corpus.map(nixString).join(" ")} ]`)).toEqual(corpus);
  });

  it.skipIf(nixIsMissing)("read back as they were, as attribute names", () => {
    const names = [
      ...new Set(corpus),
      ...sample(uniqueArray(string({ maxLength: 4 })), { numRuns: 1, seed: 1 }),
    ].flat();
    const unique = [...new Set(names.filter((name) => !name.includes("\0")))];
    const set = unique.map((name) => `${nixAttributeName(name)} = null;`).join(" ");
    const read = evaluate(`builtins.attrNames { ${set} }`);
    expect(new Set(read as readonly string[])).toEqual(new Set(unique));
  });

  it.skipIf(nixIsMissing)("stand without quotes only where Nix reads an identifier", () => {
    const identifiers = corpus.filter(isNixIdentifier);
    expect(identifiers.length).toBeGreaterThan(0);
    const functions = identifiers.map((name) => `({ ${name} }: ${name}) { ${name} = ${nixString(name)}; }`);
    expect(evaluate(`[ ${functions.map((one) => `(${one})`).join(" ")} ]`)).toEqual(identifiers);
  });

  it("refuses what Nix would cut short or garble", () => {
    expect(() => nixString("a\0b")).toThrow(/NUL/);
    expect(() => nixString("a\uD800b")).toThrow(/surrogate/);
  });
});
