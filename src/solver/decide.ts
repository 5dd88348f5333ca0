import { activate, activateCandidate, appear, hasAppeared, isAllShown, show, showWhole } from "./activation.ts";
import { select, undoLast } from "./assign.ts";
import { ClauseKind, KIND, NO_PACKAGE, SOURCE } from "./clause-store.ts";
import { link } from "./compiler.ts";
import { firstUndecided } from "./depth-first.ts";
import { edgesOf, NEVER } from "./edge-row.ts";
import { candidatesOf, domainSize, firstCandidate, isInDomain, mayBeAbsent, Relation, relation } from "./domain.ts";
import { enqueue, followEdges } from "./follow-edges.ts";
import { CONFLICTS, INCOMING, IS_OUTDATED, LAST_TRIED, OUTGOING } from "./package-table.ts";
import type { CandidateIndex, PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";

/** Puts every required, undecided package whose rank may have changed into its place in the queue. */
export function updateQueue(state: SolverState): void {
  const { outdated, packages, queue } = state;
  while (outdated.size > 0) {
    const package_ = outdated.pop();
    packages.set(package_, IS_OUTDATED, 0);
    if (mayBeAbsent(state, package_)) queue.remove(package_);
    else if (packages.decided(package_) < 0) enqueue(state, package_, domainSize(state, package_));
  }
}

/** The package to decide next; the queue must not be empty. */
export function nextPackage(state: SolverState): PackageIndex {
  return state.isDepthFirst ? firstUndecided(state) : state.queue.peek();
}

/** The candidate that is tried first among those still admissible. */
export function candidateToTry(state: SolverState, package_: PackageIndex): CandidateIndex {
  const { provider, packages } = state;
  if (provider.choose === undefined) return firstCandidate(state, package_);
  const admissible = candidatesOf(state, package_, packages.domain(package_));
  const candidate = provider.choose(
    package_,
    admissible,
    (other) => hasAppeared(state, other) && packages.decided(other) >= 0,
  );
  const isValid = candidate >= 0 && candidate < (packages.candidateCount[package_] ?? 0);
  if (!isValid || !isInDomain(state, package_, candidate)) {
    throw new Error(`the provider chose candidate ${candidate} of package ${package_}, which is not admissible`);
  }
  return candidate;
}

/**
 * Brings the clauses of a candidate into use that leave no way to select it, and those only: the others say nothing about
 * its neighbours yet. Returns the first of them, or {@link NO_PACKAGE}.
 */
function activateExcluding(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): number {
  const isWhole = isAllShown(state, package_);
  if (!isWhole) show(state, package_, candidate);
  const { candidateLists: lists } = state;
  const start = state.candidateList.at((state.packages.candidateBase[package_] ?? 0) + candidate);
  const end = start + lists.at(start);
  let first = NO_PACKAGE;
  for (let at = start + 1; at <= end; at++) {
    const clause = lists.at(at);
    if (!excludes(state, package_, clause)) continue;
    if (isWhole) showWhole(state, package_, clause);
    activate(state, clause);
    if (first === NO_PACKAGE) first = clause;
  }
  return first;
}

/** Whether a clause of a candidate of `package_` leaves no way to select it. */
function excludes(state: SolverState, package_: PackageIndex, clause: number): boolean {
  const { clauses } = state;
  const kind = clauses.get(clause, KIND);
  if (kind === ClauseKind.unusable) return true;
  const target = clauses.get(clause, SOURCE);
  if (kind === ClauseKind.same || target === package_) return false;
  const isKnown = hasAppeared(state, target);
  // Of the target of a constraint nothing may be known yet.
  if ((!isKnown && kind === ClauseKind.constrains) || !link(state, clause)) return false;
  if (clauses.packageB(clause) === NO_PACKAGE) return true;
  return isKnown && relation(state, target, clauses.setB(clause)) === Relation.satisfied;
}

/** Selects the root, at level 0. */
export function selectRoot(state: SolverState): void {
  const { root, rootCandidate, packages, trail, agenda } = state;
  appear(state, root, state.discovered++);
  select(state, root, rootCandidate);
  packages.set(root, LAST_TRIED, rootCandidate);
  if (!followEdges(state, root, rootCandidate, edgesOf(state, root, rootCandidate))) {
    while (trail.size > 1) state.noteOutdated(undoLast(state));
    state.propagations = 0;
    agenda.forgetChanged();
    activateCandidate(state, root, rootCandidate);
  }
  // Its candidate may be unusable, or its edges may lead nowhere: then a scan finds the conflict.
  if (packages.get(root, OUTGOING) !== 0) agenda.addRescan(root);
}

/**
 * Decides for a candidate and follows its edges, unless one of its own clauses excludes it at once: then the propagation
 * of that clause takes it out without a decision to undo.
 */
export function decide(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): void {
  const { packages, trail, agenda } = state;
  const { size } = trail;
  const { propagations } = state;
  state.decisions += 1;
  state.stepBack = 1;
  packages.set(package_, LAST_TRIED, candidate);
  state.queue.remove(package_);
  const row = edgesOf(state, package_, candidate);
  if (state.edges.at(row) === NEVER) {
    state.noteOutdated(package_);
  } else {
    trail.openLevel();
    select(state, package_, candidate);
    if (followEdges(state, package_, candidate, row)) {
      if (packages.get(package_, INCOMING) !== 0) agenda.addChanged(package_);
      return;
    }
    while (trail.size > size) state.noteOutdated(undoLast(state));
    trail.currentLevel -= 1;
    state.propagations = propagations;
    agenda.forgetChanged();
  }
  const excluding = activateExcluding(state, package_, candidate);
  if (excluding === NO_PACKAGE) {
    // Only several edges together lead nowhere: a conflict like any other.
    activateCandidate(state, package_, candidate);
    trail.openLevel();
    select(state, package_, candidate);
    agenda.addRescan(package_);
    return;
  }
  countConflict(state, package_, excluding);
  agenda.addRescan(package_);
}

function countConflict(state: SolverState, package_: PackageIndex, excluding: number): void {
  const { packages, clauses } = state;
  const target = clauses.get(excluding, SOURCE);
  packages.set(package_, CONFLICTS, packages.get(package_, CONFLICTS) + 1);
  if (target !== NO_PACKAGE && target !== package_) {
    packages.set(target, CONFLICTS, packages.get(target, CONFLICTS) + 1);
  }
  if (clauses.get(excluding, KIND) !== ClauseKind.unusable) state.expansions.push(excluding);
}
