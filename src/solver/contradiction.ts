import type { Derivation } from "./derivation.ts";
import { buildDerivation, type Meaning } from "./derivation-builder.ts";
import type { SolverStatistics, Unsatisfiable } from "./outcome.ts";

/** That there is no solution. The proof is built when somebody looks at it: whoever only asks whether there is one pays nothing for it. */
export class Contradiction implements Unsatisfiable {
  readonly kind = "unsatisfiable";
  readonly statistics: SolverStatistics;
  private readonly meaning: Meaning;
  private readonly record: Int32Array;
  private proof: Derivation | undefined;

  constructor(meaning: Meaning, record: Int32Array, statistics: SolverStatistics) {
    this.meaning = meaning;
    this.record = record;
    this.statistics = statistics;
  }

  get derivation(): Derivation {
    this.proof ??= buildDerivation(this.meaning, this.record);
    return this.proof;
  }

  /** Everything there is to say, as JSON has no accessors. */
  toJSON(): Unsatisfiable {
    return { kind: this.kind, derivation: this.derivation, statistics: this.statistics };
  }
}
