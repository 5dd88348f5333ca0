import { candidateToTry } from "./decide.ts";
import { ensureFacts } from "./compiler.ts";
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
  const dependencies = state.provider.dependencies(package_, candidate);
  if (dependencies === undefined) {
    needs.push({ package: package_, candidate });
    return;
  }
  if ("kind" in dependencies) return;
  for (const dependency of dependencies) {
    if (dependency.kind === "constrains" || asked.has(dependency.package)) continue;
    asked.add(dependency.package);
    if (!ensureFacts(state, dependency.package)) needs.push({ package: dependency.package });
  }
}
