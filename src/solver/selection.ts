import type { Solved, SolverStatistics } from "./outcome.ts";
import type { CandidateIndex, PackageIndex } from "./provider.ts";

/** A solution. The map is made when somebody looks at it: whoever only asks whether there is one pays nothing for it. */
export class Selection implements Solved {
  readonly kind = "solved";
  readonly statistics: SolverStatistics;
  private readonly pairs: readonly number[];
  private map: ReadonlyMap<PackageIndex, CandidateIndex> | undefined;

  /** `pairs` holds packages and candidates in turn, in the order of decision. */
  constructor(pairs: readonly number[], statistics: SolverStatistics) {
    this.pairs = pairs;
    this.statistics = statistics;
  }

  get decisions(): ReadonlyMap<PackageIndex, CandidateIndex> {
    if (this.map === undefined) {
      const map = new Map<PackageIndex, CandidateIndex>();
      for (let at = 0; at < this.pairs.length; at += 2) map.set(this.pairs[at] ?? 0, this.pairs[at + 1] ?? 0);
      this.map = map;
    }
    return this.map;
  }
}
