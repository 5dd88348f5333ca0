import { activateCandidate } from "./activation.ts";
import { leaveOnly, mayBeAbsent, takeOut } from "./domain.ts";
import { DECIDED, DOMAIN, HOT_SHIFT, LAST, type SetRef, WORDS } from "./package-table.ts";
import type { SolverState } from "./state.ts";
import {
  ENTRY_BEFORE,
  ENTRY_CAUSE,
  ENTRY_LEVEL,
  ENTRY_PACKAGE,
  ENTRY_PREVIOUS,
  ENTRY_SERIAL,
  ENTRY_SHIFT,
  NO_CAUSE,
  type Trail,
} from "./trail.ts";

/** Notes that the domain of `package_` is about to change. */
export function pushEntry(state: SolverState, package_: number, cause: number): void {
  const { trail } = state;
  const { hot } = state.packages;
  const hotRow = package_ << HOT_SHIFT;
  const words = hot[hotRow + WORDS] ?? 0;
  const domain = hot[hotRow + DOMAIN] ?? 0;
  trail.reserve(1, words);
  pushReserved(trail, hot, package_, cause, words === 1 ? domain : saveWords(state, domain, words));
}

/** Keeps the words of a wide domain; returns where. */
function saveWords({ trail, pool }: SolverState, domain: number, words: number): number {
  const { saved } = trail;
  const start = trail.savedSize;
  for (let word = 0; word < words; word++) saved[start + word] = pool.words[domain + word] ?? 0;
  trail.savedSize = start + words;
  return start;
}

/** The same where the trail has room for the entry; `before` is the domain, or where the words of a wide one are kept. */
export function pushReserved(trail: Trail, hot: Int32Array, package_: number, cause: number, before: number): void {
  const { rows } = trail;
  const entry = trail.size++;
  const row = entry << ENTRY_SHIFT;
  const hotRow = package_ << HOT_SHIFT;
  rows[row + ENTRY_PACKAGE] = package_;
  rows[row + ENTRY_PREVIOUS] = hot[hotRow + LAST] ?? -1;
  rows[row + ENTRY_CAUSE] = cause;
  rows[row + ENTRY_LEVEL] = trail.currentLevel;
  rows[row + ENTRY_SERIAL] = trail.nextSerial++;
  rows[row + ENTRY_BEFORE] = before;
  hot[hotRow + LAST] = entry;
}

/** Takes the members of `set` out of the domain of `package_`, because of `cause`. Some but not all of the domain must lie in it. */
export function derive(state: SolverState, package_: number, set: SetRef, cause: number): void {
  pushEntry(state, package_, cause);
  takeOut(state, package_, set);
  state.propagations += 1;
  if (!mayBeAbsent(state, package_)) state.noteOutdated(package_);
}

/** Selects one candidate at the current level. */
export function select(state: SolverState, package_: number, candidate: number): void {
  pushEntry(state, package_, NO_CAUSE);
  state.packages.hot[(package_ << HOT_SHIFT) + DECIDED] = candidate;
  leaveOnly(state, package_, candidate);
}

/** Undoes the latest entry of the trail; its package is undecided afterwards. Returns the package. */
export function undoLast(state: SolverState): number {
  const { trail } = state;
  const { hot } = state.packages;
  const { rows } = trail;
  const row = --trail.size << ENTRY_SHIFT;
  const package_ = rows[row + ENTRY_PACKAGE] ?? 0;
  const hotRow = package_ << HOT_SHIFT;
  const words = hot[hotRow + WORDS] ?? 0;
  const before = rows[row + ENTRY_BEFORE] ?? 0;
  hot[hotRow + LAST] = rows[row + ENTRY_PREVIOUS] ?? -1;
  hot[hotRow + DECIDED] = -1;
  if (words === 1) {
    hot[hotRow + DOMAIN] = before;
  } else {
    const { saved } = trail;
    const pool = state.pool.words;
    const domain = hot[hotRow + DOMAIN] ?? 0;
    for (let word = 0; word < words; word++) pool[domain + word] = saved[before + word] ?? 0;
    trail.savedSize = before;
  }
  return package_;
}

/** Undoes everything above `level`. From now on, the clauses of what was decided there stand in lists. */
export function backtrack(state: SolverState, level: number): void {
  const { trail, packages } = state;
  for (let undone = level + 1; undone <= trail.currentLevel; undone++) {
    const package_ = trail.field(trail.levelStart[undone] ?? 0, ENTRY_PACKAGE);
    activateCandidate(state, package_, packages.decided(package_));
  }
  const target = trail.levelStart[level + 1] ?? 0;
  while (trail.size > target) state.noteOutdated(undoLast(state));
  trail.currentLevel = level;
}
