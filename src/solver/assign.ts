import { mayBeAbsent } from "./domain.ts";
import { DOMAIN, HOT_SHIFT, LAST, type SetRef, WORDS } from "./package-table.ts";
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
} from "./trail.ts";

function pushEntry(state: SolverState, package_: number, cause: number): void {
  const { trail } = state;
  const { hot } = state.packages;
  const hotRow = package_ << HOT_SHIFT;
  const words = hot[hotRow + WORDS] ?? 0;
  trail.reserve(words);
  const entry = trail.size++;
  const { rows } = trail;
  const row = entry << ENTRY_SHIFT;
  rows[row + ENTRY_PACKAGE] = package_;
  rows[row + ENTRY_PREVIOUS] = hot[hotRow + LAST] ?? -1;
  rows[row + ENTRY_CAUSE] = cause;
  rows[row + ENTRY_LEVEL] = trail.currentLevel;
  rows[row + ENTRY_SERIAL] = trail.nextSerial++;
  hot[hotRow + LAST] = entry;
  const domain = hot[hotRow + DOMAIN] ?? 0;
  if (words === 1) {
    rows[row + ENTRY_BEFORE] = domain;
  } else {
    const { saved } = trail;
    const pool = state.pool.words;
    const start = trail.savedSize;
    rows[row + ENTRY_BEFORE] = start;
    for (let word = 0; word < words; word++) saved[start + word] = pool[domain + word] ?? 0;
    trail.savedSize = start + words;
  }
}

/** Takes the members of `set` out of the domain of `package_`, because of `cause`. Some but not all of the domain must lie in it. */
export function derive(state: SolverState, package_: number, set: SetRef, cause: number): void {
  pushEntry(state, package_, cause);
  state.propagations += 1;
  const { hot } = state.packages;
  const hotRow = package_ << HOT_SHIFT;
  const words = hot[hotRow + WORDS] ?? 0;
  const domain = hot[hotRow + DOMAIN] ?? 0;
  if (words === 1) {
    hot[hotRow + DOMAIN] = domain & ~set;
  } else {
    const pool = state.pool.words;
    for (let word = 0; word < words; word++)
      pool[domain + word] = (pool[domain + word] ?? 0) & ~(pool[set + word] ?? 0);
  }
  if (!mayBeAbsent(state, package_)) state.noteOutdated(package_);
}

/** Selects one candidate at the current level. */
export function select(state: SolverState, package_: number, candidate: number): void {
  pushEntry(state, package_, NO_CAUSE);
  const { packages, pool } = state;
  const words = packages.words(package_);
  packages.decided[package_] = candidate;
  if (words === 1) {
    packages.hot[(package_ << HOT_SHIFT) + DOMAIN] = 1 << candidate;
  } else {
    const domain = packages.domain(package_);
    pool.words.fill(0, domain, domain + words);
    pool.words[domain + (candidate >>> 5)] = 1 << (candidate & 31);
  }
}

/** Undoes everything above `level`. */
export function backtrack(state: SolverState, level: number): void {
  const { packages, trail } = state;
  const { hot } = packages;
  const { rows } = trail;
  const pool = state.pool.words;
  const target = trail.levelStart[level + 1] ?? 0;
  while (trail.size > target) {
    const row = --trail.size << ENTRY_SHIFT;
    const package_ = rows[row + ENTRY_PACKAGE] ?? 0;
    const hotRow = package_ << HOT_SHIFT;
    const words = hot[hotRow + WORDS] ?? 0;
    const before = rows[row + ENTRY_BEFORE] ?? 0;
    hot[hotRow + LAST] = rows[row + ENTRY_PREVIOUS] ?? -1;
    if (words === 1) {
      hot[hotRow + DOMAIN] = before;
    } else {
      const { saved } = trail;
      const domain = hot[hotRow + DOMAIN] ?? 0;
      for (let word = 0; word < words; word++) pool[domain + word] = saved[before + word] ?? 0;
      trail.savedSize = before;
    }
    if (rows[row + ENTRY_CAUSE] === NO_CAUSE) packages.decided[package_] = -1;
    state.noteOutdated(package_);
  }
  trail.currentLevel = level;
}
