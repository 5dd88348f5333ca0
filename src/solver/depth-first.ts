import { ClauseKind, KIND, SOURCE } from "./clause-store.ts";
import { mayBeAbsent } from "./domain.ts";
import type { PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";

/**
 * The package to decide next when the provider asks for depth-first order: walking from the root through the selected
 * candidates and their dependencies in the order of writing, the first required package that is not decided. When only
 * a learned nogood requires a package, nothing leads to it, and the queue has it.
 */
export function firstUndecided(state: SolverState): PackageIndex {
  const { packages, clauses, candidateLists: lists } = state;
  const seen = new Set<PackageIndex>([state.root]);
  const stack: { at: number; readonly end: number }[] = [];
  const enter = (package_: PackageIndex): void => {
    const base = packages.candidateBase[package_] ?? 0;
    const start = state.candidateList.at(base + packages.decided(package_));
    stack.push({ at: start + 1, end: start + lists.at(start) });
  };
  enter(state.root);
  for (let top = stack[stack.length - 1]; top !== undefined; top = stack[stack.length - 1]) {
    if (top.at > top.end) {
      stack.pop();
      continue;
    }
    const clause = lists.at(top.at++);
    const kind = clauses.get(clause, KIND);
    if (kind !== ClauseKind.requires && kind !== ClauseKind.same) continue;
    const target = clauses.get(clause, SOURCE);
    if (seen.has(target)) continue;
    seen.add(target);
    if (packages.decided(target) >= 0) enter(target);
    else if (!mayBeAbsent(state, target)) return target;
  }
  return state.queue.peek();
}
