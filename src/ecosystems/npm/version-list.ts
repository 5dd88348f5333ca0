import { type Comparator, SemVer } from "semver";
import { fitting } from "./sort-versions.ts";
import { compileRange, parseVersion, semverSatisfies, type Tuple } from "./version-range.ts";

/** What a range admits of a list. */
export interface Admitted {
  /** Releases: those from `spans[2 i]` (inclusive) to `spans[2 i + 1]` (exclusive). Spans may overlap. */
  readonly spans: readonly number[];
  /** Pre-releases, one by one; they may be named more than once. */
  readonly invited: readonly number[];
}

/** A sorted list as a slim packument holds it: numbers at hand, texts made when asked for. */
export interface VersionTable {
  readonly count: number;
  /** The x.y.z of each version, one after the other. */
  readonly numbers: Int32Array;
  /** The indices of pre-releases, ascending. */
  readonly prereleases: Int32Array;
  text(index: number): string;
}

/** A release in its usual spelling. */
const plainRelease = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/;

/**
 * The versions of one package in ascending order (SemVer rule 11, then build metadata), and which of them a range
 * admits. Because the list is sorted, a range is a few spans; only pre-releases, which node-semver admits by their
 * x.y.z, are looked at one by one, and only for ranges that name one.
 */
export class VersionList {
  readonly count: number;
  readonly prereleases: Int32Array;
  readonly #table: VersionTable;
  #versions: readonly string[] | undefined;

  constructor(table: VersionTable) {
    this.#table = table;
    this.count = table.count;
    this.prereleases = table.prereleases;
  }

  /** All texts, ascending. */
  get versions(): readonly string[] {
    return (this.#versions ??= Array.from({ length: this.count }, (_, index) => this.#table.text(index)));
  }

  version(index: number): string | undefined {
    return index >= 0 && index < this.count ? this.#table.text(index) : undefined;
  }

  /** Where `version` stands in the list, or `undefined`. */
  indexOf(version: string): number | undefined {
    const release = plainRelease.exec(version);
    if (release === null) return this.#indexOfUnusual(version);
    const tuple: Tuple = [Number(release[1]), Number(release[2]), Number(release[3])];
    const end = this.#firstAtLeast([tuple[0], tuple[1], tuple[2] + 1]);
    // A release comes after all its pre-releases, and may be there a second time with build metadata.
    for (let index = end - 1; index >= 0 && this.#compareNumbers(index, tuple) === 0; index--) {
      if (this.#table.text(index) === version) return index;
    }
    return undefined;
  }

  #indexOfUnusual(version: string): number | undefined {
    const parsed = version === "" || version.length > 256 ? undefined : parseVersion(version);
    if (parsed === undefined) return undefined;
    const tuple: Tuple = [fitting(parsed.major), fitting(parsed.minor), fitting(parsed.patch)];
    let index = this.#firstAtLeast(tuple);
    for (; index < this.count && this.#compareNumbers(index, tuple) === 0; index++) {
      if (this.#table.text(index) === version) return index;
    }
    return undefined;
  }

  isPrerelease(index: number): boolean {
    return this.prereleases[this.#firstPrerelease(index)] === index;
  }

  /** The indices that `range` admits, ascending: exactly those for which `semver.satisfies` holds. Empty for an unreadable range. */
  matching(range: string): readonly number[] {
    const { spans, invited } = this.admitted(range);
    const admitted = new Set(invited);
    for (let span = 0; span < spans.length; span += 2) {
      for (let index = spans[span] ?? 0; index < (spans[span + 1] ?? 0); index++) {
        if (!this.isPrerelease(index)) admitted.add(index);
      }
    }
    return [...admitted].toSorted((left, right) => left - right);
  }

  /** The versions that `range` admits: exactly those for which `semver.satisfies` holds. Nothing for an unreadable range. */
  admitted(range: string): Admitted {
    const compiled = compileRange(range);
    const spans: number[] = [];
    const invited: number[] = [];
    if (compiled?.kind === "plain") {
      for (const { from, to } of compiled.intervals) {
        const first = this.#firstAtLeast(from);
        const end = this.#firstAtLeast(to);
        if (first < end) spans.push(first, end);
      }
    }
    for (const comparators of compiled?.kind === "comparators" ? compiled.sets : []) {
      const [lower, upper] = this.#boundsOf(comparators);
      if (lower >= upper) continue;
      spans.push(lower, upper);
      if (!comparators.some(({ semver }) => semver instanceof SemVer && semver.prerelease.length > 0)) continue;
      for (let at = this.#firstPrerelease(lower); (this.prereleases[at] ?? this.count) < upper; at++) {
        const index = this.prereleases[at] ?? 0;
        if (this.#isInvited(index, comparators)) invited.push(index);
      }
    }
    return { spans, invited };
  }

  /** The pre-releases of versions inside `range`, which admits none of them because it names none. */
  uninvited(range: string): readonly string[] {
    const admitted = new Set(this.matching(range));
    return [...this.prereleases]
      .filter((index) => !admitted.has(index) && semverSatisfies(this.#release(index), range))
      .map((index) => this.#table.text(index));
  }

  /** The x.y.z that a pre-release comes before. */
  #release(index: number): string {
    const { major, minor, patch } = this.#parsed(index);
    return `${major}.${minor}.${patch}`;
  }

  #boundsOf(comparators: readonly Comparator[]): [number, number] {
    let lower = 0;
    let upper = this.count;
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
    return [lower, upper];
  }

  /** A pre-release is admitted only by a comparator that names a pre-release of the same x.y.z. */
  #isInvited(index: number, comparators: readonly Comparator[]): boolean {
    return comparators.some(({ semver }) => {
      if (!(semver instanceof SemVer) || semver.prerelease.length === 0) return false;
      const { major, minor, patch } = semver;
      return this.#compareNumbers(index, [major, minor, patch]) === 0;
    });
  }

  /** The first index whose version is greater than `bound`, or greater or equal when `orEqual`. */
  #firstAbove(bound: SemVer, orEqual: boolean): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#compareWith(middle, bound);
      if (order > 0 || (orEqual && order === 0)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The first index whose x.y.z is not below `tuple`. */
  #firstAtLeast(tuple: Tuple): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compareNumbers(middle, tuple) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where in {@link prereleases} the first stands that is not below `index`. */
  #firstPrerelease(index: number): number {
    let low = 0;
    let high = this.prereleases.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.prereleases[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Below 0 when the x.y.z of version `index` is smaller. */
  #compareNumbers(index: number, tuple: Tuple): number {
    const { numbers } = this.#table;
    const at = index * 3;
    // By index: taking an array apart costs an iterator, and this is called a hundred thousand times.
    return (numbers[at] ?? 0) - tuple[0] || (numbers[at + 1] ?? 0) - tuple[1] || (numbers[at + 2] ?? 0) - tuple[2];
  }

  /** Below 0 when version `index` is smaller than `bound`. The numbers decide nearly always. */
  #compareWith(index: number, bound: SemVer): number {
    const { major, minor, patch } = bound;
    const difference = this.#compareNumbers(index, [major, minor, patch]);
    if (difference !== 0 || (bound.prerelease.length === 0 && !this.isPrerelease(index))) return difference;
    return this.#parsed(index).compare(bound);
  }

  #parsed(index: number): SemVer {
    return new SemVer(this.#table.text(index), { loose: true });
  }
}
