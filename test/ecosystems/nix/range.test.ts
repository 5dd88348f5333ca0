import { describe, expect, it } from "vitest";
import { nixRangeAdmits } from "../../../src/ecosystems/nix/range.ts";

describe("ranges over nixpkgs versions", () => {
  it.each([
    ["*", "3.12.8", true],
    ["", "1", true],
    [">=1.85", "1.86.0", true],
    [">=1.85", "1.82.0", false],
    [">=3.10, <4", "3.12.8", true],
    [">=3.10,<3.12", "3.12.8", false],
    ["3.12", "3.12.8", true],
    ["= 3.12", "3.120.1", false],
    ["=3.12.7", "3.12.7", true],
    ["=3.12.7", "3.12.8", false],
    ["!=3.12", "3.12.8", false],
    ["<=3.12", "3.12.8", true],
    [">3.12", "3.12.8", false],
    [">3.12", "3.13.0", true],
    ["<2", "1.99", true],
  ])("%s on %s is %s", (range, version, expected) => {
    expect(nixRangeAdmits(range, version)).toBe(expected);
  });

  it.each(["^1.2", "~1.2", ">=1.2 <2", "1.x || 2", ">=", "latest!"])("refuses %s with what it expects", (range) => {
    expect(() => nixRangeAdmits(range, "1.0")).toThrow(/cannot read/);
  });
});
