import { ClauseKind, NO_PACKAGE } from "./clause-store.ts";
import { link } from "./compiler.ts";
import { isInDomain, isInSet } from "./domain.ts";
import type { CandidateIndex, PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";

/** Whether the package has come up in this solve. */
export function hasComeUp(state: SolverState, package_: PackageIndex): boolean {
  return state.packages.epoch[package_] === state.epoch;
}

/** Prepares a package for this solve when it is required for the first time. Its facts must be known. */
export function comeUp(state: SolverState, package_: PackageIndex): void {
  const { packages, clauses, pool, epoch } = state;
  if (packages.epoch[package_] === epoch) return;
  packages.epoch[package_] = epoch;
  const words = packages.words[package_] ?? 0;
  const full = packages.full[package_] ?? 0;
  if (words === 1) packages.domain[package_] = full;
  else pool.words.copyWithin(packages.domain[package_] ?? 0, full, full + words);
  packages.last[package_] = -1;
  packages.clauses[package_] = 0;
  packages.decided[package_] = -1;
  packages.conflicts[package_] = 0;
  packages.window[package_] = 0;
  packages.firstShown[package_] = -1;
  packages.discovery[package_] = state.discovered++;
  for (let unit = packages.firstUnusable[package_] ?? -1; unit >= 0; unit = clauses.nextOfPackage[unit] ?? -1) {
    clauses.activeEpoch[unit] = epoch;
    clauses.settledSerial[unit] = 0;
    attach(state, package_, unit);
  }
  if (packages.parkedEpoch[package_] !== epoch) return;
  // Constraints on it have been waiting. They may be violated already, so the package has to be scanned.
  for (let node = packages.parked[package_] ?? 0; node !== 0; node = state.nodeNext.at(node)) {
    attachLinked(state, state.nodeClause.at(node));
  }
  state.agenda.addRescan(package_);
}

/** Puts a clause into the lists of its packages, once per solve. */
export function activate(state: SolverState, clause: number): void {
  const { clauses } = state;
  if (clauses.activeEpoch[clause] === state.epoch) return;
  clauses.activeEpoch[clause] = state.epoch;
  clauses.settledSerial[clause] = 0;
  const kind = clauses.kind[clause] ?? 0;
  if (kind === ClauseKind.unusable) {
    attach(state, clauses.packageA[clause] ?? 0, clause);
    return;
  }
  const target = clauses.source[clause] ?? 0;
  if (kind === ClauseKind.constrains && !hasComeUp(state, target)) {
    park(state, target, clause);
    return;
  }
  comeUp(state, target);
  attachLinked(state, clause);
}

function attachLinked(state: SolverState, clause: number): void {
  if (!link(state, clause)) return;
  const { clauses } = state;
  attach(state, clauses.packageA[clause] ?? 0, clause);
  const packageB = clauses.packageB[clause] ?? NO_PACKAGE;
  if (packageB !== NO_PACKAGE) attach(state, packageB, clause);
}

/** Puts a clause into the list of one package. */
export function attach(state: SolverState, package_: PackageIndex, clause: number): void {
  const { packages } = state;
  const node = state.nodeClause.size;
  state.nodeClause.push(clause);
  state.nodeNext.push(packages.clauses[package_] ?? 0);
  packages.clauses[package_] = node;
}

/** Keeps a constraint until its target is required: nothing may be fetched for its sake alone. */
function park(state: SolverState, target: PackageIndex, clause: number): void {
  const { packages } = state;
  if (packages.parkedEpoch[target] !== state.epoch) {
    packages.parkedEpoch[target] = state.epoch;
    packages.parked[target] = 0;
  }
  const node = state.nodeClause.size;
  state.nodeClause.push(clause);
  state.nodeNext.push(packages.parked[target] ?? 0);
  packages.parked[target] = node;
}

/**
 * Makes the clauses of a compiled candidate speak about it in this solve. Masks start empty in each solve and only grow,
 * so that a solve does not depend on what earlier solves have compiled.
 */
export function show(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): void {
  const { packages, clauses, epoch } = state;
  const row = (packages.candidateBase[package_] ?? 0) + candidate;
  if (state.candidateSeen.at(row) === epoch) return;
  state.candidateSeen.items[row] = epoch;
  const words = packages.words[package_] ?? 0;
  const lists = state.candidateLists;
  const start = state.candidateList.at(row);
  const end = start + lists.at(start);
  for (let at = start + 1; at <= end; at++) {
    const clause = lists.at(at);
    const set = clauses.setA[clause] ?? 0;
    if (clauses.maskEpoch[clause] !== epoch) {
      clauses.maskEpoch[clause] = epoch;
      clauses.nextShown[clause] = packages.firstShown[package_] ?? -1;
      packages.firstShown[package_] = clause;
      if (words === 1) clauses.setA[clause] = 0;
      else state.pool.words.fill(0, set, set + words);
    }
    if (isFulfilledByItself(state, clause, candidate)) continue;
    if (words === 1) {
      clauses.setA[clause] = (clauses.setA[clause] ?? 0) | (1 << candidate);
    } else {
      const word = set + (candidate >>> 5);
      state.pool.words[word] = (state.pool.words[word] ?? 0) | (1 << (candidate & 31));
    }
    if (clauses.activeEpoch[clause] === epoch) {
      clauses.settledSerial[clause] = 0;
      state.agenda.addRescan(package_);
    }
  }
}

/** Whether a dependency of a package on itself holds for this candidate. */
function isFulfilledByItself(state: SolverState, clause: number, candidate: CandidateIndex): boolean {
  const { clauses } = state;
  const package_ = clauses.packageA[clause] ?? 0;
  const kind = clauses.kind[clause] ?? 0;
  if (kind === ClauseKind.unusable || clauses.source[clause] !== package_) return false;
  return !link(state, clause) || !isInSet(state, package_, clauses.setB[clause] ?? 0, candidate);
}

/** The next candidates to look at because of a conflict, nearest to `from` first, at most `limit`. */
export function unseenNear(
  state: SolverState,
  package_: PackageIndex,
  from: CandidateIndex,
  limit: number,
): CandidateIndex[] {
  const base = state.packages.candidateBase[package_] ?? 0;
  const count = state.packages.candidateCount[package_] ?? 0;
  const found: CandidateIndex[] = [];
  for (let distance = 1; distance < count && found.length < limit; distance++) {
    for (const candidate of [from + distance, from - distance]) {
      if (candidate < 0 || candidate >= count) continue;
      if (state.candidateSeen.at(base + candidate) === state.epoch) continue;
      if (isInDomain(state, package_, candidate)) found.push(candidate);
    }
  }
  return found;
}
