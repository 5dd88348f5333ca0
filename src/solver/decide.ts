import { activate, hasComeUp, show } from "./activation.ts";
import { select } from "./assign.ts";
import { ClauseKind, NO_PACKAGE } from "./clause-store.ts";
import { LINKED } from "./compiler.ts";
import { candidatesOf, domainSize, firstCandidate, isInDomain, mayBeAbsent, Relation, relation } from "./domain.ts";
import type { CandidateIndex, PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";

/** Puts every required, undecided package whose rank may have changed into its place in the queue. */
export function updateQueue(state: SolverState): void {
  const { outdated, packages, queue } = state;
  while (outdated.size > 0) {
    const package_ = outdated.pop();
    packages.isOutdated[package_] = 0;
    if (mayBeAbsent(state, package_)) queue.remove(package_);
    else if ((packages.decided[package_] ?? -1) < 0) {
      queue.put(
        package_,
        packages.priority[package_] ?? 0,
        packages.conflicts[package_] ?? 0,
        domainSize(state, package_),
        packages.discovery[package_] ?? 0,
      );
    }
  }
}

/** The candidate that is tried first among those still admissible. */
export function candidateToTry(state: SolverState, package_: PackageIndex): CandidateIndex {
  const { provider, packages } = state;
  if (provider.choose === undefined) return firstCandidate(state, package_);
  const admissible = candidatesOf(state, package_, packages.domain(package_));
  const candidate = provider.choose(
    package_,
    admissible,
    (other) => hasComeUp(state, other) && (packages.decided[other] ?? -1) >= 0,
  );
  const isValid = candidate >= 0 && candidate < (packages.candidateCount[package_] ?? 0);
  if (!isValid || !isInDomain(state, package_, candidate)) {
    throw new Error(`the provider chose candidate ${candidate} of package ${package_}, which is not admissible`);
  }
  return candidate;
}

/**
 * Makes everything that a compiled candidate says count in this solve. The facts of what it requires must be known.
 * Returns a clause that excludes the candidate at once, or {@link NO_PACKAGE}.
 */
export function activateCandidate(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): number {
  show(state, package_, candidate);
  const { clauses, epoch } = state;
  const start = state.candidateList.at((state.packages.candidateBase[package_] ?? 0) + candidate);
  const lists = state.candidateLists.items;
  const end = start + (lists[start] ?? 0);
  let excluding = NO_PACKAGE;
  for (let at = start + 1; at <= end; at++) {
    const clause = lists[at] ?? 0;
    if (clauses.activeEpoch[clause] !== epoch) activate(state, clause);
    if (excluding === NO_PACKAGE && excludes(state, package_, clause)) excluding = clause;
  }
  return excluding;
}

/** Whether a clause of a candidate of `package_` leaves no way to select it. */
function excludes(state: SolverState, package_: PackageIndex, clause: number): boolean {
  const { clauses } = state;
  const kind = clauses.kind[clause];
  if (kind === ClauseKind.unusable) return true;
  if (kind === ClauseKind.same || clauses.linkage[clause] !== LINKED || clauses.source[clause] === package_)
    return false;
  const target = clauses.packageB(clause);
  if (target === NO_PACKAGE) return true;
  return hasComeUp(state, target) && relation(state, target, clauses.setB(clause)) === Relation.satisfied;
}

/**
 * Decides for a candidate, unless one of its own clauses excludes it at once: then the propagation of that clause takes
 * it out without a decision to undo.
 */
export function decide(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): void {
  const { packages } = state;
  packages.lastTried[package_] = candidate;
  const excluding = activateCandidate(state, package_, candidate);
  state.agenda.addChanged(package_);
  if (excluding !== NO_PACKAGE) {
    const target = state.clauses.source[excluding] ?? NO_PACKAGE;
    packages.conflicts[package_] = (packages.conflicts[package_] ?? 0) + 1;
    if (target !== NO_PACKAGE && target !== package_) {
      packages.conflicts[target] = (packages.conflicts[target] ?? 0) + 1;
    }
    if (state.clauses.kind[excluding] !== ClauseKind.unusable) state.expansions.push(excluding);
    state.noteOutdated(package_);
    return;
  }
  state.queue.remove(package_);
  state.trail.openLevel();
  select(state, package_, candidate);
}
