import { activate, isFulfilledByItself, show, showAll, unseenNear } from "./activation.ts";
import { ClauseKind } from "./clause-store.ts";
import { ensureCandidate } from "./compiler.ts";
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
    const isWindowOpen = count > 1 && (packages.window[package_] ?? 0) < count;
    if (isWindowOpen) {
      const needs =
        packages.facts[package_]?.hasAllDependencies === true ? seeAll(state, package_) : seeMore(state, package_);
      if (needs.length > 0) return needs;
    }
    expansions.pop();
    if (isWindowOpen || clauses.expandedEpoch[clause] !== state.epoch) activateSiblings(state, package_, clause);
  }
  return undefined;
}

const NOTHING: readonly Need[] = [];

function seeAll(state: SolverState, package_: PackageIndex): readonly Need[] {
  if ((state.packages.allClauses[package_] ?? 0) === 0) {
    const needs = compileAll(state, package_);
    if (needs.length > 0) return needs;
  }
  showAll(state, package_);
  return NOTHING;
}

function seeMore(state: SolverState, package_: PackageIndex): readonly Need[] {
  const { packages } = state;
  const window = packages.window[package_] ?? 0;
  const limit = Math.min(MAX_WINDOW, Math.max(2, window));
  const candidates = unseenNear(state, package_, packages.lastTried[package_] ?? 0, limit);
  const needs = missing(state, package_, candidates);
  if (needs.length > 0) return needs;
  for (const candidate of candidates) show(state, package_, candidate);
  packages.window[package_] = candidates.length === 0 ? (packages.candidateCount[package_] ?? 0) : window + limit;
  return NOTHING;
}

function missing(state: SolverState, package_: PackageIndex, candidates: readonly CandidateIndex[]): readonly Need[] {
  const needs: Need[] = [];
  for (const candidate of candidates) {
    if (!ensureCandidate(state, package_, candidate)) needs.push({ package: package_, candidate });
  }
  return needs;
}

/** Compiles all candidates, and keeps the list of their clauses with the masks over all of them. */
function compileAll(state: SolverState, package_: PackageIndex): readonly Need[] {
  const { packages, clauses, pool, candidateLists: lists } = state;
  const count = packages.candidateCount[package_] ?? 0;
  const needs = missing(
    state,
    package_,
    Array.from({ length: count }, (_, index) => index),
  );
  if (needs.length > 0) return needs;
  const start = lists.size;
  const words = packages.words(package_);
  lists.push(0);
  for (let candidate = 0; candidate < count; candidate++) {
    const from = state.candidateList.at((packages.candidateBase[package_] ?? 0) + candidate);
    const end = from + lists.at(from);
    for (let at = from + 1; at <= end; at++) {
      const clause = lists.at(at);
      if (clauses.listedFor[clause] !== start) {
        clauses.listedFor[clause] = start;
        clauses.fullMask[clause] = words === 1 ? 0 : pool.allocatePersistent(words);
        lists.push(clause);
      }
      if (clauses.source[clause] === package_ && isFulfilledByItself(state, clause, candidate)) continue;
      const mask = clauses.fullMask[clause] ?? 0;
      if (words === 1) {
        clauses.fullMask[clause] = mask | (1 << candidate);
      } else {
        const word = mask + (candidate >>> 5);
        pool.words[word] = (pool.words[word] ?? 0) | (1 << (candidate & 31));
      }
    }
  }
  lists.items[start] = lists.size - start - 1;
  packages.allClauses[package_] = start;
  return NOTHING;
}

/** Activates what the candidates seen so far say about the same target, and what makes them unusable. */
function activateSiblings(state: SolverState, package_: PackageIndex, clause: number): void {
  const { clauses, packages, epoch } = state;
  const target = clauses.source[clause] ?? 0;
  let isNew = false;
  for (let other = packages.firstShown[package_] ?? -1; other >= 0; other = clauses.nextShown[other] ?? -1) {
    if (clauses.source[other] !== target && clauses.kind[other] !== ClauseKind.unusable) continue;
    clauses.expandedEpoch[other] = epoch;
    if (clauses.activeEpoch[other] === epoch) continue;
    activate(state, other);
    isNew = true;
  }
  if (isNew) state.agenda.addRescan(package_);
}
