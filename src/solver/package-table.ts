import { grown } from "./growable.ts";
import type { PackageFacts } from "./provider.ts";

/**
 * A set of candidates of one package plus, possibly, "absent" (not selected at all): the bit after the last candidate.
 * For packages whose domain fits into one word the reference *is* that word; for the others it is an offset into
 * {@link SetPool.words}. Most packages are of the first kind, and most set operations touch no memory beyond the clause.
 */
export type SetRef = number;

/** Row width of {@link PackageTable.hot}: what a step reads and writes of a package is one cache line. */
export const HOT_SHIFT = 4;
/** Fields of a hot row: the current domain (for wide packages the constant offset of its words), … */
export const DOMAIN = 0;
/** … the number of words of a domain (zero while the facts are unknown), … */
export const WORDS = 1;
/** … the absent bit inside the last word, … */
export const ABSENT = 2;
/** … the domain with everything in it, … */
export const FULL = 3;
/** … the class of {@link Provider.priority}, … */
export const PRIORITY = 4;
/** … and the solve in which the package appeared last. Of that solve: the latest trail entry of the package, or -1, … */
export const EPOCH = 5;
export const LAST = 6;
/** … the decided candidate, or -1, … */
export const DECIDED = 7;
/** … the place of the package in the order of appearance, … */
export const DISCOVERY = 8;
/** … the first node of the list of active clauses of the package's own candidates, or 0, … */
export const OUTGOING = 9;
/** … the first node of the list of all other active clauses with a term on the package, or 0, … */
export const INCOMING = 10;
/** … how often it took part in a conflict, … */
export const CONFLICTS = 11;
/** … whether it waits for a new rank in the queue, … */
export const IS_OUTDATED = 12;
/** … how many candidates have been looked at because of conflicts (see `expand`), … */
export const WINDOW = 13;
/** … the candidate that was tried last, … */
export const LAST_TRIED = 14;
/** … and the first of the clauses that candidates looked at in this solve have, or -1. */
export const FIRST_SHOWN = 15;

const INITIAL_CAPACITY = 64;

/** Everything the solver knows per package. */
export class PackageTable {
  capacity: number = INITIAL_CAPACITY;

  hot: Int32Array = new Int32Array(INITIAL_CAPACITY << HOT_SHIFT);

  // What the provider said; stays across solves.
  readonly facts: (PackageFacts | undefined)[] = [];
  candidateCount: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Index of candidate 0 in the candidate columns. */
  candidateBase: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** First of the clauses that make candidates unusable from the start, or -1. */
  firstUnusable: Int32Array = new Int32Array(INITIAL_CAPACITY).fill(-1);
  /** First of the clauses about candidates that turned out to be unusable, or -1. */
  firstBroken: Int32Array = new Int32Array(INITIAL_CAPACITY).fill(-1);
  /** One of the ring of clauses about candidates that turned out to be unusable, or -1; where `hasFullMasks`. */
  brokenRing: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** 1 when all candidates are compiled, with the masks over all of them; see `expand`. */
  hasFullMasks: Int32Array = new Int32Array(INITIAL_CAPACITY);

  // Stamped separately, because they are used before a package appears.
  /** The epoch in which `parked` is valid. */
  parkedEpoch: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** First node of the list of constraints that wait for the package to be required, or 0. */
  parked: Int32Array = new Int32Array(INITIAL_CAPACITY);

  /** Makes sure that the package has its row. */
  ensure(package_: number): void {
    if (package_ < this.capacity) return;
    const from = this.capacity;
    const length = Math.max(package_ + 1, this.capacity * 2);
    this.hot = grown(this.hot, length << HOT_SHIFT);
    this.candidateCount = grown(this.candidateCount, length);
    this.candidateBase = grown(this.candidateBase, length);
    this.firstUnusable = grown(this.firstUnusable, length);
    this.firstBroken = grown(this.firstBroken, length);
    this.brokenRing = grown(this.brokenRing, length);
    this.hasFullMasks = grown(this.hasFullMasks, length);
    this.parkedEpoch = grown(this.parkedEpoch, length);
    this.parked = grown(this.parked, length);
    this.capacity = length;
    this.firstUnusable.fill(-1, from);
    this.firstBroken.fill(-1, from);
  }

  /** A field of the hot row. */
  get(package_: number, field: number): number {
    return this.hot[(package_ << HOT_SHIFT) + field] ?? 0;
  }

  set(package_: number, field: number, value: number): void {
    this.hot[(package_ << HOT_SHIFT) + field] = value;
  }

  /** The current domain; for wide packages the (constant) offset of its words. */
  domain(package_: number): SetRef {
    return this.hot[(package_ << HOT_SHIFT) + DOMAIN] ?? 0;
  }

  /** Words of a domain. */
  words(package_: number): number {
    return this.hot[(package_ << HOT_SHIFT) + WORDS] ?? 0;
  }

  /** The domain with everything in it. */
  full(package_: number): SetRef {
    return this.hot[(package_ << HOT_SHIFT) + FULL] ?? 0;
  }

  /** The decided candidate, or -1. */
  decided(package_: number): number {
    return this.hot[(package_ << HOT_SHIFT) + DECIDED] ?? -1;
  }

  absent(package_: number): number {
    return this.hot[(package_ << HOT_SHIFT) + ABSENT] ?? 0;
  }

  /** The latest trail entry of the package, or -1. */
  last(package_: number): number {
    return this.hot[(package_ << HOT_SHIFT) + LAST] ?? -1;
  }

  byteLength(): number {
    return this.capacity * 4 * ((1 << HOT_SHIFT) + 8);
  }
}
