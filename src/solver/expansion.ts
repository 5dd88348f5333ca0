import { activate, show, unseenNear } from "./activation.ts";
import { ClauseKind } from "./clause-store.ts";
import { ensureCandidate } from "./compiler.ts";
import type { Need } from "./provider.ts";
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
  const { expansions } = state;
  while (expansions.size > 0) {
    const needs = expandClause(state, expansions.at(expansions.size - 1));
    if (needs.length > 0) return needs;
    expansions.pop();
  }
  return undefined;
}

function expandClause(state: SolverState, clause: number): readonly Need[] {
  const { clauses, packages } = state;
  const package_ = clauses.packageA[clause] ?? 0;
  const count = packages.candidateCount[package_] ?? 0;
  const window = packages.window[package_] ?? 0;
  if (window < count && count > 1) {
    const hasAll = packages.facts[package_]?.hasAllDependencies === true;
    const limit = hasAll ? count : Math.min(MAX_WINDOW, Math.max(2, window));
    const needs: Need[] = [];
    const candidates = hasAll
      ? Array.from({ length: count }, (_, index) => index)
      : unseenNear(state, package_, packages.lastTried[package_] ?? 0, limit);
    for (const candidate of candidates) {
      if (!ensureCandidate(state, package_, candidate)) needs.push({ package: package_, candidate });
    }
    if (needs.length > 0) return needs;
    for (const candidate of candidates) show(state, package_, candidate);
    packages.window[package_] = candidates.length === 0 ? count : window + limit;
  } else if (clauses.expandedEpoch[clause] === state.epoch) {
    return [];
  }
  // Activate what the candidates say about the same target, and those that can't be used at all.
  const target = clauses.source[clause] ?? 0;
  let isNew = false;
  for (let other = packages.firstShown[package_] ?? -1; other >= 0; other = clauses.nextShown[other] ?? -1) {
    if (clauses.source[other] !== target && clauses.kind[other] !== ClauseKind.unusable) continue;
    clauses.expandedEpoch[other] = state.epoch;
    if (clauses.activeEpoch[other] === state.epoch) continue;
    activate(state, other);
    isNew = true;
  }
  if (isNew) state.agenda.addRescan(package_);
  return [];
}
