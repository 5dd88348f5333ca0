import type { Derivation } from "./derivation.ts";
import type { SolverStatistics, Unsatisfiable } from "./outcome.ts";

/** That there is no solution. The proof is made when somebody looks at it: whoever only asks whether there is one pays nothing for it. */
export class Contradiction implements Unsatisfiable {
  readonly kind = "unsatisfiable";
  readonly statistics: SolverStatistics;
  private readonly prove: () => Derivation;
  private proof: Derivation | undefined;

  constructor(statistics: SolverStatistics, prove: () => Derivation) {
    this.statistics = statistics;
    this.prove = prove;
  }

  get derivation(): Derivation {
    this.proof ??= this.prove();
    return this.proof;
  }

  /** Everything there is to say, as JSON has no accessors. */
  toJSON(): Unsatisfiable {
    return { kind: this.kind, derivation: this.derivation, statistics: this.statistics };
  }
}
