import { candidateToTry } from "./decide.ts";
import { SOURCE } from "./clause-store.ts";
import { clausesOf, ensureCandidate, ensureFacts } from "./compiler.ts";
import { mustKnowTarget } from "./edge-row.ts";
import type { CandidateIndex, Need, PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";

/**
 * What will be asked soon: the dependencies of the candidates that would be decided next for every package that waits
 * for its decision, and the candidate lists of what these depend on. The solver stops for the first need only; the others
 * are named so that the driver can fetch as widely as the problem allows.
 */
export function foreseeableNeeds(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): Need[] {
  const needs: Need[] = [];
  const asked = new Set<PackageIndex>();
  collect(state, package_, candidate, needs, asked);
  for (let index = 0; index < state.queue.size; index++) {
    const waiting = state.queue.at(index);
    if (waiting !== package_) collect(state, waiting, candidateToTry(state, waiting), needs, asked);
  }
  return needs;
}

/** The needs of one candidate: its dependencies, or the candidates of the packages it requires. */
function collect(
  state: SolverState,
  package_: PackageIndex,
  candidate: CandidateIndex,
  needs: Need[],
  asked: Set<PackageIndex>,
): void {
  // What the provider answers is kept, so that it is never asked again.
  if (!ensureCandidate(state, package_, candidate)) {
    needs.push({ package: package_, candidate });
    return;
  }
  for (const clause of clausesOf(state, package_, candidate)) {
    const target = state.clauses.get(clause, SOURCE);
    if (!mustKnowTarget(state, clause) || asked.has(target)) continue;
    asked.add(target);
    if (!ensureFacts(state, target)) needs.push({ package: target });
  }
}
