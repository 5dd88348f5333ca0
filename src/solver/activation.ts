import {
  ACTIVE_EPOCH,
  ClauseKind,
  FULL_MASK,
  KIND,
  MASK_EPOCH,
  MASK_NODE,
  NEXT_SHOWN,
  NO_PACKAGE,
  ROW_SHIFT,
  SETTLED_SERIAL,
  SET_A,
  SOURCE,
} from "./clause-store.ts";
import { link } from "./compiler.ts";
import { isInDomain, isInSet } from "./domain.ts";
import {
  CONFLICTS,
  DECIDED,
  DISCOVERY,
  DOMAIN,
  EPOCH,
  FIRST_SHOWN,
  FULL,
  HOT_SHIFT,
  INCOMING,
  IS_OUTDATED,
  LAST,
  LAST_TRIED,
  OUTGOING,
  WINDOW,
  WORDS,
} from "./package-table.ts";
import type { CandidateIndex, PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";

/** The window of a package whose candidates have all been shown. */
const ALL_SHOWN = 0x7fffffff;

/** Whether the package has appeared in this solve. */
export function hasAppeared(state: SolverState, package_: PackageIndex): boolean {
  return state.packages.hot[(package_ << HOT_SHIFT) + EPOCH] === state.epoch;
}

/** Prepares a package for this solve when it is required for the first time. Its facts must be known. */
export function appear(state: SolverState, package_: PackageIndex, discovery: number): void {
  const { packages } = state;
  const { hot } = packages;
  const row = package_ << HOT_SHIFT;
  const words = hot[row + WORDS] ?? 0;
  const full = hot[row + FULL] ?? 0;
  hot[row + EPOCH] = state.epoch;
  hot[row + LAST] = -1;
  hot[row + DECIDED] = -1;
  hot[row + DISCOVERY] = discovery;
  hot[row + OUTGOING] = 0;
  hot[row + INCOMING] = 0;
  hot[row + CONFLICTS] = 0;
  hot[row + IS_OUTDATED] = 0;
  hot[row + WINDOW] = 0;
  hot[row + LAST_TRIED] = 0;
  hot[row + FIRST_SHOWN] = -1;
  if (words === 1) {
    hot[row + DOMAIN] = full;
  } else {
    const pool = state.pool.words;
    const domain = hot[row + DOMAIN] ?? 0;
    for (let word = 0; word < words; word++) pool[domain + word] = pool[full + word] ?? 0;
  }
  if (state.hasUnusable) attachUnusable(state, package_);
  if (state.hasParked) attachParked(state, package_);
}

function attachUnusable(state: SolverState, package_: PackageIndex): void {
  const { packages, clauses, epoch } = state;
  for (let unit = packages.firstUnusable[package_] ?? -1; unit >= 0; unit = clauses.nextOfPackage[unit] ?? -1) {
    clauses.set(unit, ACTIVE_EPOCH, epoch);
    clauses.rows[(unit << ROW_SHIFT) + SETTLED_SERIAL] = 0;
    attachOutgoing(state, unit);
  }
}

/** Constraints on the package have been waiting. They may be violated already, so the package has to be scanned. */
function attachParked(state: SolverState, package_: PackageIndex): void {
  const { packages, lists } = state;
  if (packages.parkedEpoch[package_] !== state.epoch) return;
  for (let node = packages.parked[package_] ?? 0; node !== 0; node = lists.next(node)) {
    attachLinked(state, lists.clause(node));
  }
  state.agenda.addRescan(package_);
}

/** Puts a clause into the lists of its packages, once per solve. */
export function activate(state: SolverState, clause: number): void {
  const { clauses } = state;
  if (clauses.get(clause, ACTIVE_EPOCH) === state.epoch) return;
  clauses.set(clause, ACTIVE_EPOCH, state.epoch);
  clauses.rows[(clause << ROW_SHIFT) + SETTLED_SERIAL] = 0;
  clauses.set(clause, MASK_NODE, 0);
  const kind = clauses.get(clause, KIND);
  if (kind === ClauseKind.unusable) {
    attachOutgoing(state, clause);
    return;
  }
  const target = clauses.get(clause, SOURCE);
  if (kind === ClauseKind.constrains && !hasAppeared(state, target)) {
    park(state, target, clause);
    return;
  }
  if (!hasAppeared(state, target)) appear(state, target, state.discovered++);
  attachLinked(state, clause);
}

function attachLinked(state: SolverState, clause: number): void {
  if (!link(state, clause)) return;
  const { clauses } = state;
  attachOutgoing(state, clause);
  const packageB = clauses.packageB(clause);
  if (packageB === NO_PACKAGE) return;
  const isTie = clauses.get(clause, KIND) === ClauseKind.same;
  attach(state, packageB, clause, isTie ? EVERYTHING : clauses.setB(clause), !isTie);
}

/** The set of nodes whose clauses must always be looked at. */
const EVERYTHING = -1;

/** Puts a clause into the list of one of its packages; `set` is its term on it. */
export function attach(
  state: SolverState,
  package_: PackageIndex,
  clause: number,
  set: number,
  isBinary: boolean,
): void {
  const { packages, lists } = state;
  packages.set(package_, INCOMING, lists.add(clause, set, isBinary, packages.get(package_, INCOMING)));
}

/** Puts a clause into the list of the package whose candidates say it. */
function attachOutgoing(state: SolverState, clause: number): void {
  const { packages, clauses, lists } = state;
  const package_ = clauses.packageA(clause);
  // A clause of a single term acts before the term holds.
  const isBinary = clauses.get(clause, KIND) !== ClauseKind.same && clauses.packageB(clause) !== NO_PACKAGE;
  const node = lists.add(
    clause,
    isBinary ? clauses.setA(clause) : EVERYTHING,
    isBinary,
    packages.get(package_, OUTGOING),
  );
  packages.set(package_, OUTGOING, node);
  clauses.set(clause, MASK_NODE, node);
}

/** Keeps a constraint until its target is required: nothing may be fetched for its sake alone. */
function park(state: SolverState, target: PackageIndex, clause: number): void {
  const { packages } = state;
  if (packages.parkedEpoch[target] !== state.epoch) {
    packages.parkedEpoch[target] = state.epoch;
    packages.parked[target] = 0;
  }
  packages.parked[target] = state.lists.add(clause, 0, false, packages.parked[target] ?? 0);
  state.hasParked = true;
}

/** Makes everything that a compiled candidate says count in this solve. The facts of what it requires must be known. */
export function activateCandidate(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): void {
  const column = (state.packages.candidateBase[package_] ?? 0) + candidate;
  if (state.candidateActive.at(column) === state.epoch) return;
  state.candidateActive.items[column] = state.epoch;
  show(state, package_, candidate);
  const lists = state.candidateLists.items;
  const start = state.candidateList.at(column);
  const end = start + (lists[start] ?? 0);
  for (let at = start + 1; at <= end; at++) activate(state, lists[at] ?? 0);
}

/**
 * Makes the clauses of a compiled candidate speak about it in this solve. Masks start empty in each solve and only grow,
 * so that a solve does not depend on what earlier solves have compiled.
 */
export function show(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): void {
  const { packages, epoch } = state;
  const column = (packages.candidateBase[package_] ?? 0) + candidate;
  if (state.candidateSeen.at(column) === epoch) return;
  state.candidateSeen.items[column] = epoch;
  const isWhole = isAllShown(state, package_);
  const start = state.candidateList.at(column);
  const lists = state.candidateLists.items;
  const end = start + (lists[start] ?? 0);
  for (let at = start + 1; at <= end; at++) {
    const clause = lists[at] ?? 0;
    if (isWhole) showWhole(state, package_, clause);
    else showOne(state, package_, clause, candidate);
  }
}

function showOne(state: SolverState, package_: PackageIndex, clause: number, candidate: CandidateIndex): void {
  const { clauses } = state;
  const { rows } = clauses;
  const row = clause << ROW_SHIFT;
  const words = state.packages.words(package_);
  const isNew = rows[row + MASK_EPOCH] !== state.epoch;
  if (isNew) bringUp(state, package_, clause);
  const isFulfilled = rows[row + SOURCE] === package_ && isFulfilledByItself(state, clause, candidate);
  const bit = isFulfilled ? 0 : 1 << (candidate & 31);
  const set = rows[row + SET_A] ?? 0;
  if (words === 1) {
    rows[row + SET_A] = isNew ? bit : set | bit;
  } else {
    const pool = state.pool.words;
    if (isNew) for (let word = 0; word < words; word++) pool[set + word] = 0;
    const word = set + (candidate >>> 5);
    pool[word] = (pool[word] ?? 0) | bit;
  }
  if (!isNew) noteGrowth(state, package_, clause);
}

/** Makes a clause speak about all candidates, which its package has decided to show. */
export function showWhole(state: SolverState, package_: PackageIndex, clause: number): void {
  if (state.clauses.get(clause, MASK_EPOCH) === state.epoch) return;
  bringUp(state, package_, clause);
  fillMask(state, package_, clause);
}

/** Shows all candidates: at once where their clauses are in use, and else when they come into use. */
export function showAll(state: SolverState, package_: PackageIndex): void {
  const { packages, clauses } = state;
  packages.set(package_, WINDOW, ALL_SHOWN);
  for (let clause = packages.get(package_, FIRST_SHOWN); clause >= 0; clause = clauses.get(clause, NEXT_SHOWN)) {
    fillMask(state, package_, clause);
    noteGrowth(state, package_, clause);
  }
}

function fillMask(state: SolverState, package_: PackageIndex, clause: number): void {
  const { clauses } = state;
  const words = state.packages.words(package_);
  const full = clauses.get(clause, FULL_MASK);
  if (words === 1) {
    clauses.set(clause, SET_A, full);
    return;
  }
  const pool = state.pool.words;
  const set = clauses.setA(clause);
  for (let word = 0; word < words; word++) pool[set + word] = pool[full + word] ?? 0;
}

/** Whether all candidates of a package are shown. */
export function isAllShown(state: SolverState, package_: PackageIndex): boolean {
  return state.packages.get(package_, WINDOW) === ALL_SHOWN;
}

/** Links a clause into the list of those that its package has shown in this solve. */
function bringUp(state: SolverState, package_: PackageIndex, clause: number): void {
  const { packages, clauses } = state;
  clauses.set(clause, MASK_EPOCH, state.epoch);
  clauses.set(clause, NEXT_SHOWN, packages.get(package_, FIRST_SHOWN));
  packages.set(package_, FIRST_SHOWN, clause);
}

/** An active clause says more than before: what it was settled by may no longer hold. */
function noteGrowth(state: SolverState, package_: PackageIndex, clause: number): void {
  const { clauses, packages } = state;
  if (clauses.get(clause, ACTIVE_EPOCH) !== state.epoch) return;
  clauses.rows[(clause << ROW_SHIFT) + SETTLED_SERIAL] = 0;
  const node = clauses.get(clause, MASK_NODE);
  if (node === 0) return;
  if (packages.words(package_) === 1) state.lists.widen(node, clauses.setA(clause));
  state.agenda.addRescan(package_);
}

/** Whether a dependency of a package on itself holds for this candidate. */
export function isFulfilledByItself(state: SolverState, clause: number, candidate: CandidateIndex): boolean {
  const { clauses } = state;
  const package_ = clauses.packageA(clause);
  const kind = clauses.get(clause, KIND);
  if (kind === ClauseKind.unusable || clauses.get(clause, SOURCE) !== package_) return false;
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
