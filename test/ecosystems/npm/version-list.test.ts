import { array, assert, constantFrom, integer, oneof, option, property, tuple } from "fast-check";
import { compareBuild, satisfies, SemVer } from "semver";
import { describe, expect, it } from "vitest";

import { CandidateOrder, type Stretch } from "../../../src/ecosystems/npm/candidate-order.ts";
import type { VersionList } from "../../../src/ecosystems/npm/version-list.ts";
import { rangeHolds } from "../../../src/ecosystems/npm/version-range.ts";
import { sortTexts } from "./sorted-texts.ts";

const number = integer({ min: 0, max: 3 }).map(String);
const identifier = constantFrom("alpha", "beta", "rc", "0", "1", "1.2");
const version = tuple(number, number, number, option(identifier), option(constantFrom("build", "7"))).map(
  ([major, minor, patch, prerelease, build]) => {
    const tail = (prerelease === null ? "" : `-${prerelease}`) + (build === null ? "" : `+${build}`);
    return `${major}.${minor}.${patch}${tail}`;
  },
);
const partial = oneof(
  version,
  tuple(number, number).map(([major, minor]) => `${major}.${minor}`),
  number,
  tuple(number, number).map(([major, minor]) => `${major}.${minor}.x`),
  number.map((major) => `${major}.x`),
  constantFrom("*", "", "x"),
);
const comparator = tuple(
  constantFrom("", "=", "==", "v", "^", "~", "~>", ">", ">=", "<", "<=", "> ", "^ "),
  partial,
).map(([operator, operand]) => operator + operand);
const simple = oneof(
  array(comparator, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" ")),
  tuple(partial, partial).map(([from, to]) => `${from} - ${to}`),
);
const range = array(simple, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" || "));

function listOf(texts: readonly string[]): VersionList {
  return sortTexts(texts).list;
}

/** By code points; what node-semver finds equal has no order of its own. */
function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

describe("VersionList", () => {
  it("admits exactly what node-semver's satisfies admits", () => {
    assert(
      property(array(version, { maxLength: 40 }), range, (texts, text) => {
        const list = listOf(texts);
        const expected = list.versions.flatMap((candidate, index) => (satisfies(candidate, text, true) ? [index] : []));
        expect(list.matching(text)).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it("finds each version, and none that is not there", () => {
    assert(
      property(array(version, { maxLength: 40 }), version, (texts, other) => {
        const list = listOf([...texts, "v9.0.0", "9999999999.0.0"]);
        for (const [index, text] of list.versions.entries()) expect(list.indexOf(text)).toBe(index);
        expect(list.indexOf(other) === undefined).toBe(!list.versions.includes(other));
        for (const text of ["", "1", "latest", "9.0.0"]) expect(list.indexOf(text)).toBeUndefined();
        expect(list.versions.map((_, index) => list.isPrerelease(index))).toEqual(
          list.versions.map((text) => new SemVer(text, true).prerelease.length > 0),
        );
      }),
    );
  });

  it("has node-semver's order", () => {
    const identifiers = array(constantFrom("0", "2", "10", "007", "a", "B", "-", "x-1", "99999999999999999999"), {
      minLength: 1,
      maxLength: 3,
    }).map((parts) => parts.join("."));
    const any = oneof(
      version,
      tuple(number, number, identifiers).map(([minor, patch, tail]) => `1.${minor}.${patch}-${tail}`),
    );
    assert(
      property(array(any, { maxLength: 30 }), (texts) => {
        const sorted = sortTexts(texts);
        expect(sorted.versions).toEqual(
          [...new Set(texts)].toSorted((left, right) => compareBuild(left, right, true) || byText(left, right)),
        );
        expect(sorted.prereleases).toEqual(
          sorted.versions.flatMap((each, index) => (new SemVer(each, true).prerelease.length > 0 ? [index] : [])),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it("reads loose versions and leaves out what is none", () => {
    const list = listOf(["1.0.0beta", "v2.0.0", "nonsense", "1.2"]);
    expect(list.versions).toEqual(["1.0.0beta", "v2.0.0"]);
    expect(list.matching(">=1.0.0-alpha")).toEqual([0, 1]);
  });

  it("admits nothing for what is not a range", () => {
    expect(listOf(["1.0.0"]).matching("not a range")).toEqual([]);
  });

  it("stays quick on long hostile ranges", () => {
    const list = listOf(["1.0.0"]);
    for (const text of [
      " ".repeat(50_000),
      "1.".repeat(20_000),
      "|".repeat(20_000),
      "- ".repeat(10_000),
      "(".repeat(20_000),
    ]) {
      const before = performance.now();
      list.matching(text);
      expect(performance.now() - before).toBeLessThan(2000);
    }
  });
});

describe("rangeHolds", () => {
  it("agrees with node-semver", () => {
    assert(
      property(range, version, (text, candidate) => {
        const isAny = text.trim() === "" || text.trim() === "*";
        expect(rangeHolds(text, candidate)).toBe(isAny || satisfies(candidate, text, true));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ["*", "1.0.0-rc.1", true],
    ["", "2.0.0", true],
    ["==1.0.1", "1.0.1", true],
    ["^1.0.0-beta", "1.0.0-rc.1", true],
    ["^1.0.0", "1.1.0-rc.1", false],
    ["nonsense", "1.0.0", false],
  ])("%s and %s: %s", (text, candidate, expected) => {
    expect(rangeHolds(text, candidate)).toBe(expected);
  });
});

describe("CandidateOrder", () => {
  it("is what sorting by score and then by age gives", () => {
    const parts = array(tuple(integer({ min: 1, max: 5 }), integer({ min: 0, max: 3 })), { maxLength: 12 });
    assert(
      property(parts, constantFrom(true, false), (lengths, isOldestFirst) => {
        const scores = lengths.flatMap(([length, score]) => Array.from({ length }, () => score));
        const stretches: Stretch[] = [];
        for (const [length, score] of lengths) {
          const first = stretches.at(-1)?.end ?? 0;
          stretches.push({ first, end: first + length, score });
        }
        const sign = isOldestFirst ? 1 : -1;
        const expected = scores
          .map((_, index) => index)
          .toSorted((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || sign * (left - right));
        const order = new CandidateOrder(stretches, isOldestFirst);
        expect([...expected, undefined]).toEqual([...expected, -1].map((_, candidate) => order.versionOf(candidate)));
        expected.forEach((index, candidate) => expect(order.candidateOf(index)).toBe(candidate));
        const visited: number[] = [];
        const [from, to] = [Math.floor(scores.length / 3), Math.ceil((scores.length * 2) / 3)];
        order.visitRange(from, to, (start, end) => {
          for (let candidate = start; candidate < end; candidate++) visited.push(candidate);
        });
        expect(visited.toSorted((left, right) => left - right)).toEqual(
          expected.flatMap((index, candidate) => (index >= from && index < to ? [candidate] : [])),
        );
      }),
    );
  });
});
