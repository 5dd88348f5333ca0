import { describe, expect, it } from "vitest";
import { array, constantFrom, sample, tuple } from "fast-check";
import { compareNixVersions, versionComponents } from "../../../src/ecosystems/nix/version.ts";
import { evaluate, nixIsMissing } from "../../helpers/nix-instantiate.ts";

describe("versions of nixpkgs", () => {
  it.each([
    ["1.0", "2.3", -1],
    ["2.1", "2.3", -1],
    ["2.3", "2.3", 0],
    ["2.5", "2.3", 1],
    ["2.3.1", "2.3", 1],
    ["2.3.1", "2.3.1a", -1],
    ["2.3pre1", "2.3", -1],
    ["2.3pre3", "2.3pre12", -1],
    ["2.3a", "2.3c", -1],
    ["2.3pre1", "2.3c", -1],
    ["3.9", "3.10", -1],
    ["1.1.1w", "1.1.1", 1],
  ])("compares %s with %s", (left, right, expected) => {
    expect(compareNixVersions(left, right)).toBe(expected);
    expect(compareNixVersions(right, left)).toBe(expected === 0 ? 0 : -expected);
  });

  it("splits like builtins.splitVersion", () => {
    expect(versionComponents("14-20241116")).toEqual(["14", "20241116"]);
    expect(versionComponents("1.1.1w")).toEqual(["1", "1", "1", "w"]);
  });

  it.skipIf(nixIsMissing)("orders random versions exactly as nix-instantiate does", () => {
    const part = constantFrom("0", "1", "2", "10", "007", "a", "b", "pre", "rc1", "w", ".", "-", "..", "+", "_");
    const version = array(part, { maxLength: 6 }).map((parts) => parts.join(""));
    const pairs = sample(tuple(version, version), { numRuns: 400, seed: 8 });
    const expression = `map (p: builtins.compareVersions (builtins.elemAt p 0) (builtins.elemAt p 1)) (builtins.fromJSON ${JSON.stringify(JSON.stringify(pairs))})`;
    expect(pairs.map(([left, right]) => compareNixVersions(left, right))).toEqual(evaluate(expression));
  });
});
