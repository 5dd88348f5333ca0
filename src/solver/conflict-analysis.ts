import { attach } from "./activation.ts";
import { causeOf, satisfierOf, showDecided, termOn } from "./antecedent.ts";
import { keepAssertion, renewAssertions } from "./assertions.ts";
import { backtrack, derive } from "./assign.ts";
import {
  ClauseKind,
  EXTRA_COUNT,
  EXTRA_START,
  KIND,
  NO_PACKAGE,
  PACKAGE_A,
  PACKAGE_B,
  ROW_SHIFT,
  SET_A,
  SET_B,
  SOURCE,
} from "./clause-store.ts";
import { isEqualToFull } from "./compiler.ts";
import { grown } from "./growable.ts";
import { CONFLICTS, type SetRef } from "./package-table.ts";
import type { SolverState } from "./state.ts";
import { ENTRY_LEVEL, ENTRY_PACKAGE, ENTRY_PREVIOUS, NO_CAUSE } from "./trail.ts";

/** The answer of {@link ConflictAnalysis.resolve} when the problem has no solution. */
export const UNSATISFIABLE = -1;

/**
 * Turns a violated clause into a clause that would have avoided the conflict, by resolving it with the causes of its
 * satisfiers from the latest one backwards, until a single term depends on the latest decision involved. The terms stand in a
 * work list while that happens; only the result and the list of antecedents are kept, from which an explanation can be
 * replayed.
 */
export class ConflictAnalysis {
  private readonly state: SolverState;
  private size = 0;
  private package_ = new Int32Array(64);
  private set = new Int32Array(64);
  /** The trail entry that made the term hold. */
  private satisfier = new Int32Array(64);
  /** Whether the words of a wide set belong to the work list and may be changed in place. */
  private isOwned = new Int32Array(64);
  /** Package to its index in the work list plus one. */
  private indexOf = new Int32Array(64);
  /** The violated clause that no decision has a part in, after {@link UNSATISFIABLE}. */
  private finalConflict = 0;

  constructor(state: SolverState) {
    this.state = state;
  }

  /**
   * Learns from the violated clause, goes back and asserts what was learned. Returns the learned clause (the violated
   * clause itself when it needed no resolution), or {@link UNSATISFIABLE}.
   */
  resolve(conflict: number): number {
    const { state } = this;
    state.conflicts += 1;
    // Without a decision there is nothing to learn, and how it came to this is only of interest when somebody asks why.
    const learned = state.trail.currentLevel === 0 ? UNSATISFIABLE : this.analyse(conflict);
    if (learned === UNSATISFIABLE) this.finalConflict = conflict;
    return learned;
  }

  /** Where the antecedents of the contradiction start, after {@link UNSATISFIABLE} and before anything else is solved. */
  finalAntecedents(): number {
    const start = this.state.clauses.antecedents.size;
    this.analyse(this.finalConflict);
    return start;
  }

  /** Resolves the violated clause backwards along the trail. Without a contradiction it stores what it finds and goes back. */
  private analyse(conflict: number): number {
    const { state } = this;
    const { trail, clauses, packages } = state;
    const antecedents = clauses.antecedents;
    const start = antecedents.size;
    antecedents.push(conflict);
    this.clearWork();
    this.addTermsOf(conflict, NO_PACKAGE);
    this.noteParticipant(conflict);
    for (;;) {
      let top = -1;
      let second = -1;
      let at = 0;
      for (let index = 0; index < this.size; index++) {
        const entry = this.satisfier[index] ?? 0;
        if (entry > top) {
          second = top;
          top = entry;
          at = index;
        } else if (entry > second) {
          second = entry;
        }
      }
      if (top <= 0) {
        antecedents.push(NO_CAUSE);
        return UNSATISFIABLE;
      }
      const package_ = trail.field(top, ENTRY_PACKAGE);
      const cause = causeOf(state, top);
      const set = this.set[at] ?? 0;
      let previous = second;
      let union = 0;
      if (cause !== NO_CAUSE) {
        union = this.union(package_, set, termOn(state, cause, package_));
        const earlier = isEqualToFull(state, package_, union)
          ? -1
          : satisfierOf(state, package_, union, trail.field(top, ENTRY_PREVIOUS));
        if (earlier > previous) previous = earlier;
        // The union decides how far back the clause would be unit; it replaces the term only if resolution goes on.
        const previousLevel = previous < 0 ? 0 : trail.field(previous, ENTRY_LEVEL);
        if (previousLevel >= trail.field(top, ENTRY_LEVEL)) {
          this.bump(package_);
          antecedents.push(cause);
          antecedents.push(package_);
          this.noteParticipant(cause);
          this.removeTerm(at);
          if (earlier >= 0) this.addTerm(package_, union, earlier, 1);
          this.addTermsOf(cause, package_);
          continue;
        }
        const words = packages.words(package_);
        if (words !== 1) state.pool.undoTransient(words);
      }
      const level = previous < 0 ? 0 : trail.field(previous, ENTRY_LEVEL);
      this.bump(package_);
      antecedents.push(NO_CAUSE);
      const isNew = antecedents.size - start > 2;
      if (!isNew) antecedents.size = start;
      const learned = isNew ? this.store(at, start) : conflict;
      const target = this.levelToGoTo(level, trail.field(top, ENTRY_LEVEL));
      backtrack(state, target);
      state.agenda.forgetChanged();
      const term = isNew ? clauses.setA(learned) : set;
      derive(state, package_, term, learned);
      state.agenda.addChanged(package_);
      renewAssertions(state, target);
      keepAssertion(state, package_, term, learned, level, target);
      return learned;
    }
  }

  /**
   * The highest level to stay at after a conflict at level `conflictLevel` whose lesson holds from level `holdsAt` on. Going back
   * that far would mostly make the same decisions again: one decision back is enough, unless another conflict follows at
   * once. Then those in between are at odds with the lesson, and it goes back twice as far each time, or to the start when
   * the lesson depends on no decision at all.
   */
  private levelToGoTo(holdsAt: number, conflictLevel: number): number {
    const { state } = this;
    const step = state.stepBack;
    state.stepBack *= 2;
    return step > 1 && holdsAt === 0 ? 0 : Math.max(holdsAt, conflictLevel - step);
  }

  private clearWork(): void {
    for (let index = 0; index < this.size; index++) this.indexOf[this.package_[index] ?? 0] = 0;
    this.size = 0;
  }

  private addTerm(package_: number, set: SetRef, satisfier: number, isOwned: number): void {
    const index = this.size++;
    if (index >= this.package_.length) {
      this.package_ = grown(this.package_, index + 1);
      this.set = grown(this.set, index + 1);
      this.satisfier = grown(this.satisfier, index + 1);
      this.isOwned = grown(this.isOwned, index + 1);
    }
    if (package_ >= this.indexOf.length) this.indexOf = grown(this.indexOf, package_ + 1);
    this.package_[index] = package_;
    this.set[index] = set;
    this.satisfier[index] = satisfier;
    this.isOwned[index] = isOwned;
    this.indexOf[package_] = index + 1;
  }

  private removeTerm(index: number): void {
    this.indexOf[this.package_[index] ?? 0] = 0;
    const last = --this.size;
    if (index === last) return;
    const moved = this.package_[last] ?? 0;
    this.package_[index] = moved;
    this.set[index] = this.set[last] ?? 0;
    this.satisfier[index] = this.satisfier[last] ?? 0;
    this.isOwned[index] = this.isOwned[last] ?? 0;
    this.indexOf[moved] = index + 1;
  }

  /** Adds the terms of a clause, except the one on `pivot`; terms on the same package are intersected. */
  private addTermsOf(clause: number, pivot: number): void {
    const { clauses } = this.state;
    showDecided(this.state, clause);
    this.merge(clauses.packageA(clause), clauses.setA(clause), pivot);
    const packageB = clauses.packageB(clause);
    if (packageB === NO_PACKAGE) return;
    this.merge(packageB, clauses.setB(clause), pivot);
    const row = clause << ROW_SHIFT;
    const start = clauses.rows[row + EXTRA_START] ?? 0;
    const end = start + 2 * (clauses.rows[row + EXTRA_COUNT] ?? 0);
    for (let at = start; at < end; at += 2) this.merge(clauses.extra.at(at), clauses.extra.at(at + 1), pivot);
  }

  private merge(package_: number, set: SetRef, pivot: number): void {
    if (package_ === pivot) return;
    const { packages, pool } = this.state;
    const known = package_ < this.indexOf.length ? (this.indexOf[package_] ?? 0) : 0;
    const satisfier = satisfierOf(this.state, package_, set, packages.last(package_));
    if (known === 0) {
      this.addTerm(package_, set, satisfier, 0);
      return;
    }
    const index = known - 1;
    const other = this.set[index] ?? 0;
    if (satisfier > (this.satisfier[index] ?? 0)) this.satisfier[index] = satisfier;
    if (other === set) return;
    const words = packages.words(package_);
    if (words === 1) {
      this.set[index] = other & set;
      return;
    }
    let target = other;
    if (this.isOwned[index] === 0) {
      target = pool.allocateTransient(words);
      this.isOwned[index] = 1;
      this.set[index] = target;
    }
    const memory = pool.words;
    for (let word = 0; word < words; word++)
      memory[target + word] = (memory[other + word] ?? 0) & (memory[set + word] ?? 0);
  }

  /** Copies a wide set that belongs to another clause: masks grow, learned terms must not. */
  private own(index: number): void {
    const { packages, pool } = this.state;
    const words = packages.words(this.package_[index] ?? 0);
    if (words === 1 || this.isOwned[index] !== 0) return;
    const set = this.set[index] ?? 0;
    const copy = pool.allocateTransient(words);
    pool.words.copyWithin(copy, set, set + words);
    this.set[index] = copy;
    this.isOwned[index] = 1;
  }

  private union(package_: number, a: SetRef, b: SetRef): SetRef {
    const { packages, pool } = this.state;
    const words = packages.words(package_);
    if (words === 1) return a | b;
    const target = pool.allocateTransient(words);
    const memory = pool.words;
    for (let word = 0; word < words; word++) memory[target + word] = (memory[a + word] ?? 0) | (memory[b + word] ?? 0);
    return target;
  }

  /** Stores the work list as a clause whose first term is the one that will be asserted. */
  private store(first: number, antecedents: number): number {
    const { state } = this;
    for (let index = 0; index < this.size; index++) this.own(index);
    const { clauses } = state;
    const clause = clauses.addTransient(ClauseKind.learned);
    clauses.learnedCount += 1;
    clauses.set(clause, SOURCE, antecedents);
    clauses.rows[(clause << ROW_SHIFT) + PACKAGE_A] = this.package_[first] ?? 0;
    clauses.rows[(clause << ROW_SHIFT) + SET_A] = this.set[first] ?? 0;
    const isBinary = this.size === 2;
    attach(state, this.package_[first] ?? 0, clause, this.set[first] ?? 0, isBinary);
    clauses.rows[(clause << ROW_SHIFT) + EXTRA_START] = clauses.extra.size;
    let count = 1;
    for (let index = 0; index < this.size; index++) {
      if (index === first) continue;
      const package_ = this.package_[index] ?? 0;
      if (count === 1) {
        clauses.rows[(clause << ROW_SHIFT) + PACKAGE_B] = package_;
        clauses.rows[(clause << ROW_SHIFT) + SET_B] = this.set[index] ?? 0;
      } else {
        clauses.extra.push(package_);
        clauses.extra.push(this.set[index] ?? 0);
      }
      count += 1;
      attach(state, package_, clause, this.set[index] ?? 0, isBinary);
    }
    clauses.rows[(clause << ROW_SHIFT) + EXTRA_COUNT] = Math.max(0, count - 2);
    return clause;
  }

  /** Counts a conflict for every package of the work list; the resolved or asserted one will be ranked anew. */
  private bump(package_: number): void {
    const { packages } = this.state;
    for (let index = 0; index < this.size; index++) {
      const other = this.package_[index] ?? 0;
      packages.set(other, CONFLICTS, packages.get(other, CONFLICTS) + 1);
    }
    this.state.noteOutdated(package_);
  }

  private noteParticipant(clause: number): void {
    const kind = this.state.clauses.get(clause, KIND);
    if (kind === ClauseKind.requires || kind === ClauseKind.constrains) this.state.expansions.push(clause);
  }
}
