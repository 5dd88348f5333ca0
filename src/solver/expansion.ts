import { activate, isAllShown, isFulfilledByItself, show, showAll, showWhole, unseenNear } from "./activation.ts";
import {
  ACTIVE_EPOCH,
  ClauseKind,
  EXPANDED_EPOCH,
  FULL_MASK,
  KIND,
  NEXT_SHOWN,
  NO_PACKAGE,
  SOURCE,
} from "./clause-store.ts";
import { ensureCandidate } from "./compiler.ts";
import { FIRST_SHOWN, LAST_TRIED, WINDOW } from "./package-table.ts";
import type { CandidateIndex, Need, PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";

/** At most this many candidates of a package are looked at because of one conflict. */
const MAX_WINDOW = 64;

/**
 * After a conflict, looks at the neighbours of the candidate that took part. Versions next to each other mostly have
 * the same dependencies: learning all of that at once excludes the whole run, instead of one version per conflict.
 *
 * A provider that has all dependencies at hand says so ({@link PackageFacts.hasAllDependencies}) and all candidates are
 * looked at; otherwise the window doubles from conflict to conflict. What is looked at depends only on the course of the
 * solve, never on what happens to be known already.
 *
 * Returns what has to be known first, or `undefined` when it is done.
 */
export function expand(state: SolverState): readonly Need[] | undefined {
  const { expansions, packages, clauses } = state;
  while (expansions.size > 0) {
    const clause = expansions.at(expansions.size - 1);
    const package_ = clauses.packageA(clause);
    const count = packages.candidateCount[package_] ?? 0;
    const isWindowOpen = count > 1 && packages.get(package_, WINDOW) < count;
    if (isWindowOpen) {
      const needs =
        packages.facts[package_]?.hasAllDependencies === true ? seeAll(state, package_) : seeMore(state, package_);
      if (needs.length > 0) return needs;
    }
    expansions.pop();
    if (isWindowOpen || clauses.get(clause, EXPANDED_EPOCH) !== state.epoch) activateSiblings(state, package_, clause);
  }
  return undefined;
}

const NOTHING: readonly Need[] = [];

function seeAll(state: SolverState, package_: PackageIndex): readonly Need[] {
  if (state.packages.hasFullMasks[package_] !== 1) {
    const needs = compileAll(state, package_);
    if (needs.length > 0) return needs;
  }
  showAll(state, package_);
  return NOTHING;
}

function seeMore(state: SolverState, package_: PackageIndex): readonly Need[] {
  const { packages } = state;
  const window = packages.get(package_, WINDOW);
  const limit = Math.min(MAX_WINDOW, Math.max(2, window));
  const candidates = unseenNear(state, package_, packages.get(package_, LAST_TRIED), limit);
  const needs = missing(state, package_, candidates);
  if (needs.length > 0) return needs;
  for (const candidate of candidates) show(state, package_, candidate);
  const isEnd = candidates.length === 0;
  packages.set(package_, WINDOW, isEnd ? (packages.candidateCount[package_] ?? 0) : window + limit);
  return NOTHING;
}

function missing(state: SolverState, package_: PackageIndex, candidates: readonly CandidateIndex[]): readonly Need[] {
  const needs: Need[] = [];
  for (const candidate of candidates) {
    if (!ensureCandidate(state, package_, candidate)) needs.push({ package: package_, candidate });
  }
  return needs;
}

/** Compiles all candidates, and keeps the masks over all of them and the rings of siblings. */
function compileAll(state: SolverState, package_: PackageIndex): readonly Need[] {
  const { packages, clauses, pool, candidateLists: lists } = state;
  const count = packages.candidateCount[package_] ?? 0;
  const needs = missing(
    state,
    package_,
    Array.from({ length: count }, (_, index) => index),
  );
  if (needs.length > 0) return needs;
  // A mark that no list of a candidate has.
  const mark = -1 - package_;
  const firstOfTarget = new Map<number, number>();
  const words = packages.words(package_);
  for (let candidate = 0; candidate < count; candidate++) {
    const from = state.candidateList.at((packages.candidateBase[package_] ?? 0) + candidate);
    const end = from + lists.at(from);
    for (let at = from + 1; at <= end; at++) {
      const clause = lists.at(at);
      if (clauses.listedFor[clause] !== mark) {
        clauses.listedFor[clause] = mark;
        clauses.set(clause, FULL_MASK, words === 1 ? 0 : pool.allocatePersistent(words));
        joinRing(state, clause, firstOfTarget);
      }
      if (clauses.get(clause, SOURCE) === package_ && isFulfilledByItself(state, clause, candidate)) continue;
      const mask = clauses.get(clause, FULL_MASK);
      if (words === 1) {
        clauses.set(clause, FULL_MASK, mask | (1 << candidate));
      } else {
        const word = mask + (candidate >>> 5);
        pool.words[word] = (pool.words[word] ?? 0) | (1 << (candidate & 31));
      }
    }
  }
  packages.hasFullMasks[package_] = 1;
  packages.brokenRing[package_] = firstOfTarget.get(NO_PACKAGE) ?? -1;
  return NOTHING;
}

/**
 * Links a clause with those of the same dependent and target, and those that make candidates unusable with each other: in
 * the order of candidates, never in that of compilation, which earlier solves decide.
 */
function joinRing(state: SolverState, clause: number, firstOfTarget: Map<number, number>): void {
  const { nextSibling } = state.clauses;
  const target = state.clauses.get(clause, SOURCE);
  const first = firstOfTarget.get(target);
  if (first === undefined) {
    firstOfTarget.set(target, clause);
    return;
  }
  nextSibling[clause] = nextSibling[first] ?? first;
  nextSibling[first] = clause;
}

/** Activates what the candidates seen so far say about the same target, and what makes them unusable. */
function activateSiblings(state: SolverState, package_: PackageIndex, clause: number): void {
  const { clauses, packages } = state;
  let isNew = false;
  if (isAllShown(state, package_)) {
    isNew = activateRing(state, package_, clause);
    const broken = packages.brokenRing[package_] ?? -1;
    if (broken >= 0 && activateRing(state, package_, broken)) isNew = true;
  } else {
    const target = clauses.get(clause, SOURCE);
    for (let other = packages.get(package_, FIRST_SHOWN); other >= 0; other = clauses.get(other, NEXT_SHOWN)) {
      if (clauses.get(other, SOURCE) !== target && clauses.get(other, KIND) !== ClauseKind.unusable) continue;
      if (activateSibling(state, package_, other)) isNew = true;
    }
  }
  if (isNew) state.agenda.addRescan(package_);
}

/** Returns whether one of the ring was not active before. */
function activateRing(state: SolverState, package_: PackageIndex, clause: number): boolean {
  let isNew = false;
  let other = clause;
  do {
    if (activateSibling(state, package_, other)) isNew = true;
    other = state.clauses.nextSibling[other] ?? clause;
  } while (other !== clause);
  return isNew;
}

/** Returns whether the clause was not active before. */
function activateSibling(state: SolverState, package_: PackageIndex, clause: number): boolean {
  const { clauses, epoch } = state;
  clauses.set(clause, EXPANDED_EPOCH, epoch);
  if (clauses.get(clause, ACTIVE_EPOCH) === epoch) return false;
  if (isAllShown(state, package_)) showWhole(state, package_, clause);
  activate(state, clause);
  return true;
}
