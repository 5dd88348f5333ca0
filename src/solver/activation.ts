import { ClauseKind, NO_PACKAGE, ROW_SHIFT, SET_A, SETTLED_SERIAL } from "./clause-store.ts";
import { link } from "./compiler.ts";
import { isInDomain, isInSet } from "./domain.ts";
import { DOMAIN, HOT_SHIFT, LAST } from "./package-table.ts";
import type { CandidateIndex, PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";

/** The window of a package whose candidates have all been shown. */
const ALL_SHOWN = 0x7fffffff;

/** Whether the package has come up in this solve. */
export function hasComeUp(state: SolverState, package_: PackageIndex): boolean {
  return state.packages.epoch[package_] === state.epoch;
}

/** Prepares a package for this solve when it is required for the first time. Its facts must be known. */
export function comeUp(state: SolverState, package_: PackageIndex): void {
  const { packages, clauses, pool, epoch } = state;
  if (packages.epoch[package_] === epoch) return;
  packages.epoch[package_] = epoch;
  const words = packages.words(package_);
  const full = packages.full[package_] ?? 0;
  if (words === 1) packages.hot[(package_ << HOT_SHIFT) + DOMAIN] = full;
  else pool.words.copyWithin(packages.domain(package_), full, full + words);
  packages.hot[(package_ << HOT_SHIFT) + LAST] = -1;
  packages.clauses[package_] = 0;
  packages.decided[package_] = -1;
  packages.conflicts[package_] = 0;
  packages.window[package_] = 0;
  packages.lastTried[package_] = 0;
  packages.firstShown[package_] = -1;
  packages.isOutdated[package_] = 0;
  packages.discovery[package_] = state.discovered++;
  for (let unit = packages.firstUnusable[package_] ?? -1; unit >= 0; unit = clauses.nextOfPackage[unit] ?? -1) {
    clauses.activeEpoch[unit] = epoch;
    clauses.rows[(unit << ROW_SHIFT) + SETTLED_SERIAL] = 0;
    attach(state, package_, unit);
  }
  if (packages.parkedEpoch[package_] !== epoch) return;
  // Constraints on it have been waiting. They may be violated already, so the package has to be scanned.
  for (let node = packages.parked[package_] ?? 0; node !== 0; node = state.nodes.at(node + 1)) {
    attachLinked(state, state.nodes.at(node));
  }
  state.agenda.addRescan(package_);
}

/** Puts a clause into the lists of its packages, once per solve. */
export function activate(state: SolverState, clause: number): void {
  const { clauses } = state;
  if (clauses.activeEpoch[clause] === state.epoch) return;
  clauses.activeEpoch[clause] = state.epoch;
  clauses.rows[(clause << ROW_SHIFT) + SETTLED_SERIAL] = 0;
  const kind = clauses.kind[clause] ?? 0;
  if (kind === ClauseKind.unusable) {
    attach(state, clauses.packageA(clause), clause);
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
  attach(state, clauses.packageA(clause), clause);
  const packageB = clauses.packageB(clause);
  if (packageB !== NO_PACKAGE) attach(state, packageB, clause);
}

/** Puts a clause into the list of one package. */
export function attach(state: SolverState, package_: PackageIndex, clause: number): void {
  const { packages } = state;
  packages.clauses[package_] = state.addNode(clause, packages.clauses[package_] ?? 0);
}

/** Keeps a constraint until its target is required: nothing may be fetched for its sake alone. */
function park(state: SolverState, target: PackageIndex, clause: number): void {
  const { packages } = state;
  if (packages.parkedEpoch[target] !== state.epoch) {
    packages.parkedEpoch[target] = state.epoch;
    packages.parked[target] = 0;
  }
  packages.parked[target] = state.addNode(clause, packages.parked[target] ?? 0);
}

/**
 * Makes the clauses of a compiled candidate speak about it in this solve. Masks start empty in each solve and only grow,
 * so that a solve does not depend on what earlier solves have compiled.
 */
export function show(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): void {
  const { packages, clauses, epoch } = state;
  const row = (packages.candidateBase[package_] ?? 0) + candidate;
  if (packages.window[package_] === ALL_SHOWN || state.candidateSeen.at(row) === epoch) return;
  state.candidateSeen.items[row] = epoch;
  const words = packages.words(package_);
  const start = state.candidateList.at(row);
  const lists = state.candidateLists.items;
  const end = start + (lists[start] ?? 0);
  for (let at = start + 1; at <= end; at++) {
    const clause = lists[at] ?? 0;
    const isNew = clauses.maskEpoch[clause] !== epoch;
    if (isNew) bringUp(state, package_, clause);
    const isFulfilled = clauses.source[clause] === package_ && isFulfilledByItself(state, clause, candidate);
    const bit = isFulfilled ? 0 : 1 << (candidate & 31);
    const setAt = (clause << ROW_SHIFT) + SET_A;
    const set = clauses.rows[setAt] ?? 0;
    if (words === 1) {
      clauses.rows[setAt] = isNew ? bit : set | bit;
    } else {
      const pool = state.pool.words;
      const word = set + (candidate >>> 5);
      if (isNew) pool.fill(0, set, set + words);
      pool[word] = (pool[word] ?? 0) | bit;
    }
    if (!isNew) noteGrowth(state, package_, clause);
  }
}

/** Shows all candidates at once. Their clauses and full masks must have been compiled. */
export function showAll(state: SolverState, package_: PackageIndex): void {
  const { packages, clauses, epoch, candidateLists: lists } = state;
  const words = packages.words(package_);
  const start = packages.allClauses[package_] ?? 0;
  const end = start + lists.at(start);
  for (let at = start + 1; at <= end; at++) {
    const clause = lists.at(at);
    const isNew = clauses.maskEpoch[clause] !== epoch;
    if (isNew) bringUp(state, package_, clause);
    const full = clauses.fullMask[clause] ?? 0;
    const setAt = (clause << ROW_SHIFT) + SET_A;
    const set = clauses.rows[setAt] ?? 0;
    if (words === 1) clauses.rows[setAt] = full;
    else state.pool.words.copyWithin(set, full, full + words);
    if (!isNew) noteGrowth(state, package_, clause);
  }
  packages.window[package_] = ALL_SHOWN;
}

/** Links a clause into the list of those that its package has shown in this solve. */
function bringUp(state: SolverState, package_: PackageIndex, clause: number): void {
  const { packages, clauses } = state;
  clauses.maskEpoch[clause] = state.epoch;
  clauses.nextShown[clause] = packages.firstShown[package_] ?? -1;
  packages.firstShown[package_] = clause;
}

/** An active clause says more than before: what it was settled by may no longer hold. */
function noteGrowth(state: SolverState, package_: PackageIndex, clause: number): void {
  if (state.clauses.activeEpoch[clause] !== state.epoch) return;
  state.clauses.rows[(clause << ROW_SHIFT) + SETTLED_SERIAL] = 0;
  state.agenda.addRescan(package_);
}

/** Whether a dependency of a package on itself holds for this candidate. */
export function isFulfilledByItself(state: SolverState, clause: number, candidate: CandidateIndex): boolean {
  const { clauses } = state;
  const package_ = clauses.packageA(clause);
  const kind = clauses.kind[clause] ?? 0;
  if (kind === ClauseKind.unusable || clauses.source[clause] !== package_) return false;
  return !link(state, clause) || !isInSet(state, package_, clauses.setB(clause), candidate);
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
