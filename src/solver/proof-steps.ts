import { ClauseKind, KIND, SOURCE } from "./clause-store.ts";
import type { SolverState } from "./state.ts";
import { NO_CAUSE } from "./trail.ts";

/** How a learned clause came about: the violated clause, then its antecedents with the packages resolved on. */
export interface ProofStep {
  /** The learned clause, or {@link CONTRADICTION} for the last step. */
  readonly clause: number;
  readonly conflict: number;
  readonly antecedents: readonly { readonly cause: number; readonly pivot: number }[];
}

const CONTRADICTION = -1;

/** The steps that a contradiction rests on, every one after those it rests on itself; the last is the contradiction. */
export function proofSteps(state: SolverState, finalAntecedents: number): readonly ProofStep[] {
  const { clauses } = state;
  const starts = new Map([[CONTRADICTION, finalAntecedents]]);
  const found: (ProofStep & { readonly start: number })[] = [];
  // The map grows while it is walked.
  for (const [clause, start] of starts) {
    const step = readStep(state, clause, start);
    found.push({ ...step, start });
    for (const used of [step.conflict, ...step.antecedents.map(({ cause }) => cause)]) {
      if (clauses.get(used, KIND) === ClauseKind.learned) starts.set(used, clauses.get(used, SOURCE));
    }
  }
  // A clause rests on clauses that were learned before it.
  return found.toSorted((a, b) => a.start - b.start);
}

function readStep({ clauses }: SolverState, clause: number, start: number): ProofStep {
  const { antecedents: from } = clauses;
  const antecedents: { cause: number; pivot: number }[] = [];
  for (let at = start + 1; from.at(at) !== NO_CAUSE; at += 2) {
    antecedents.push({ cause: from.at(at), pivot: from.at(at + 1) });
  }
  return { clause, conflict: from.at(start), antecedents };
}
