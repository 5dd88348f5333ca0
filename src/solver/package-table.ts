import { grown } from "./growable.ts";
import type { PackageFacts } from "./provider.ts";

/**
 * A set of candidates of one package plus, possibly, "absent" (not selected at all): the bit after the last candidate.
 * For packages whose domain fits into one word the reference *is* that word; for the others it is an offset into
 * {@link SetPool.words}. Most packages are of the first kind, and most set operations touch no memory beyond the clause.
 */
export type SetRef = number;

const INITIAL_CAPACITY = 64;

/** Everything the solver knows per package, as columns. */
export class PackageTable {
  capacity: number = INITIAL_CAPACITY;

  // What the provider said; stays across solves.
  readonly facts: (PackageFacts | undefined)[] = [];
  candidateCount: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Words of a domain: candidates and the absent bit. Zero while the facts are unknown. */
  words: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The domain with everything in it. */
  full: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The absent bit inside the last word of a domain. */
  absent: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Index of candidate 0 in the compiler's candidate columns. */
  candidateBase: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** First of the clauses about candidates that turned out to be unusable (linked by `ClauseStore.nextOfPackage`), or -1. */
  firstBroken: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** First of the clauses that make candidates unusable from the start, or -1. */
  firstUnusable: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The class of {@link Provider.priority}. */
  priority: Int32Array = new Int32Array(INITIAL_CAPACITY);

  // The state of one solve; valid only where `epoch` is the current one.
  epoch: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The current domain; for wide packages the (constant) offset of its words. */
  domain: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The latest trail entry of the package, or -1. */
  last: Int32Array = new Int32Array(INITIAL_CAPACITY);
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
  /** First of the clauses that candidates looked at in this solve have (linked by `ClauseStore.nextShown`), or -1. */
  firstShown: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The candidate that was tried last. */
  lastTried: Int32Array = new Int32Array(INITIAL_CAPACITY);

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
    this.candidateCount = grown(this.candidateCount, length);
    this.words = grown(this.words, length);
    this.full = grown(this.full, length);
    this.absent = grown(this.absent, length);
    this.candidateBase = grown(this.candidateBase, length);
    this.firstBroken = grown(this.firstBroken, length);
    this.firstUnusable = grown(this.firstUnusable, length);
    this.priority = grown(this.priority, length);
    this.epoch = grown(this.epoch, length);
    this.domain = grown(this.domain, length);
    this.last = grown(this.last, length);
    this.clauses = grown(this.clauses, length);
    this.decided = grown(this.decided, length);
    this.conflicts = grown(this.conflicts, length);
    this.discovery = grown(this.discovery, length);
    this.window = grown(this.window, length);
    this.lastTried = grown(this.lastTried, length);
    this.firstShown = grown(this.firstShown, length);
    this.parkedEpoch = grown(this.parkedEpoch, length);
    this.parked = grown(this.parked, length);
    this.capacity = length;
    this.firstBroken.fill(-1, from);
    this.firstUnusable.fill(-1, from);
  }

  constructor() {
    this.firstBroken.fill(-1);
    this.firstUnusable.fill(-1);
  }

  byteLength(): number {
    return this.capacity * 4 * 20;
  }
}
