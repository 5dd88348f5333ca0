import { describe, expect, it } from "vitest";

import { compatibilityOf } from "../../../../src/ecosystems/cargo/versions/compatibility.ts";
import { isRequirementProblem, parseRequirement } from "../../../../src/ecosystems/cargo/versions/parse-requirement.ts";
import { admits, onlyCompatibility } from "../../../../src/ecosystems/cargo/versions/requirement.ts";
import { compareVersions, parseVersion } from "../../../../src/ecosystems/cargo/versions/version.ts";
import type { CargoVersion } from "../../../../src/ecosystems/cargo/versions/version.ts";

function version(text: string): CargoVersion {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
}

function requirement(text: string): Exclude<ReturnType<typeof parseRequirement>, { problem: string }> {
  const parsed = parseRequirement(text);
  if (isRequirementProblem(parsed)) throw new Error(`${text}: ${parsed.problem}`);
  return parsed;
}

describe("requirements", () => {
  it.each([
    ["1.2", ["1.2.0", "1.9.9"], ["1.1.9", "2.0.0", "1.3.0-rc.1"]],
    ["0.3", ["0.3.0", "0.3.9"], ["0.4.0", "0.2.9"]],
    ["0", ["0.0.1", "0.99.0"], ["1.0.0"]],
    ["^0.0", ["0.0.0", "0.0.9"], ["0.1.0"]],
    ["0.0.3", ["0.0.3"], ["0.0.4", "0.0.2"]],
    ["~1.2.3", ["1.2.3", "1.2.9"], ["1.3.0", "1.2.2"]],
    ["~1", ["1.0.0", "1.9.0"], ["2.0.0"]],
    [">1", ["2.0.0"], ["1.0.0", "1.9.9"]],
    ["<=1", ["1.1.0", "0.1.0"], ["2.0.0"]],
    ["=1", ["1.1.0"], ["2.0.0"]],
    ["=1.2", ["1.2.7"], ["1.3.0"]],
    [">=1.2, <1.5", ["1.2.0", "1.4.9"], ["1.5.0", "1.1.0"]],
    ["*", ["0.0.1", "9.0.0"], ["1.0.0-alpha"]],
    ["1.*", ["1.0.0", "1.5.0"], ["2.0.0"]],
    ["1.2.X", ["1.2.5"], ["1.3.0"]],
    ["1.x.*", ["1.2.5"], ["2.0.0"]],
    ["=1.0.0+a", ["1.0.0", "1.0.0+b"], ["1.0.1"]],
    ["1.1.0-alpha", ["1.1.0-alpha", "1.1.0-beta", "1.1.0", "1.9.0"], ["1.2.0-rc.1"]],
    [">=1.0.0-a, <2.0.0", ["1.0.0-b", "1.5.0"], ["2.0.0-alpha", "1.5.0-rc"]],
    ["18446744073709551615", ["18446744073709551615.0.0"], ["9007199254740993.0.0"]],
    ["=9007199254740993.0.0", ["9007199254740993.0.0"], ["9007199254740992.0.0"]],
    ["   1.0  ,  <1.5  ", ["1.4.0"], ["1.5.0"]],
  ])("%s", (text, inside, outside) => {
    const read = requirement(text);
    expect(inside.filter((each) => admits(read, version(each)))).toEqual(inside);
    expect(outside.filter((each) => admits(read, version(each)))).toEqual([]);
  });

  it.each([
    "",
    "v1",
    "1 || 2",
    "1 - 2",
    ">=1 <2",
    "1.0,",
    ", 1",
    "~>1.2",
    ">*",
    "=*",
    "^*",
    "*, 1",
    "* 1",
    "1.*.3",
    "1.2.*-alpha",
    "\t1",
    "01.2",
    "1.2.3-",
    "1.2.3-01",
    "1.2.3+",
    "1.2-alpha",
    "18446744073709551616",
    "^0.1-alpha.0",
    "^0-.11.0",
    "^0.51-oldsyn",
    "~2.0-2.2",
    "1.2.3.4",
    "a",
    "1,".repeat(40),
  ])("refuses `%s` as cargo does", (text) => {
    const parsed = parseRequirement(text);
    expect(parsed).toHaveProperty("problem");
    expect(parsed).toHaveProperty("offset");
  });

  it("reads hostile texts in linear time", () => {
    for (const piece of [" ", "1.", "||", "-", "(", ",", "1,", "0"]) {
      const started = performance.now();
      expect(parseRequirement(piece.repeat(100_000 / piece.length))).toHaveProperty("problem");
      expect(parseVersion(piece.repeat(100_000 / piece.length))).toBeUndefined();
      expect(performance.now() - started).toBeLessThan(200);
    }
  });

  it.each([
    ["1.2", "1"],
    ["^0.3", "0.3"],
    ["0.0.3", "0.0.3"],
    ["=0.3.1", "0.3"],
    ["~0.3", "0.3"],
    [">=1.5, 1", "1"],
    ["2.*", "2"],
    ["0", undefined],
    ["0.0", undefined],
    ["~0.0.3", undefined],
    ["*", undefined],
    [">=1", undefined],
    [">=1, <2", undefined],
    ["<2", undefined],
  ])("%s has the compatibility class %s", (text, compatibility) => {
    expect(onlyCompatibility(requirement(text))).toBe(compatibility);
  });
});

describe("versions", () => {
  it("sorts as cargo does, build metadata included", () => {
    const sorted = [
      "0.0.0-0",
      "0.0.0",
      "0.9.0",
      "0.10.0",
      "1.0.0-1",
      "1.0.0-2",
      "1.0.0-10",
      "1.0.0-a",
      "1.0.0-a.1",
      "1.0.0-a.b",
      "1.0.0-b",
      "1.0.0",
      "1.0.0+0",
      "1.0.0+00",
      "1.0.0+1",
      "1.0.0+01",
      "1.0.0+2",
      "1.0.0+10",
      "1.0.0+a",
      "1.0.0+b",
      "1.0.1-a",
      "9007199254740992.0.0",
      "9007199254740993.0.0",
    ].map(version);
    const shuffled = sorted.toReversed().toSorted(compareVersions);
    expect(shuffled.map(({ text }) => text)).toEqual(sorted.map(({ text }) => text));
    for (const [index, left] of sorted.entries()) {
      for (const [other, right] of sorted.entries()) {
        expect(Math.sign(compareVersions(left, right))).toBe(Math.sign(index - other));
      }
    }
  });

  it.each(["1.2", "1.2.3.4", "v1.2.3", " 1.2.3", "01.2.3", "1.2.3-01", "1.2.3-", "1.2.3+", "1.2.3-a..b", "x.y.z", ""])(
    "refuses `%s`",
    (text) => {
      expect(parseVersion(text)).toBeUndefined();
    },
  );

  it("names compatibility classes by the leftmost number that is not zero", () => {
    expect(["1.2.3", "0.2.3", "0.0.3", "0.0.0-a"].map((text) => compatibilityOf(version(text)))).toEqual([
      "1",
      "0.2",
      "0.0.3",
      "0.0.0",
    ]);
  });
});
