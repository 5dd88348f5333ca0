/**
 * A set of candidates of one package, as a bitset over candidate indices: bit `i & 31` of word `i >> 5` stands for
 * candidate `i`. A set has exactly `wordCount(candidateCount)` words and no bit beyond the last candidate.
 *
 * Sets over the *known* candidates make every set operation of the solver a few machine words, and make equal sets
 * look equal whatever range syntax they came from.
 */
export type VersionSet = Int32Array;

/** The number of 32-bit words of a set over `candidateCount` candidates (at least one). */
export function wordCount(candidateCount: number): number {
  return candidateCount === 0 ? 1 : (candidateCount + 31) >>> 5;
}

/** The empty set. */
export function emptySet(candidateCount: number): VersionSet {
  return new Int32Array(wordCount(candidateCount));
}

/** The set of all candidates. */
export function fullSet(candidateCount: number): VersionSet {
  return rangeSet(candidateCount, 0, candidateCount);
}

/** The set of candidates `from` (inclusive) to `to` (exclusive). */
export function rangeSet(candidateCount: number, from: number, to: number): VersionSet {
  const set = emptySet(candidateCount);
  addRange(set, from, to);
  return set;
}

/** The set of the candidates for which `admits(index)` holds. */
export function filterSet(candidateCount: number, admits: (index: number) => boolean): VersionSet {
  const set = emptySet(candidateCount);
  for (let index = 0; index < candidateCount; index++) if (admits(index)) addMember(set, index);
  return set;
}

/** Adds one candidate to `set`, in place. */
export function addMember(set: VersionSet, index: number): void {
  set[index >>> 5] = (set[index >>> 5] ?? 0) | (1 << (index & 31));
}

/** Adds the candidates `from` (inclusive) to `to` (exclusive) to `set`, in place. */
export function addRange(set: VersionSet, from: number, to: number): void {
  for (let index = from; index < to;) {
    const isWholeWord = (index & 31) === 0 && index + 32 <= to;
    if (isWholeWord) {
      set[index >>> 5] = -1;
      index += 32;
    } else {
      addMember(set, index);
      index += 1;
    }
  }
}

/** Whether candidate `index` is in `set`. */
export function hasMember(set: VersionSet, index: number): boolean {
  return (((set[index >>> 5] ?? 0) >>> (index & 31)) & 1) === 1;
}

/** Whether `set` has no member. */
export function isEmptySet(set: VersionSet): boolean {
  for (let word = 0; word < set.length; word++) if (set[word] !== 0) return false;
  return true;
}

/** The smallest member of `set`; -1 when it has none, which is a candidate of no package. */
export function firstMember(set: VersionSet): number {
  for (let word = 0; word < set.length; word++) {
    const bits = set[word] ?? 0;
    if (bits !== 0) return (word << 5) + 31 - Math.clz32(bits & -bits);
  }
  return -1;
}

/** The members of `set` in ascending order. */
export function membersOf(set: VersionSet): number[] {
  const members: number[] = [];
  for (let word = 0; word < set.length; word++) {
    for (let bits = set[word] ?? 0; bits !== 0; bits &= bits - 1) {
      members.push((word << 5) + 31 - Math.clz32(bits & -bits));
    }
  }
  return members;
}
