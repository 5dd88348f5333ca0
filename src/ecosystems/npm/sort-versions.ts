import type { SemVer } from "semver";
import { parseVersion } from "./version-range.ts";

/** A version without build metadata in node-semver's strict form: three numbers, and perhaps pre-release identifiers. */
const strictVersion = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/** Identifiers that strict SemVer refuses, and numbers that lose digits. */
const doubtfulIdentifier = /(?:^|\.)(?:0\d+|\d{16,})(?:\.|$)/;

/** A version as far as sorting needs it: most differ in their first three numbers. */
interface SortableVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** The pre-release identifiers, dots between them; empty without any. */
  readonly prerelease: string;
  /** Only for what is not in the strict form. */
  readonly version: SemVer | undefined;
}

function sortable(text: string): SortableVersion | undefined {
  if (text.length > 256) return undefined;
  const match = strictVersion.exec(text);
  const prerelease = match?.[4] ?? "";
  if (match !== null && (prerelease === "" || !doubtfulIdentifier.test(prerelease))) {
    const [, major, minor, patch] = match;
    return {
      text,
      major: Number(major),
      minor: Number(minor),
      patch: Number(patch),
      prerelease,
      version: undefined,
    };
  }
  const version = parseVersion(text);
  if (version === undefined) return undefined;
  const { major, minor, patch } = version;
  return { text, major, minor, patch, prerelease: version.prerelease.join("."), version };
}

/** SemVer rule 11 for pre-releases; a release comes after all of its own. */
function comparePrereleases(left: string, right: string): number {
  if (left === "" || right === "") return Number(left === "") - Number(right === "");
  const leftParts = left.split(".");
  const rightParts = right.split(".");
  for (const [index, leftPart] of leftParts.entries()) {
    const rightPart = rightParts[index];
    if (rightPart === undefined) return 1;
    if (leftPart === rightPart) continue;
    const isLeftNumber = /^\d+$/.test(leftPart);
    const isRightNumber = /^\d+$/.test(rightPart);
    if (isLeftNumber && isRightNumber) return Number(leftPart) - Number(rightPart);
    if (isLeftNumber !== isRightNumber) return isLeftNumber ? -1 : 1;
    return leftPart < rightPart ? -1 : 1;
  }
  return leftParts.length - rightParts.length;
}

function compareSortable(left: SortableVersion, right: SortableVersion): number {
  const byNumbers = left.major - right.major || left.minor - right.minor || left.patch - right.patch;
  if (byNumbers !== 0) return byNumbers;
  const bySpecial =
    left.version === undefined && right.version === undefined
      ? comparePrereleases(left.prerelease, right.prerelease)
      : compareSpecial(left.version ?? parseVersion(left.text), right.version ?? parseVersion(right.text));
  return bySpecial || (left.text < right.text ? -1 : left.text > right.text ? 1 : 0);
}

function compareSpecial(left: SemVer | undefined, right: SemVer | undefined): number {
  if (left === undefined || right === undefined) return 0;
  return left.compare(right) || left.compareBuild(right);
}

/** Versions in order, and what finding them needs. */
export interface SortedVersions {
  /** Ascending (SemVer rule 11, then build metadata, then text). */
  readonly versions: string[];
  /** The indices of those with pre-release identifiers, ascending. */
  readonly prereleases: number[];
  /** The x.y.z of each version, one after the other, each {@link fitting}. */
  readonly numbers: Int32Array;
}

/** A number of a version as lists hold it. What does not fit is beyond every bound that occurs. */
export function fitting(number: number): number {
  return Math.min(number, 0x7f_ff_ff_ff);
}

/** Sorts version texts ascending and tells which are pre-releases; unreadable ones are left out. */
export function sortVersions(texts: Iterable<string>): SortedVersions {
  const parsed: SortableVersion[] = [];
  for (const text of texts) {
    const version = sortable(text);
    if (version !== undefined) parsed.push(version);
  }
  parsed.sort(compareSortable);
  const versions: string[] = [];
  const prereleases: number[] = [];
  const numbers = new Int32Array(parsed.length * 3);
  for (const { text, major, minor, patch, prerelease } of parsed) {
    const index = versions.length;
    versions.push(text);
    if (prerelease !== "") prereleases.push(index);
    numbers[index * 3] = fitting(major);
    numbers[index * 3 + 1] = fitting(minor);
    numbers[index * 3 + 2] = fitting(patch);
  }
  return { versions, prereleases, numbers };
}
