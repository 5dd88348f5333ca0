import { grown } from "./growable.ts";
import type { PackageFacts } from "./provider.ts";

/**
 * A set of candidates of one package plus, possibly, "absent" (not selected at all): the bit after the last candidate.
 * For packages whose domain fits into one word the reference *is* that word; for the others it is an offset into
 * {@link SetPool.words}. Most packages are of the first kind, and most set operations touch no memory beyond the clause.
 */
export type SetRef = number;

/** Row width of {@link PackageTable.hot}: what propagation reads of a package stands in one place. */
export const HOT_SHIFT = 2;
/** Fields of a hot row: the current domain (for wide packages the constant offset of its words), … */
export const DOMAIN = 0;
/** … the number of words of a domain (zero while the facts are unknown), … */
export const WORDS = 1;
/** … the absent bit inside the last word, … */
export const ABSENT = 2;
/** … and the latest trail entry of the package, or -1. */
export const LAST = 3;

const INITIAL_CAPACITY = 64;

/** Everything the solver knows per package. */
export class PackageTable {
  capacity: number = INITIAL_CAPACITY;

  hot: Int32Array = new Int32Array(INITIAL_CAPACITY << HOT_SHIFT);

  // What the provider said; stays across solves.
  readonly facts: (PackageFacts | undefined)[] = [];
  candidateCount: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The domain with everything in it. */
  full: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Index of candidate 0 in the candidate columns. */
  candidateBase: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** First of the clauses that make candidates unusable from the start, or -1. */
  firstUnusable: Int32Array = new Int32Array(INITIAL_CAPACITY).fill(-1);
  /** First of the clauses about candidates that turned out to be unusable, or -1. */
  firstBroken: Int32Array = new Int32Array(INITIAL_CAPACITY).fill(-1);
  /** Where the list of all clauses of all candidates starts in `SolverState.candidateLists`, or 0 before it is made. */
  allClauses: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The class of {@link Provider.priority}. */
  priority: Int32Array = new Int32Array(INITIAL_CAPACITY);

  // The state of one solve; valid only where `epoch` is the current one.
  epoch: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** First node of the list of active clauses with a term on the package, or 0. */
  clauses: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The decided candidate, or -1. */
  decided: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** How often the package took part in a conflict. */
  conflicts: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The order in which packages came up. */
  discovery: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** How many candidates have been looked at because of conflicts; see `expand`. */
  window: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** First of the clauses that candidates looked at in this solve have, or -1. */
  firstShown: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The candidate that was tried last. */
  lastTried: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Whether the package waits for a new rank in the queue. */
  isOutdated: Int32Array = new Int32Array(INITIAL_CAPACITY);

  // Stamped separately, because they are used before a package comes up.
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
    this.full = grown(this.full, length);
    this.candidateBase = grown(this.candidateBase, length);
    this.firstUnusable = grown(this.firstUnusable, length);
    this.firstBroken = grown(this.firstBroken, length);
    this.allClauses = grown(this.allClauses, length);
    this.priority = grown(this.priority, length);
    this.epoch = grown(this.epoch, length);
    this.clauses = grown(this.clauses, length);
    this.decided = grown(this.decided, length);
    this.conflicts = grown(this.conflicts, length);
    this.discovery = grown(this.discovery, length);
    this.window = grown(this.window, length);
    this.firstShown = grown(this.firstShown, length);
    this.lastTried = grown(this.lastTried, length);
    this.isOutdated = grown(this.isOutdated, length);
    this.parkedEpoch = grown(this.parkedEpoch, length);
    this.parked = grown(this.parked, length);
    this.capacity = length;
    this.firstUnusable.fill(-1, from);
    this.firstBroken.fill(-1, from);
  }

  /** The current domain; for wide packages the (constant) offset of its words. */
  domain(package_: number): SetRef {
    return this.hot[(package_ << HOT_SHIFT) + DOMAIN] ?? 0;
  }

  /** Words of a domain. */
  words(package_: number): number {
    return this.hot[(package_ << HOT_SHIFT) + WORDS] ?? 0;
  }

  absent(package_: number): number {
    return this.hot[(package_ << HOT_SHIFT) + ABSENT] ?? 0;
  }

  /** The latest trail entry of the package, or -1. */
  last(package_: number): number {
    return this.hot[(package_ << HOT_SHIFT) + LAST] ?? -1;
  }

  byteLength(): number {
    return this.capacity * 4 * 22;
  }
}
