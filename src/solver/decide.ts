import { activate, show } from "./activation.ts";
import { select } from "./assign.ts";
import { ClauseKind, NO_PACKAGE } from "./clause-store.ts";
import { candidatesOf, domainSize, firstCandidate, isInDomain, mayBeAbsent, Relation, relation } from "./domain.ts";
import type { CandidateIndex, PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";

/** Puts every required, undecided package whose rank may have changed into its place in the queue. */
export function updateQueue(state: SolverState): void {
  const { outdated, packages, queue } = state;
  while (outdated.size > 0) {
    const package_ = outdated.pop();
    if ((packages.decided[package_] ?? 0) >= 0 || mayBeAbsent(state, package_)) continue;
    queue.put(
      package_,
      packages.priority[package_] ?? 0,
      packages.conflicts[package_] ?? 0,
      domainSize(state, package_),
      packages.discovery[package_] ?? 0,
    );
  }
}

/** The candidate that is tried first among those still admissible. */
export function candidateToTry(state: SolverState, package_: PackageIndex): CandidateIndex {
  const { provider, packages } = state;
  if (provider.choose === undefined) return firstCandidate(state, package_);
  const admissible = candidatesOf(state, package_, packages.domain[package_] ?? 0);
  const candidate = provider.choose(
    package_,
    admissible,
    (other) => packages.epoch[other] === state.epoch && (packages.decided[other] ?? -1) >= 0,
  );
  const isValid = candidate >= 0 && candidate < (packages.candidateCount[package_] ?? 0);
  if (!isValid || !isInDomain(state, package_, candidate)) {
    throw new Error(`the provider chose candidate ${candidate} of package ${package_}, which is not admissible`);
  }
  return candidate;
}

/** Makes everything that a compiled candidate says count in this solve. The facts of what it requires must be known. */
export function activateCandidate(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): void {
  show(state, package_, candidate);
  const lists = state.candidateLists;
  const start = state.candidateList.at((state.packages.candidateBase[package_] ?? 0) + candidate);
  const end = start + lists.at(start);
  for (let at = start + 1; at <= end; at++) activate(state, lists.at(at));
}

/**
 * Decides for a candidate, unless one of its own clauses excludes it at once: then the propagation of that clause takes
 * it out without a decision to undo.
 */
export function decide(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): void {
  const { packages } = state;
  packages.lastTried[package_] = candidate;
  activateCandidate(state, package_, candidate);
  state.agenda.addChanged(package_);
  const excluding = excludingClause(state, package_, candidate);
  if (excluding !== NO_PACKAGE) {
    const target = state.clauses.source[excluding] ?? NO_PACKAGE;
    packages.conflicts[package_] = (packages.conflicts[package_] ?? 0) + 1;
    if (target !== NO_PACKAGE && target !== package_) {
      packages.conflicts[target] = (packages.conflicts[target] ?? 0) + 1;
    }
    if (state.clauses.kind[excluding] !== ClauseKind.unusable) state.expansions.push(excluding);
    state.outdated.push(package_);
    return;
  }
  state.queue.remove(package_);
  state.trail.openLevel();
  select(state, package_, candidate);
}

function excludingClause(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): number {
  const { clauses } = state;
  const lists = state.candidateLists;
  const start = state.candidateList.at((state.packages.candidateBase[package_] ?? 0) + candidate);
  const end = start + lists.at(start);
  for (let at = start + 1; at <= end; at++) {
    const clause = lists.at(at);
    if (clauses.kind[clause] === ClauseKind.same || clauses.isLinked[clause] !== 1) continue;
    if (clauses.kind[clause] !== ClauseKind.unusable && clauses.source[clause] === package_) continue;
    const target = clauses.packageB[clause] ?? NO_PACKAGE;
    if (target === NO_PACKAGE) return clause;
    if (state.packages.epoch[target] !== state.epoch) continue;
    if (relation(state, target, clauses.setB[clause] ?? 0) === Relation.satisfied) return clause;
  }
  return NO_PACKAGE;
}
