import { array, assert, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions } from "../../../src/ecosystems/opam/version.ts";

/** Pairs and their order as opam itself answered. */
const orders: readonly (readonly [string, "<" | "=" | ">", string])[] = [
  ["1.0~~", "<", "1.0~"],
  ["1.0~", "<", "1.0"],
  ["1.0", "<", "1.0.0"],
  ["1.0a", "<", "1.0+b"],
  ["01", "=", "1"],
  ["1.0-", "=", "1.0"],
  ["1.0--", ">", "1.0"],
  ["1.0-~", "<", "1.0"],
  ["1.0-~", ">", "1.0~"],
  ["1.0-0", "=", "1.0"],
  ["1.0+b", ">", "1.0-1"],
  ["1.0-1", "<", "1.0-1-1"],
  ["1.0-1~x", "<", "1.0-1"],
  ["1.0_a", ">", "1.0a"],
  ["1.-2", ">", "1.0"],
  ["1.-2", "<", "1.+"],
  ["2-1-0", ">", "2-1+"],
  ["2-_1", ">", "2-1"],
  ["a", ">", "0a"],
  ["v0.17.0", ">", "0.17.0"],
  ["dev", ">", "1.0"],
  ["1:1.0", ">", "2.0"],
  ["5.5.0+introcaml", "=", "5.5.0+introcaml0"],
  ["99999999999999999999999", "<", "100000000000000000000000"],
];

describe("opam version order", () => {
  it.each(orders)("%s %s %s", (left, order, right) => {
    const expected = { "<": -1, "=": 0, ">": 1 }[order];
    expect(Math.sign(compareVersions(left, right))).toBe(expected);
    expect(Math.sign(compareVersions(right, left))).toBe(expected === 0 ? 0 : -expected);
  });

  it("is a total preorder", () => {
    const piece = constantFrom("0", "1", "10", "00", "~", "-", "+", ".", "a", "B", "v", "_", "rc");
    const version = array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(""));
    assert(
      property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        const [low = "", middle = "", high = ""] = [a, b, c].toSorted(compareVersions);
        expect(compareVersions(low, middle)).toBeLessThanOrEqual(0);
        expect(compareVersions(middle, high)).toBeLessThanOrEqual(0);
        expect(compareVersions(low, high)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });
});
