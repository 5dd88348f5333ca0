import type { Derivation } from "./derivation.ts";
import type { CandidateIndex, Need, PackageIndex } from "./provider.ts";

/** How much work a run did so far; every number is deterministic. */
export interface SolverStatistics {
  readonly decisions: number;
  readonly conflicts: number;
  readonly propagations: number;
  /** Nogoods learned from conflicts. */
  readonly learned: number;
}

/** A selection that fulfils every dependency, with nothing unreachable in it. */
export interface Solved {
  readonly kind: "solved";
  /** Each selected package with its candidate, in the order of decision. */
  readonly decisions: ReadonlyMap<PackageIndex, CandidateIndex>;
  readonly statistics: SolverStatistics;
}

/** There is no selection; the derivation proves it. */
export interface Unsatisfiable {
  readonly kind: "unsatisfiable";
  readonly derivation: Derivation;
  readonly statistics: SolverStatistics;
}

/** The solver can't go on without these facts. Make the provider answer for all of them, then run again. */
export interface NeedsFacts {
  readonly kind: "needs";
  readonly needs: readonly Need[];
}

/** A limit was reached or the signal aborted; the rest says how far it came. */
export interface Stopped {
  readonly kind: "stopped";
  readonly reason: "steps" | "time" | "memory" | "aborted";
  readonly decided: number;
  /** Packages that are known to be needed, but were not decided yet. */
  readonly undecided: number;
  /** Those that took part in most conflicts, most first; a few at most. */
  readonly contested: readonly PackageIndex[];
  readonly statistics: SolverStatistics;
}

export type Outcome = Solved | Unsatisfiable | NeedsFacts | Stopped;

/** Limits of one run. A step is a decision or a conflict. */
export interface SolverLimits {
  readonly maxSteps?: number;
  readonly maxTimeMs?: number;
  /** A clock in milliseconds; needed by `maxTimeMs`. The solver itself knows no clock. */
  readonly now?: () => number;
  /** Limit on the solver's own tables, in bytes. */
  readonly maxMemoryBytes?: number;
  readonly signal?: { readonly aborted: boolean };
}
