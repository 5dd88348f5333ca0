import type { Compatibility } from "./compatibility.ts";
import { compatibilityOf } from "./compatibility.ts";
import type { CargoVersion, VersionNumber } from "./version.ts";
import { compareNumbers, comparePrereleases } from "./version.ts";

export type Operator = "=" | ">" | ">=" | "<" | "<=" | "~" | "^" | "*";

/** One comma-separated part of a requirement; missing numbers were left out or are wildcards. */
export interface Comparator {
  readonly operator: Operator;
  readonly major: VersionNumber;
  readonly minor: VersionNumber | undefined;
  readonly patch: VersionNumber | undefined;
  /** Without the leading hyphen; empty when there is none. */
  readonly prerelease: string;
}

/** A version requirement as cargo understands it: all comparators must hold. No comparator at all means `*`. */
export interface CargoRequirement {
  /** Exactly as written. */
  readonly text: string;
  readonly comparators: readonly Comparator[];
}

/** No requirement at all: every version fulfils it, pre-releases too (unlike a written `*`). Recognised by identity. */
export const anyVersion: CargoRequirement = { text: "*", comparators: [] };

/**
 * Whether `version` fulfils `requirement`. A pre-release does so only when a comparator names the same three numbers
 * with a pre-release tag of its own.
 */
export function admits(requirement: CargoRequirement, version: CargoVersion): boolean {
  for (const comparator of requirement.comparators) if (!comparatorAdmits(comparator, version)) return false;
  if (version.prerelease === "" || requirement === anyVersion) return true;
  return requirement.comparators.some(
    (comparator) =>
      comparator.prerelease !== "" &&
      comparator.major === version.major &&
      comparator.minor === version.minor &&
      comparator.patch === version.patch,
  );
}

/**
 * The compatibility class that every version inside `requirement` must have, or `undefined` when its text alone does
 * not say.
 */
export function onlyCompatibility(requirement: CargoRequirement): Compatibility | undefined {
  for (const comparator of requirement.comparators) {
    const { operator, major, minor, patch } = comparator;
    if (operator === ">" || operator === ">=" || operator === "<" || operator === "<=") continue;
    if (major !== 0) return compatibilityOf({ major, minor: 0, patch: 0 });
    if (minor === undefined) continue;
    if (minor !== 0) return compatibilityOf({ major, minor, patch: 0 });
    // 0.0.x: every patch is a class of its own, and `~0.0.3` still admits later ones.
    if (patch !== undefined && operator !== "~") return compatibilityOf({ major, minor, patch });
  }
  return undefined;
}

function comparatorAdmits(comparator: Comparator, version: CargoVersion): boolean {
  switch (comparator.operator) {
    case "=":
    case "*":
      return isExactly(comparator, version);
    case ">":
      return isBeyond(comparator, version, 1);
    case ">=":
      return isExactly(comparator, version) || isBeyond(comparator, version, 1);
    case "<":
      return isBeyond(comparator, version, -1);
    case "<=":
      return isExactly(comparator, version) || isBeyond(comparator, version, -1);
    case "~":
      return isTildeCompatible(comparator, version);
    default:
      return isCaretCompatible(comparator, version);
  }
}

function isExactly(comparator: Comparator, version: CargoVersion): boolean {
  return (
    version.major === comparator.major &&
    (comparator.minor === undefined || version.minor === comparator.minor) &&
    (comparator.patch === undefined || version.patch === comparator.patch) &&
    version.prerelease === comparator.prerelease
  );
}

/** Whether the version lies strictly above (`side` 1) or below (`side` -1) everything that the comparator names. */
function isBeyond(comparator: Comparator, version: CargoVersion, side: 1 | -1): boolean {
  const { major, minor, patch, prerelease } = comparator;
  if (version.major !== major) return compareNumbers(version.major, major) * side > 0;
  if (minor === undefined) return false;
  if (version.minor !== minor) return compareNumbers(version.minor, minor) * side > 0;
  if (patch === undefined) return false;
  if (version.patch !== patch) return compareNumbers(version.patch, patch) * side > 0;
  return comparePrereleases(version.prerelease, prerelease) * side > 0;
}

function isTildeCompatible(comparator: Comparator, version: CargoVersion): boolean {
  const { major, minor, patch, prerelease } = comparator;
  if (version.major !== major) return false;
  if (minor !== undefined && version.minor !== minor) return false;
  if (patch !== undefined && version.patch !== patch) return version.patch > patch;
  return comparePrereleases(version.prerelease, prerelease) >= 0;
}

function isCaretCompatible(comparator: Comparator, version: CargoVersion): boolean {
  const { major, minor, patch, prerelease } = comparator;
  if (version.major !== major) return false;
  if (minor === undefined) return true;
  if (patch === undefined) return major === 0 ? version.minor === minor : version.minor >= minor;
  if (major !== 0) {
    if (version.minor !== minor) return version.minor > minor;
    if (version.patch !== patch) return version.patch > patch;
  } else if (minor !== 0) {
    if (version.minor !== minor) return false;
    if (version.patch !== patch) return version.patch > patch;
  } else if (version.minor !== minor || version.patch !== patch) {
    return false;
  }
  return comparePrereleases(version.prerelease, prerelease) >= 0;
}
