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

const INITIAL_CAPACITY = 256;

/**
 * Clauses (incompatibilities, nogoods): lists of terms `(package, set)` that can't all hold. The first two terms stand in
 * columns, because nearly all clauses have one or two; learned clauses keep further terms in `extra`.
 *
 * Identifiers of transient clauses (learned and instances) are reused from solve to solve.
 */
export class ClauseStore {
  private capacity = INITIAL_CAPACITY;
  private top = 0;
  private readonly free = new IntStack();
  private readonly transient = new IntStack();

  kind: Int32Array = new Int32Array(INITIAL_CAPACITY);
  packageA: Int32Array = new Int32Array(INITIAL_CAPACITY);
  setA: Int32Array = new Int32Array(INITIAL_CAPACITY);
  packageB: Int32Array = new Int32Array(INITIAL_CAPACITY);
  setB: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Where further terms start in `extra`, as pairs (package, set). */
  extraStart: Int32Array = new Int32Array(INITIAL_CAPACITY);
  extraCount: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Contradicted or handled as of this trail position … */
  settledAt: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** … as long as that position still holds the entry with this serial number. Zero: not settled. */
  settledSerial: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The solve in which the clause is in the lists of its packages. */
  activeEpoch: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The solve for which the mask `setA` of a dependency is valid; it only holds candidates that were looked at. */
  maskEpoch: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The solve in which a conflict made the clause's siblings (same dependent, same target) active. */
  expandedEpoch: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The next clause that candidates of the same package have in this solve, or -1. */
  nextShown: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Unusable candidates: the next such clause of the same package, or -1. */
  nextOfPackage: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Dependencies: the target. Instances: the `same` clause. Learned: where its antecedents start. */
  source: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Dependencies: whether target and requirement are compiled into `packageB`, `setB`. */
  isLinked: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Dependencies: the requirement index. */
  requirement: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Dependencies: the candidate (its row plus one) whose list took the clause last; finds edges that are said twice. */
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
    const clause = this.allocate();
    this.kind[clause] = kind;
    this.packageA[clause] = packageA;
    this.setA[clause] = 0;
    this.packageB[clause] = NO_PACKAGE;
    this.extraCount[clause] = 0;
    this.activeEpoch[clause] = 0;
    this.maskEpoch[clause] = 0;
    this.expandedEpoch[clause] = 0;
    this.isLinked[clause] = 0;
    this.listedFor[clause] = 0;
    this.settledSerial[clause] = 0;
    return clause;
  }

  /** A clause of the current solve. */
  addTransient(kind: number): number {
    const clause = this.allocate();
    this.transient.push(clause);
    this.kind[clause] = kind;
    this.packageB[clause] = NO_PACKAGE;
    this.extraCount[clause] = 0;
    this.settledSerial[clause] = 0;
    return clause;
  }

  releaseTransient(): void {
    for (let index = this.transient.size - 1; index >= 0; index--) this.free.push(this.transient.at(index));
    this.transient.clear();
    this.extra.clear();
    this.antecedents.clear();
    this.learnedCount = 0;
  }

  byteLength(): number {
    return this.capacity * 4 * 18 + this.extra.byteLength() + this.antecedents.byteLength();
  }

  private allocate(): number {
    if (this.free.size > 0) return this.free.pop();
    const clause = this.top++;
    if (clause >= this.capacity) this.grow(clause + 1);
    return clause;
  }

  private grow(length: number): void {
    const capacity = Math.max(length, this.capacity * 2);
    this.kind = grown(this.kind, capacity);
    this.packageA = grown(this.packageA, capacity);
    this.setA = grown(this.setA, capacity);
    this.packageB = grown(this.packageB, capacity);
    this.setB = grown(this.setB, capacity);
    this.extraStart = grown(this.extraStart, capacity);
    this.extraCount = grown(this.extraCount, capacity);
    this.settledAt = grown(this.settledAt, capacity);
    this.settledSerial = grown(this.settledSerial, capacity);
    this.activeEpoch = grown(this.activeEpoch, capacity);
    this.maskEpoch = grown(this.maskEpoch, capacity);
    this.expandedEpoch = grown(this.expandedEpoch, capacity);
    this.nextShown = grown(this.nextShown, capacity);
    this.nextOfPackage = grown(this.nextOfPackage, capacity);
    this.source = grown(this.source, capacity);
    this.isLinked = grown(this.isLinked, capacity);
    this.requirement = grown(this.requirement, capacity);
    this.listedFor = grown(this.listedFor, capacity);
    this.capacity = capacity;
  }
}
