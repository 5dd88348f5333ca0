import { ABSENT, DOMAIN, HOT_SHIFT, type SetRef, WORDS } from "./package-table.ts";
import type { SolverState } from "./state.ts";
import { emptySet, type VersionSet } from "./version-set.ts";

/** How a domain relates to a term's set. */
export const Relation = { satisfied: 0, contradicted: 1, inconclusive: 2 } as const;

/** The relation between the current domain of a wide package and a set. */
export function wideRelation(pool: Int32Array, domain: number, set: SetRef, words: number): number {
  let outside = 0;
  let inside = 0;
  for (let word = 0; word < words; word++) {
    const has = pool[domain + word] ?? 0;
    const allowed = pool[set + word] ?? 0;
    outside |= has & ~allowed;
    inside |= has & allowed;
    if (outside !== 0 && inside !== 0) return Relation.inconclusive;
  }
  return outside === 0 ? Relation.satisfied : Relation.contradicted;
}

/** The relation between the current domain of `package_` and a set. */
export function relation(state: SolverState, package_: number, set: SetRef): number {
  const { packages } = state;
  const domain = packages.domain(package_);
  const words = packages.words(package_);
  if (words !== 1) return wideRelation(state.pool.words, domain, set, words);
  if ((domain & ~set) === 0) return Relation.satisfied;
  return (domain & set) === 0 ? Relation.contradicted : Relation.inconclusive;
}

/** Whether the current domain of `package_` still contains "absent". */
export function mayBeAbsent(state: SolverState, package_: number): boolean {
  const { hot } = state.packages;
  const row = package_ << HOT_SHIFT;
  const domain = hot[row + DOMAIN] ?? 0;
  const words = hot[row + WORDS] ?? 0;
  const last = words === 1 ? domain : (state.pool.words[domain + words - 1] ?? 0);
  return (last & (hot[row + ABSENT] ?? 0)) !== 0;
}

/** Takes the members of `set` out of the current domain. */
export function takeOut(state: SolverState, package_: number, set: SetRef): void {
  const { hot } = state.packages;
  const row = package_ << HOT_SHIFT;
  const words = hot[row + WORDS] ?? 0;
  const domain = hot[row + DOMAIN] ?? 0;
  if (words === 1) {
    hot[row + DOMAIN] = domain & ~set;
    return;
  }
  const pool = state.pool.words;
  for (let word = 0; word < words; word++) pool[domain + word] = (pool[domain + word] ?? 0) & ~(pool[set + word] ?? 0);
}

/** Leaves one candidate in the current domain. */
export function leaveOnly(state: SolverState, package_: number, candidate: number): void {
  const { hot } = state.packages;
  const row = package_ << HOT_SHIFT;
  const words = hot[row + WORDS] ?? 0;
  if (words === 1) {
    hot[row + DOMAIN] = 1 << candidate;
    return;
  }
  const pool = state.pool.words;
  const domain = hot[row + DOMAIN] ?? 0;
  for (let word = 0; word < words; word++) pool[domain + word] = 0;
  pool[domain + (candidate >>> 5)] = 1 << (candidate & 31);
}

/** The number of members of the current domain. */
export function domainSize(state: SolverState, package_: number): number {
  const { packages } = state;
  const domain = packages.domain(package_);
  const words = packages.words(package_);
  if (words === 1) return bitCount(domain);
  const pool = state.pool.words;
  let size = 0;
  for (let word = 0; word < words; word++) {
    const bits = pool[domain + word] ?? 0;
    if (bits !== 0) size += bitCount(bits);
  }
  return size;
}

/** The most preferred candidate of the current domain; the domain must have one. */
export function firstCandidate(state: SolverState, package_: number): number {
  const { packages } = state;
  const domain = packages.domain(package_);
  const words = packages.words(package_);
  if (words === 1) return lowestBit(domain);
  const pool = state.pool.words;
  let word = 0;
  while (pool[domain + word] === 0) word += 1;
  return (word << 5) + lowestBit(pool[domain + word] ?? 0);
}

/** Whether candidate `index` is in the current domain of `package_`. */
export function isInDomain(state: SolverState, package_: number, index: number): boolean {
  return isInSet(state, package_, state.packages.domain(package_), index);
}

/** Whether candidate `index` is in `set`. */
export function isInSet(state: SolverState, package_: number, set: SetRef, index: number): boolean {
  const words = state.packages.words(package_);
  const word = words === 1 ? set : (state.pool.words[set + (index >>> 5)] ?? 0);
  return ((word >>> (index & 31)) & 1) === 1;
}

/** The candidates of `set` as a version set of their own, without "absent". */
export function candidatesOf(state: SolverState, package_: number, set: SetRef): VersionSet {
  const { packages } = state;
  const count = packages.candidateCount[package_] ?? 0;
  const words = packages.words(package_);
  const result = emptySet(count);
  for (let word = 0; word < words && word < result.length; word++) {
    result[word] = words === 1 ? set : (state.pool.words[set + word] ?? 0);
  }
  if (words === result.length) result[words - 1] = (result[words - 1] ?? 0) & ~packages.absent(package_);
  return result;
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

export function bitCount(bits: number): number {
  let x = bits - ((bits >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
