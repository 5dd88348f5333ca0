/** Version specifiers (PEP 440, "Version specifiers"): `>=1.0`, `==2.*`, `~=1.4.2`, `===foo`, and comma-separated sets. */
import { scan, type Parsed, type TextScanner } from "./text-scanner.ts";
import { isPrerelease, parseVersion, type Version } from "./version.ts";
import {
  complementRange,
  emptyRange,
  fullRange,
  intersectRanges,
  keyAbove,
  keyAfterLocals,
  keyBelow,
  prefixRange,
  rangeBetween,
  rangeHas,
  type VersionRange,
} from "./version-range.ts";

export type SpecifierOperator = "===" | "==" | "~=" | "!=" | "<=" | ">=" | "<" | ">";

/** One clause. */
export interface Specifier {
  readonly operator: SpecifierOperator;
  /** The version as written, without blanks around it. */
  readonly versionText: string;
  /** Whether the version ends in `.*`. */
  readonly isPrefix: boolean;
  /** Absent for `===` with a text that is no version. */
  readonly version: Version | undefined;
  /** The versions it admits; everything for `===`, which compares texts. */
  readonly range: VersionRange;
}

/** Clauses that must all hold. */
export interface SpecifierSet {
  readonly specifiers: readonly Specifier[];
  /** What the clauses other than `===` admit together. */
  readonly range: VersionRange;
  /** The lower-case texts of `===` clauses. */
  readonly exactTexts: readonly string[];
}

/** The set that admits every version. */
export const anySpecifier: SpecifierSet = { specifiers: [], range: fullRange, exactTexts: [] };

// `===` stands before `==`, and everything before the one-letter operators.
const operators: readonly SpecifierOperator[] = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];

/** Reads one clause. */
export function parseSpecifier(text: string): Parsed<Specifier> {
  return scan(text.trim(), (scanner) => {
    const specifier = readSpecifier(scanner);
    if (!scanner.isAtEnd) scanner.fail("expected the end of the version specifier", scanner.at, scanner.text.length);
    return specifier;
  });
}

/** Reads a comma-separated set of clauses; a trailing comma and empty clauses are allowed. */
export function parseSpecifierSet(text: string): Parsed<SpecifierSet> {
  return scan(text, (scanner) => {
    const specifiers: Specifier[] = [];
    for (;;) {
      scanner.match(/\s*/y);
      if (scanner.isAtEnd) break;
      if (scanner.take(",")) continue;
      specifiers.push(readSpecifier(scanner));
      scanner.match(/\s*/y);
      if (!scanner.isAtEnd && !scanner.take(",")) {
        scanner.fail("expected a comma between version specifiers", scanner.at, scanner.text.length);
      }
    }
    return makeSpecifierSet(specifiers);
  });
}

/** A set from its clauses. */
export function makeSpecifierSet(specifiers: readonly Specifier[]): SpecifierSet {
  let range: VersionRange = fullRange;
  for (const specifier of specifiers) range = intersectRanges(range, specifier.range);
  const exactTexts = specifiers
    .filter((specifier) => specifier.operator === "===")
    .map((specifier) => specifier.versionText.toLowerCase());
  return { specifiers, range, exactTexts };
}

/** The clauses of both sets. */
export function combineSpecifierSets(left: SpecifierSet, right: SpecifierSet): SpecifierSet {
  return makeSpecifierSet([...left.specifiers, ...right.specifiers]);
}

/** Whether every clause admits the version, pre-releases not being treated apart. */
export function specifierSetAdmits(set: SpecifierSet, version: Version): boolean {
  if (!rangeHas(set.range, version.key)) return false;
  return set.exactTexts.length === 0 || set.exactTexts.every((text) => text === version.text.toLowerCase());
}

/** Reads the clause that stands at the scanner; leaves it after the version. */
export function readSpecifier(scanner: TextScanner): Specifier {
  const start = scanner.at;
  const operator = operators.find((candidate) => scanner.take(candidate));
  if (operator === undefined) {
    return scanner.fail("expected a comparison such as >=, ==, ~= or !=", start, scanner.text.length);
  }
  scanner.match(/\s*/y);
  // PEP 440 gives `===` any text; the delimiters are those of the surrounding requirement syntax.
  const versionText = scanner.match(operator === "===" ? /[^\s;),]*/y : /[^\s,;()]*/y) ?? "";
  const isPrefix = operator !== "===" && versionText.endsWith(".*");
  const version = parseVersion(isPrefix ? versionText.slice(0, -2) : versionText);
  if (operator === "===") {
    // The text may be empty or no version at all: PEP 440 calls it an escape hatch.
    return { operator, versionText, isPrefix: false, version, range: fullRange };
  }
  if (versionText === "") scanner.fail(`expected a version after ${operator}`, start, scanner.at);
  if (version === undefined) {
    return scanner.fail(`${versionText} is not a version`, scanner.at - versionText.length, scanner.at);
  }
  const problem = misuse(operator, isPrefix, version);
  if (problem !== undefined) scanner.fail(problem, start, scanner.at);
  return { operator, versionText, isPrefix, version, range: rangeOf(operator, isPrefix, version) };
}

function misuse(operator: SpecifierOperator, isPrefix: boolean, version: Version): string | undefined {
  const isEquality = operator === "==" || operator === "!=";
  if (isPrefix && !isEquality) return "a version that ends in .* can only follow == or !=";
  const hasSuffix = isPrerelease(version) || version.post !== undefined || version.local !== undefined;
  if (isPrefix && hasSuffix) return "only release numbers can be followed by .*";
  if (version.local !== undefined && !isEquality) return "a local version label can only follow == or !=";
  if (operator === "~=" && version.release.length < 2) return "~= needs at least two release numbers";
  return undefined;
}

function rangeOf(operator: SpecifierOperator, isPrefix: boolean, version: Version): VersionRange {
  switch (operator) {
    case ">=":
      return rangeBetween(version.key, undefined);
    case "<=":
      return rangeBetween(undefined, keyAfterLocals(version));
    case ">":
      return rangeBetween(keyAbove(version), undefined);
    case "<":
      return rangeBetween(undefined, keyBelow(version));
    case "~=":
      return intersectRanges(
        rangeBetween(version.key, undefined),
        prefixRange(version.epoch, version.release.slice(0, -1)),
      );
    case "==":
      return equalRange(isPrefix, version);
    case "!=":
      return complementRange(equalRange(isPrefix, version));
    default:
      return fullRange;
  }
}

function equalRange(isPrefix: boolean, version: Version): VersionRange {
  if (isPrefix) return prefixRange(version.epoch, version.release);
  // A specifier without a local label admits every local version; one with a label admits exactly itself.
  const end = version.local === undefined ? keyAfterLocals(version) : `${version.key}\u0000`;
  return rangeBetween(version.key, end);
}

/** Whether no version can fulfil the set. `admitsPrereleases: false` leaves only final and post-releases. */
export function isUnsatisfiable(set: SpecifierSet, options: { admitsPrereleases: boolean }): boolean {
  const first = set.exactTexts[0];
  if (first !== undefined) {
    if (set.exactTexts.some((text) => text !== first)) return true;
    const version = parseVersion(first);
    if (version === undefined) return set.specifiers.length > set.exactTexts.length;
    return !rangeHas(set.range, version.key) || (!options.admitsPrereleases && isPrerelease(version));
  }
  return set.range === emptyRange || set.range.length === 0 || (!options.admitsPrereleases && hasOnlyPrereleases(set));
}

/**
 * Whether the set admits pre-releases only. The candidates that decide it are the bounds themselves: the least final or
 * post-release at or above each lower bound is one of these versions' final forms or what follows them.
 */
function hasOnlyPrereleases(set: SpecifierSet): boolean {
  const probes = new Set<string>(["0"]);
  for (const { version } of set.specifiers) {
    if (version === undefined) continue;
    const release = version.release.join(".");
    const epoch = version.epoch === "0" ? "" : `${version.epoch}!`;
    const next = [...version.release.slice(0, -1), String(BigInt(version.release.at(-1) ?? "0") + 1n)].join(".");
    const post = version.post ?? "0";
    for (const text of [
      release,
      `${release}.post${post}`,
      `${release}.post${BigInt(post) + 1n}`,
      `${release}.0.1`,
      next,
      version.text.replace(/\.dev[0-9]+/, ""),
      ...(version.local === undefined ? [] : [`${release}+${version.local}`]),
    ]) {
      probes.add(epoch + text.replace(/^[0-9]+!/, ""));
    }
  }
  for (const text of probes) {
    const version = parseVersion(text);
    if (version !== undefined && !isPrerelease(version) && specifierSetAdmits(set, version)) return false;
  }
  return true;
}
