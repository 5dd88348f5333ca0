import { mayBeAbsent } from "./domain.ts";
import type { SetRef } from "./package-table.ts";
import type { SolverState } from "./state.ts";
import { NO_CAUSE } from "./trail.ts";

function pushEntry(state: SolverState, package_: number, cause: number): void {
  const { packages, trail, pool } = state;
  const words = packages.words[package_] ?? 0;
  const domain = packages.domain[package_] ?? 0;
  trail.reserve(words);
  const entry = trail.size++;
  trail.package[entry] = package_;
  trail.previous[entry] = packages.last[package_] ?? -1;
  trail.cause[entry] = cause;
  trail.level[entry] = trail.currentLevel;
  trail.serial[entry] = trail.nextSerial++;
  packages.last[package_] = entry;
  if (words === 1) {
    trail.before[entry] = domain;
  } else {
    trail.before[entry] = trail.savedSize;
    for (let word = 0; word < words; word++) trail.saved[trail.savedSize + word] = pool.words[domain + word] ?? 0;
    trail.savedSize += words;
  }
}

/** Takes the members of `set` out of the domain of `package_`, because of `cause`. Some but not all of the domain must lie in it. */
export function derive(state: SolverState, package_: number, set: SetRef, cause: number): void {
  pushEntry(state, package_, cause);
  state.propagations += 1;
  const { packages, pool } = state;
  const words = packages.words[package_] ?? 0;
  const domain = packages.domain[package_] ?? 0;
  if (words === 1) {
    packages.domain[package_] = domain & ~set;
  } else {
    for (let word = 0; word < words; word++) {
      pool.words[domain + word] = (pool.words[domain + word] ?? 0) & ~(pool.words[set + word] ?? 0);
    }
  }
  if (!mayBeAbsent(state, package_)) state.outdated.push(package_);
}

/** Selects one candidate at the current level. */
export function select(state: SolverState, package_: number, candidate: number): void {
  pushEntry(state, package_, NO_CAUSE);
  const { packages, pool } = state;
  const words = packages.words[package_] ?? 0;
  const domain = packages.domain[package_] ?? 0;
  packages.decided[package_] = candidate;
  if (words === 1) {
    packages.domain[package_] = 1 << candidate;
  } else {
    pool.words.fill(0, domain, domain + words);
    pool.words[domain + (candidate >>> 5)] = 1 << (candidate & 31);
  }
}

/** Undoes everything above `level`. */
export function backtrack(state: SolverState, level: number): void {
  const { packages, trail, pool } = state;
  const target = trail.levelStart[level + 1] ?? 0;
  while (trail.size > target) {
    const entry = --trail.size;
    const package_ = trail.package[entry] ?? 0;
    const words = packages.words[package_] ?? 0;
    const before = trail.before[entry] ?? 0;
    packages.last[package_] = trail.previous[entry] ?? -1;
    if (words === 1) {
      packages.domain[package_] = before;
    } else {
      const domain = packages.domain[package_] ?? 0;
      for (let word = 0; word < words; word++) pool.words[domain + word] = trail.saved[before + word] ?? 0;
      trail.savedSize = before;
    }
    if (trail.cause[entry] === NO_CAUSE) packages.decided[package_] = -1;
    if (mayBeAbsent(state, package_)) state.queue.remove(package_);
    else state.outdated.push(package_);
  }
  trail.currentLevel = level;
  state.hasBacktracked = true;
}
