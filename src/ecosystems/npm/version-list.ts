import { type Comparator, Range, satisfies, SemVer } from "semver";

/** Options of every range test: npm reads ranges and versions loosely (`==1.0.1`, `1.0.0beta`). */
const looseOptions = { loose: true } as const;

/** Three numbers that fit a 32-bit integer, and nothing else. */
const plainVersion = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/;

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
function parseVersion(version: string): SemVer | undefined {
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
  /** The three numbers of each version, one after the other; -1 where they were not read yet. */
  readonly #numbers: Int32Array;

  /** `versions` must be ascending; `prereleases` holds the indices of those that have pre-release identifiers. */
  constructor(versions: readonly string[], prereleases: Iterable<number>) {
    this.versions = versions;
    this.#prereleases = new Set(prereleases);
    this.#parsed = [];
    this.#numbers = new Int32Array(versions.length * 3).fill(-1);
  }

  /** Where `version` stands in the list, or `undefined`. */
  indexOf(version: string): number | undefined {
    // What is looked for is nearly always among the newest.
    const index = this.versions.lastIndexOf(version);
    return index === -1 ? undefined : index;
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

  /** The pre-releases of versions inside `range`, which admits none of them because it names none. */
  uninvited(range: string): readonly string[] {
    const admitted = new Set(this.matching(range));
    return this.versions.filter(
      (_, index) =>
        this.#prereleases.has(index) && !admitted.has(index) && satisfies(this.#release(index), range, looseOptions),
    );
  }

  /** The x.y.z that a pre-release comes before. */
  #release(index: number): string {
    const { major, minor, patch } = this.#versionAt(index);
    return `${major}.${minor}.${patch}`;
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
      const order = this.#compare(middle, bound);
      if (order > 0 || (orEqual && order === 0)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Below 0 when version `index` is smaller than `bound`. The numbers decide nearly always. */
  #compare(index: number, bound: SemVer): number {
    const at = index * 3;
    if (this.#numbers[at] === -1) this.#readNumbers(index);
    const difference =
      (this.#numbers[at] ?? 0) - bound.major ||
      (this.#numbers[at + 1] ?? 0) - bound.minor ||
      (this.#numbers[at + 2] ?? 0) - bound.patch;
    if (difference !== 0 || (bound.prerelease.length === 0 && !this.#prereleases.has(index))) return difference;
    return this.#versionAt(index).compare(bound);
  }

  #readNumbers(index: number): void {
    const plain = plainVersion.exec(this.versions[index] ?? "");
    const version = plain === null ? this.#versionAt(index) : undefined;
    const numbers = version === undefined ? plain?.slice(1).map(Number) : [version.major, version.minor, version.patch];
    // Numbers that do not fit are beyond every bound that occurs.
    numbers?.forEach((number, position) => {
      this.#numbers[index * 3 + position] = Math.min(number, 0x7f_ff_ff_ff);
    });
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

/** A version without build metadata in node-semver's strict form: three numbers, and perhaps pre-release identifiers. */
const strictVersion = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/** Identifiers that strict SemVer refuses, and numbers that lose digits. */
const doubtfulIdentifier = /(?:^|\.)(?:0\d+|\d{16,})(?:\.|$)/;

/** A version as far as sorting needs it: most differ in their first three numbers. */
interface SortableVersion {
  readonly text: string;
  readonly numbers: readonly [number, number, number];
  /** The pre-release identifiers, dots between them; empty without any. */
  readonly prerelease: string;
  /** Only for what is not in the strict form. */
  readonly version: SemVer | undefined;
}

function sortable(text: string): SortableVersion | undefined {
  const match = text.length <= 256 ? strictVersion.exec(text) : null;
  const prerelease = match?.[4] ?? "";
  if (match !== null && !doubtfulIdentifier.test(prerelease)) {
    return { text, numbers: [Number(match[1]), Number(match[2]), Number(match[3])], prerelease, version: undefined };
  }
  const version = text.length <= 256 ? parseVersion(text) : undefined;
  if (version === undefined) return undefined;
  const numbers = [version.major, version.minor, version.patch] as const;
  return { text, numbers, prerelease: version.prerelease.join("."), version };
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
  for (let index = 0; index < 3; index++) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  const bySpecial =
    left.version === undefined && right.version === undefined
      ? comparePrereleases(left.prerelease, right.prerelease)
      : compareSpecial(left.version ?? new SemVer(left.text), right.version ?? new SemVer(right.text));
  return bySpecial || (left.text < right.text ? -1 : left.text > right.text ? 1 : 0);
}

function compareSpecial(left: SemVer, right: SemVer): number {
  return left.compare(right) || left.compareBuild(right);
}

/** Sorts version texts ascending and tells which are pre-releases; unreadable ones are left out. */
export function sortVersions(texts: Iterable<string>): { versions: string[]; prereleases: number[] } {
  const parsed: SortableVersion[] = [];
  for (const text of texts) {
    const version = sortable(text);
    if (version !== undefined) parsed.push(version);
  }
  parsed.sort(compareSortable);
  const prereleases: number[] = [];
  parsed.forEach(({ prerelease }, index) => {
    if (prerelease !== "") prereleases.push(index);
  });
  return { versions: parsed.map(({ text }) => text), prereleases };
}
