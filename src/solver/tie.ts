import { derive } from "./assign.ts";
import { ClauseKind, PACKAGE_A, PACKAGE_B, ROW_SHIFT, SET_A, SET_B, SOURCE } from "./clause-store.ts";
import { mayBeAbsent, Relation, relation } from "./domain.ts";
import type { SolverState } from "./state.ts";

/**
 * Propagates a `same` edge: wherever the dependent is a candidate of the mask, the base is the candidate of the same
 * index. One edge stands for a family of nogoods "dependent in X, base not in X", one for each X; the one that acts is
 * made when it acts. Returns a violated instance, or -1.
 */
export function propagateTie(state: SolverState, tie: number): number {
  const { clauses, packages, pool } = state;
  const dependent = clauses.packageA(tie);
  const base = clauses.packageB(tie);
  const mask = clauses.setA(tie);
  const words = packages.words(dependent);
  const rows = pool.allocateTransient(words);
  // Candidates of the dependent that the base can't follow.
  const lost = rows;
  let hasLost = false;
  for (let word = 0; word < words; word++) {
    const d = word1(state, dependent, word);
    const m = words === 1 ? mask : (pool.words[mask + word] ?? 0);
    const bits = d & m & ~word1(state, base, word);
    pool.words[lost + word] = bits;
    if (bits !== 0) hasLost = true;
  }
  const lostSet = words === 1 ? (pool.words[lost] ?? 0) : lost;
  pool.undoTransient(words);
  if (hasLost) {
    const isAll = relation(state, dependent, lostSet) === Relation.satisfied;
    const instance = makeInstance(state, tie, lostSet);
    if (isAll) return instance;
    derive(state, dependent, clauses.setA(instance), instance);
    state.agenda.addChanged(dependent);
  }
  if (mayBeAbsent(state, dependent) || relation(state, dependent, mask) !== Relation.satisfied) return -1;
  // The dependent is selected, at one of the tied candidates: so is the base.
  let narrows = false;
  for (let word = 0; word < words; word++) {
    if ((word1(state, base, word) & ~word1(state, dependent, word)) !== 0) narrows = true;
  }
  if (!narrows) return -1;
  const instance = makeInstance(state, tie, packages.domain(dependent));
  derive(state, base, clauses.setB(instance), instance);
  state.agenda.addChanged(base);
  return -1;
}

function word1(state: SolverState, package_: number, word: number): number {
  const domain = state.packages.domain(package_);
  return state.packages.words(package_) === 1 ? domain : (state.pool.words[domain + word] ?? 0);
}

/** The nogood "dependent in X, base not in X" for the set `x` of candidates. */
export function makeInstance(state: SolverState, tie: number, x: number): number {
  const { clauses, packages, pool } = state;
  const dependent = clauses.packageA(tie);
  const base = clauses.packageB(tie);
  const words = packages.words(dependent);
  const full = packages.full(base);
  let inside = x;
  let outside = full & ~x;
  if (words !== 1) {
    // `x` may be the word row just given back, or a domain that will change: copy it.
    inside = pool.allocateTransient(words);
    if (inside !== x) pool.words.copyWithin(inside, x, x + words);
    outside = pool.allocateTransient(words);
    for (let word = 0; word < words; word++) {
      pool.words[outside + word] = (pool.words[full + word] ?? 0) & ~(pool.words[inside + word] ?? 0);
    }
  }
  const instance = clauses.addTransient(ClauseKind.sameInstance);
  clauses.rows[(instance << ROW_SHIFT) + PACKAGE_A] = dependent;
  clauses.rows[(instance << ROW_SHIFT) + SET_A] = inside;
  clauses.rows[(instance << ROW_SHIFT) + PACKAGE_B] = base;
  clauses.rows[(instance << ROW_SHIFT) + SET_B] = outside;
  clauses.set(instance, SOURCE, tie);
  return instance;
}
