import { grown, IntStack } from "./growable.ts";
import type { Dependency } from "./provider.ts";

/** What a clause is and where it comes from. */
export const ClauseKind = {
  /** `dependent in S` excludes `target not in R or absent`. */
  requires: 0,
  /** `dependent in S` excludes `target in not R`. */
  constrains: 1,
  /** Both packages have equal candidates: not a nogood itself, but a source of `sameInstance` nogoods. */
  same: 2,
  /** `package in S` is excluded for a reason. */
  unusable: 3,
  /** One nogood of a `same` edge: `dependent in X` excludes `base not in X or absent`. */
  sameInstance: 4,
  /** Follows from other clauses by resolution. */
  learned: 5,
} as const;

/** No second term. */
export const NO_PACKAGE = -1;

/** Row width of {@link ClauseStore.rows}: everything that a solve reads and writes of a clause is one cache line. */
export const ROW_SHIFT = 4;
/** Fields of a row: two terms, … */
export const PACKAGE_A = 0;
export const SET_A = 1;
export const PACKAGE_B = 2;
export const SET_B = 3;
/** … "contradicted or handled as of this trail position, as long as it holds the entry with this serial number", … */
export const SETTLED_AT = 4;
export const SETTLED_SERIAL = 5;
/** … the number of further terms, {@link IS_TIE} instead of a count marks a tie, … */
export const EXTRA_COUNT = 6;
/** … where these stand in `extra`, as pairs (package, set), … */
export const EXTRA_START = 7;
/** … or, for a dependency, which has none, whether the target's side is compiled (see `link`), … */
export const LINKAGE = 7;
/** … a {@link ClauseKind}, … */
export const KIND = 8;
/** … dependencies: the target; instances: the `same` clause; learned: where its antecedents start, … */
export const SOURCE = 9;
/** … the solve in which the clause is in the lists of its packages, … */
export const ACTIVE_EPOCH = 10;
/** … the node in the list of the package's own clauses, or 0 while it has none, … */
export const MASK_NODE = 11;
/** … the solve for which the mask `SET_A` of a dependency is valid; it only holds candidates that were looked at, … */
export const MASK_EPOCH = 12;
/** … the mask of all candidates, where `PackageTable.hasFullMasks`, … */
export const FULL_MASK = 13;
/** … the next clause that candidates of the same package have in this solve, or -1, … */
export const NEXT_SHOWN = 14;
/** … and the solve in which a conflict made the clause's siblings (same dependent, same target) active. */
export const EXPANDED_EPOCH = 15;

/** The extra count of `same` clauses, which have no terms of their own. */
export const IS_TIE = -1;

const INITIAL_CAPACITY = 256;

/**
 * Clauses (incompatibilities, nogoods): lists of terms `(package, set)` that can't all hold. The first two terms stand in
 * the row, because nearly all clauses have one or two; learned clauses keep further terms in `extra`.
 *
 * Identifiers of transient clauses (learned and instances) are reused from solve to solve.
 */
export class ClauseStore {
  private capacity = INITIAL_CAPACITY;
  private top = 0;
  private readonly free = new IntStack();
  private readonly transient = new IntStack();

  rows: Int32Array = new Int32Array(INITIAL_CAPACITY << ROW_SHIFT);
  /** Unusable candidates: the next such clause of the same package, or -1. */
  nextOfPackage: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Dependencies: the next one in the ring of those with the same dependent and target, where `hasFullMasks`. */
  nextSibling: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Dependencies: the requirement index. */
  requirement: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Dependencies: the list (its position) that took the clause last; finds edges that are said twice. */
  listedFor: Int32Array = new Int32Array(INITIAL_CAPACITY);

  /** Dependencies: the first edge that made the clause. */
  readonly dependency: (Dependency | undefined)[] = [];
  /** Unusable candidates: the reason. */
  readonly reason: unknown[] = [];

  extra: IntStack = new IntStack();
  /** Per learned clause: conflict, then pairs (cause, package resolved on), then -1. */
  antecedents: IntStack = new IntStack();
  learnedCount = 0;

  /** A clause that stays. */
  addPersistent(kind: number, packageA: number): number {
    const clause = this.allocate(kind);
    const row = clause << ROW_SHIFT;
    this.rows[row + PACKAGE_A] = packageA;
    this.rows[row + SET_A] = 0;
    this.rows[row + ACTIVE_EPOCH] = 0;
    this.rows[row + MASK_EPOCH] = 0;
    this.rows[row + EXPANDED_EPOCH] = 0;
    this.rows[row + LINKAGE] = 0;
    this.nextSibling[clause] = clause;
    this.listedFor[clause] = 0;
    return clause;
  }

  /** A clause of the current solve. */
  addTransient(kind: number): number {
    const clause = this.allocate(kind);
    this.transient.push(clause);
    return clause;
  }

  releaseTransient(): void {
    for (let index = this.transient.size - 1; index >= 0; index--) this.free.push(this.transient.at(index));
    this.transient.clear();
    this.extra.clear();
    this.antecedents.clear();
    this.learnedCount = 0;
  }

  /** A field of the row. */
  get(clause: number, field: number): number {
    return this.rows[(clause << ROW_SHIFT) + field] ?? 0;
  }

  set(clause: number, field: number, value: number): void {
    this.rows[(clause << ROW_SHIFT) + field] = value;
  }

  packageA(clause: number): number {
    return this.rows[(clause << ROW_SHIFT) + PACKAGE_A] ?? 0;
  }

  setA(clause: number): number {
    return this.rows[(clause << ROW_SHIFT) + SET_A] ?? 0;
  }

  packageB(clause: number): number {
    return this.rows[(clause << ROW_SHIFT) + PACKAGE_B] ?? NO_PACKAGE;
  }

  setB(clause: number): number {
    return this.rows[(clause << ROW_SHIFT) + SET_B] ?? 0;
  }

  byteLength(): number {
    return this.capacity * 4 * ((1 << ROW_SHIFT) + 4) + this.extra.byteLength() + this.antecedents.byteLength();
  }

  private allocate(kind: number): number {
    let clause: number;
    if (this.free.size > 0) {
      clause = this.free.pop();
    } else {
      clause = this.top++;
      if (clause >= this.capacity) this.grow(clause + 1);
    }
    const row = clause << ROW_SHIFT;
    this.rows[row + KIND] = kind;
    this.rows[row + PACKAGE_B] = NO_PACKAGE;
    this.rows[row + EXTRA_COUNT] = kind === ClauseKind.same ? IS_TIE : 0;
    this.rows[row + SETTLED_SERIAL] = 0;
    return clause;
  }

  private grow(length: number): void {
    const capacity = Math.max(length, this.capacity * 2);
    this.rows = grown(this.rows, capacity << ROW_SHIFT);
    this.nextOfPackage = grown(this.nextOfPackage, capacity);
    this.nextSibling = grown(this.nextSibling, capacity);
    this.requirement = grown(this.requirement, capacity);
    this.listedFor = grown(this.listedFor, capacity);
    this.capacity = capacity;
  }
}
