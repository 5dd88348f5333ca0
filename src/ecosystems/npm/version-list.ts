import { type Comparator, Range, satisfies, SemVer } from "semver";

/** Options of every range test: npm reads ranges and versions loosely (`==1.0.1`, `1.0.0beta`). */
const looseOptions = { loose: true } as const;

/** One bound of a range, and the pre-releases that it lets in. */
type ComparatorSets = readonly (readonly Comparator[])[];

const compiledRanges = new Map<string, ComparatorSets | undefined>();

function compileRange(range: string): ComparatorSets | undefined {
  if (compiledRanges.has(range)) return compiledRanges.get(range);
  let sets: ComparatorSets | undefined;
  try {
    sets = new Range(range, looseOptions).set;
  } catch {
    sets = undefined;
  }
  compiledRanges.set(range, sets);
  return sets;
}

/** Whether node-semver can read `range` (loosely). */
export function isReadableRange(range: string): boolean {
  return compileRange(range) !== undefined;
}

/** The version in its normal form, or `undefined` when node-semver cannot read it (loosely). */
export function parseVersion(version: string): SemVer | undefined {
  try {
    return new SemVer(version, looseOptions);
  } catch {
    return undefined;
  }
}

/**
 * The versions of one package in ascending order (SemVer rule 11, then build metadata), and which of them a range
 * admits. Because the list is sorted, a comparator is a binary search and a range a few intervals; only pre-releases,
 * which node-semver admits by their x.y.z tuple, are looked at one by one.
 */
export class VersionList {
  /** Ascending. */
  readonly versions: readonly string[];
  readonly #prereleases: ReadonlySet<number>;
  readonly #parsed: (SemVer | undefined)[];
  #indices: Map<string, number> | undefined;

  /** `versions` must be ascending; `prereleases` holds the indices of those that have pre-release identifiers. */
  constructor(versions: readonly string[], prereleases: Iterable<number>) {
    this.versions = versions;
    this.#prereleases = new Set(prereleases);
    this.#parsed = Array.from({ length: versions.length }, () => undefined);
  }

  /** Where `version` stands in the list, or `undefined`. */
  indexOf(version: string): number | undefined {
    this.#indices ??= new Map(this.versions.map((text, index) => [text, index]));
    return this.#indices.get(version);
  }

  isPrerelease(index: number): boolean {
    return this.#prereleases.has(index);
  }

  /** The indices that `range` admits, ascending: exactly those for which `semver.satisfies` holds. Empty for an unreadable range. */
  matching(range: string): readonly number[] {
    const admitted = new Set<number>();
    this.visitMatching(range, (index) => admitted.add(index));
    return [...admitted].toSorted((left, right) => left - right);
  }

  /** Calls `visit` for every index that `range` admits, in no particular order and perhaps more than once. */
  visitMatching(range: string, visit: (index: number) => void): void {
    for (const comparators of compileRange(range) ?? []) this.#visitComparators(comparators, visit);
  }

  #visitComparators(comparators: readonly Comparator[], visit: (index: number) => void): void {
    let lower = 0;
    let upper = this.versions.length;
    for (const { operator, semver } of comparators) {
      if (!(semver instanceof SemVer)) continue;
      if (operator === ">") lower = Math.max(lower, this.#firstAbove(semver, false));
      else if (operator === "<") upper = Math.min(upper, this.#firstAbove(semver, true));
      else if (operator === "<=") upper = Math.min(upper, this.#firstAbove(semver, false));
      else {
        lower = Math.max(lower, this.#firstAbove(semver, true));
        if (operator !== ">=") upper = Math.min(upper, this.#firstAbove(semver, false));
      }
    }
    for (let index = lower; index < upper; index++) {
      if (!this.#prereleases.has(index) || this.#isInvited(index, comparators)) visit(index);
    }
  }

  /** A pre-release is admitted only by a comparator that names a pre-release of the same x.y.z. */
  #isInvited(index: number, comparators: readonly Comparator[]): boolean {
    const version = this.#versionAt(index);
    return comparators.some(
      ({ semver }) => semver instanceof SemVer && semver.prerelease.length > 0 && semver.compareMain(version) === 0,
    );
  }

  /** The first index whose version is greater than `bound`, or greater or equal when `orEqual`. */
  #firstAbove(bound: SemVer, orEqual: boolean): number {
    let low = 0;
    let high = this.versions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#versionAt(middle).compare(bound);
      if (order > 0 || (orEqual && order === 0)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #versionAt(index: number): SemVer {
    const known = this.#parsed[index];
    if (known !== undefined) return known;
    const parsed = new SemVer(this.versions[index] ?? "", looseOptions);
    this.#parsed[index] = parsed;
    return parsed;
  }
}

/** Whether `version` lies in `range` as npm judges it: node-semver, loose, and `*` admits everything. */
export function rangeHolds(range: string, version: string): boolean {
  const trimmed = range.trim();
  if (trimmed === "" || trimmed === "*") return true;
  return isReadableRange(trimmed) && satisfies(version, trimmed, looseOptions);
}

/** Sorts version texts ascending and tells which are pre-releases; unreadable ones are left out. */
export function sortVersions(texts: Iterable<string>): { versions: string[]; prereleases: number[] } {
  const parsed: { text: string; version: SemVer }[] = [];
  for (const text of texts) {
    const version = text.length <= 256 ? parseVersion(text) : undefined;
    if (version !== undefined) parsed.push({ text, version });
  }
  parsed.sort(
    (left, right) =>
      left.version.compare(right.version) ||
      left.version.compareBuild(right.version) ||
      (left.text < right.text ? -1 : 1),
  );
  const prereleases: number[] = [];
  parsed.forEach(({ version }, index) => {
    if (version.prerelease.length > 0) prereleases.push(index);
  });
  return { versions: parsed.map(({ text }) => text), prereleases };
}
