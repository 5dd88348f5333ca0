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

/** Row width of {@link ClauseStore.rows}: what propagation reads of a clause stands in half a cache line. */
export const ROW_SHIFT = 3;
/** Fields of a row: two terms, … */
export const PACKAGE_A = 0;
export const SET_A = 1;
export const PACKAGE_B = 2;
export const SET_B = 3;
/** … "contradicted or handled as of this trail position, as long as it holds the entry with this serial number", … */
export const SETTLED_AT = 4;
export const SETTLED_SERIAL = 5;
/** … and where further terms stand in `extra`, as pairs (package, set). {@link IS_TIE} instead of a count marks a tie. */
export const EXTRA_COUNT = 6;
export const EXTRA_START = 7;

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
  kind: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The solve in which the clause is in the lists of its packages. */
  activeEpoch: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The solve for which the mask `SET_A` of a dependency is valid; it only holds candidates that were looked at. */
  maskEpoch: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The mask of all candidates, where `PackageTable.allClauses` is made. */
  fullMask: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The solve in which a conflict made the clause's siblings (same dependent, same target) active. */
  expandedEpoch: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The next clause that candidates of the same package have in this solve, or -1. */
  nextShown: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Unusable candidates: the next such clause of the same package, or -1. */
  nextOfPackage: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Dependencies: the target. Instances: the `same` clause. Learned: where its antecedents start. */
  source: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Dependencies: whether the target's side is compiled; see `link`. */
  linkage: Int32Array = new Int32Array(INITIAL_CAPACITY);
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
    this.activeEpoch[clause] = 0;
    this.maskEpoch[clause] = 0;
    this.expandedEpoch[clause] = 0;
    this.linkage[clause] = 0;
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
    return this.capacity * 4 * 19 + this.extra.byteLength() + this.antecedents.byteLength();
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
    this.kind[clause] = kind;
    this.rows[row + PACKAGE_B] = NO_PACKAGE;
    this.rows[row + EXTRA_COUNT] = kind === ClauseKind.same ? IS_TIE : 0;
    this.rows[row + SETTLED_SERIAL] = 0;
    return clause;
  }

  private grow(length: number): void {
    const capacity = Math.max(length, this.capacity * 2);
    this.rows = grown(this.rows, capacity << ROW_SHIFT);
    this.kind = grown(this.kind, capacity);
    this.activeEpoch = grown(this.activeEpoch, capacity);
    this.maskEpoch = grown(this.maskEpoch, capacity);
    this.fullMask = grown(this.fullMask, capacity);
    this.expandedEpoch = grown(this.expandedEpoch, capacity);
    this.nextShown = grown(this.nextShown, capacity);
    this.nextOfPackage = grown(this.nextOfPackage, capacity);
    this.source = grown(this.source, capacity);
    this.linkage = grown(this.linkage, capacity);
    this.requirement = grown(this.requirement, capacity);
    this.listedFor = grown(this.listedFor, capacity);
    this.capacity = capacity;
  }
}
