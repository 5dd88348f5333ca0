/** Versions `first` to `end` (exclusive) of a list, which are tried one after the other. */
export interface Stretch {
  readonly first: number;
  readonly end: number;
  /** What speaks for them: versions of a higher score are tried before all others. */
  readonly score: number;
}

/** In which order the versions of a list are tried: by score, then newest (or oldest) first. */
export class CandidateOrder {
  readonly #isOldestFirst: boolean;
  /** Ascending by version. */
  readonly #firsts: number[] = [];
  readonly #ends: number[] = [];
  /** The candidate with which each stretch begins. */
  readonly #starts: number[];
  /** Stretches in the order in which they are tried. */
  readonly #tried: readonly number[];

  /** `stretches` ascend and cover all versions. */
  constructor(stretches: readonly Stretch[], isOldestFirst: boolean) {
    this.#isOldestFirst = isOldestFirst;
    const scores: number[] = [];
    for (const { first, end, score } of stretches) {
      if (score === scores.at(-1)) this.#ends[this.#ends.length - 1] = end;
      else {
        this.#firsts.push(first);
        this.#ends.push(end);
        scores.push(score);
      }
    }
    const tried = scores.map((_, stretch) => stretch);
    if (tried.length > 1) {
      const sign = isOldestFirst ? 1 : -1;
      tried.sort((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || sign * (left - right));
    }
    this.#tried = tried;
    this.#starts = scores.map(() => 0);
    let start = 0;
    for (const stretch of tried) {
      this.#starts[stretch] = start;
      start += (this.#ends[stretch] ?? 0) - (this.#firsts[stretch] ?? 0);
    }
  }

  /** The candidate that a version is. */
  candidateOf(version: number): number {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ends[middle] ?? 0) <= version) low = middle + 1;
      else high = middle;
    }
    return this.#candidateIn(low, version);
  }

  #candidateIn(stretch: number, version: number): number {
    const start = this.#starts[stretch] ?? 0;
    if (this.#isOldestFirst) return start + version - (this.#firsts[stretch] ?? 0);
    return start + (this.#ends[stretch] ?? 0) - 1 - version;
  }

  /** The version that a candidate is, or `undefined` when there is no such candidate. */
  versionOf(candidate: number): number | undefined {
    let low = 0;
    let high = this.#tried.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[this.#tried[middle] ?? 0] ?? 0) <= candidate) low = middle + 1;
      else high = middle;
    }
    const stretch = this.#tried[low - 1];
    if (stretch === undefined) return undefined;
    const offset = candidate - (this.#starts[stretch] ?? 0);
    const first = this.#firsts[stretch] ?? 0;
    const end = this.#ends[stretch] ?? 0;
    if (offset >= end - first) return undefined;
    return this.#isOldestFirst ? first + offset : end - 1 - offset;
  }

  /** Calls `visit` with the candidates that versions `from` to `to` (exclusive) are, as ranges. */
  visitRange(from: number, to: number, visit: (fromCandidate: number, toCandidate: number) => void): void {
    for (let stretch = 0; stretch < this.#firsts.length; stretch++) {
      const first = Math.max(from, this.#firsts[stretch] ?? 0);
      const end = Math.min(to, this.#ends[stretch] ?? 0);
      if (first >= end) continue;
      const one = this.#candidateIn(stretch, first);
      const other = this.#candidateIn(stretch, end - 1);
      visit(Math.min(one, other), Math.max(one, other) + 1);
    }
  }
}
