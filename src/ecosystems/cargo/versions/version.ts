/** A number of a version: exact beyond 2^53 too, because cargo allows any unsigned 64-bit number. */
export type VersionNumber = number | bigint;

/** A version as the `semver` crate reads it (SemVer 2.0.0, unsigned 64-bit numbers, ordered build metadata). */
export interface CargoVersion {
  /** Exactly as written. */
  readonly text: string;
  readonly major: VersionNumber;
  readonly minor: VersionNumber;
  readonly patch: VersionNumber;
  /** Without the leading hyphen; empty for a release. */
  readonly prerelease: string;
  /** Without the leading plus; empty when there is none. */
  readonly build: string;
}

/** Longer versions are refused; the longest one in the public index has 147 characters. */
const maximumLength = 256;
const largestNumber = 2n ** 64n - 1n;
const shape = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/u;

/** Reads a complete version; `undefined` when the `semver` crate would refuse it. */
export function parseVersion(text: string): CargoVersion | undefined {
  if (text.length > maximumLength) return undefined;
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, majorText = "", minorText = "", patchText = "", prerelease = "", build = ""] = match;
  const major = parseNumber(majorText);
  const minor = parseNumber(minorText);
  const patch = parseNumber(patchText);
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  if (prerelease !== "" && !isPrerelease(prerelease)) return undefined;
  if (build !== "" && !isBuild(build)) return undefined;
  return { text, major, minor, patch, prerelease, build };
}

/** Reads a decimal number without leading zeros; `undefined` when there are some or it needs more than 64 bits. */
export function parseNumber(text: string): VersionNumber | undefined {
  if (!isDigits(text) || (text.length > 1 && text.startsWith("0"))) return undefined;
  if (text.length < 16) return Number(text);
  const value = BigInt(text);
  if (value > largestNumber) return undefined;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** Whether `text` is a legal pre-release tag: dot-separated, no empty part, numeric parts without leading zeros. */
export function isPrerelease(text: string): boolean {
  return text.split(".").every((part) => part !== "" && !(part.length > 1 && part.startsWith("0") && isDigits(part)));
}

/** Whether `text` is legal build metadata: dot-separated, no empty part. */
export function isBuild(text: string): boolean {
  return text.split(".").every((part) => part !== "");
}

/**
 * The order in which cargo prefers and sorts versions: SemVer precedence, then build metadata (which plain SemVer
 * leaves unordered).
 */
export function compareVersions(left: CargoVersion, right: CargoVersion): number {
  return (
    compareNumbers(left.major, right.major) ||
    compareNumbers(left.minor, right.minor) ||
    compareNumbers(left.patch, right.patch) ||
    comparePrereleases(left.prerelease, right.prerelease) ||
    compareBuilds(left.build, right.build)
  );
}

/** Negative, zero or positive, for numbers of any size. */
export function compareNumbers(left: VersionNumber, right: VersionNumber): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** SemVer rule 11: no tag comes last, numeric parts before others, fewer parts before more. */
export function comparePrereleases(left: string, right: string): number {
  if (left === right) return 0;
  if (left === "") return 1;
  if (right === "") return -1;
  return compareParts(left, right, (a, b) => a.length - b.length || compareText(a, b));
}

/** The order of the `semver` crate: 0 < 00 < 1 < 01 < 2, no metadata first. */
function compareBuilds(left: string, right: string): number {
  if (left === right) return 0;
  return compareParts(left, right, (a, b) => {
    const aValue = withoutLeadingZeros(a);
    const bValue = withoutLeadingZeros(b);
    return aValue.length - bValue.length || compareText(aValue, bValue) || a.length - b.length;
  });
}

function compareParts(left: string, right: string, compareNumeric: (a: string, b: string) => number): number {
  const leftParts = left.split(".");
  const rightParts = right.split(".");
  for (const [index, a] of leftParts.entries()) {
    const b = rightParts[index];
    if (b === undefined) return 1;
    const aIsNumeric = a === "" || isDigits(a);
    const bIsNumeric = b === "" || isDigits(b);
    if (aIsNumeric !== bIsNumeric) return aIsNumeric ? -1 : 1;
    const order = aIsNumeric ? compareNumeric(a, b) : compareText(a, b);
    if (order !== 0) return order;
  }
  return leftParts.length - rightParts.length;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function withoutLeadingZeros(text: string): string {
  let start = 0;
  while (text.charCodeAt(start) === 48) start++;
  return text.slice(start);
}

function isDigits(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return text !== "";
}
