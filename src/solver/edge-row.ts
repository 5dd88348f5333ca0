import { isFulfilledByItself } from "./activation.ts";
import { ClauseKind, KIND, ROW_SHIFT, SET_B, SOURCE } from "./clause-store.ts";
import { ensureCandidate, ensureFacts, link } from "./compiler.ts";
import type { CandidateIndex, PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";

/** Integers per edge of a row: target, the set that the edge excludes, clause, place in the order of coming up. */
export const EDGE_WIDTH = 4;
/** The count of a row whose candidate can never be selected: it is unusable, or requires what does not exist. */
export const NEVER = -1;

/** Where the row of a candidate that {@link isReady} stands in `SolverState.edges`. */
export function edgesOf(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): number {
  return state.candidateEdges.at((state.packages.candidateBase[package_] ?? 0) + candidate);
}

/**
 * Makes sure that a candidate can be decided: that it is compiled, the candidates of everything it requires are known, and
 * its row of edges is made. Returns false while something is missing for that.
 */
export function isReady(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): boolean {
  const column = (state.packages.candidateBase[package_] ?? 0) + candidate;
  if (state.candidateEdges.at(column) !== 0) return true;
  if (!ensureCandidate(state, package_, candidate)) return false;
  const { clauses, candidateLists: lists } = state;
  const start = state.candidateList.at(column);
  const end = start + lists.at(start);
  for (let at = start + 1; at <= end; at++) {
    const clause = lists.at(at);
    if (mustKnowTarget(state, clause) && !ensureFacts(state, clauses.get(clause, SOURCE))) return false;
  }
  state.candidateEdges.items[column] = edgeRow(state, package_, candidate);
  return true;
}

/** Whether a clause can only be used when the candidates of its target are known. */
export function mustKnowTarget(state: SolverState, clause: number): boolean {
  const kind = state.clauses.get(clause, KIND);
  return kind === ClauseKind.requires || kind === ClauseKind.same;
}

/**
 * Writes `n, edge 1 … edge n`, or {@link NEVER}. An edge that takes a set out of a package that appears with the candidate
 * is written as it is. Ties, and constraints on packages that the candidate does not require, are marked by the complement
 * of the target; what such a constraint excludes is not known yet.
 */
function edgeRow(state: SolverState, package_: PackageIndex, candidate: CandidateIndex): number {
  const { clauses, edges, candidateLists: lists } = state;
  const from = state.candidateList.at((state.packages.candidateBase[package_] ?? 0) + candidate);
  const end = from + lists.at(from);
  const required = new Map<PackageIndex, number>();
  for (let at = from + 1; at <= end; at++) {
    const clause = lists.at(at);
    const target = clauses.get(clause, SOURCE);
    if (mustKnowTarget(state, clause) && !required.has(target)) required.set(target, required.size);
  }
  const start = edges.size;
  edges.push(0);
  for (let at = from + 1; at <= end; at++) {
    const clause = lists.at(at);
    const kind = clauses.get(clause, KIND);
    const target = clauses.get(clause, SOURCE);
    if (target === package_ && kind !== ClauseKind.unusable && isFulfilledByItself(state, clause, candidate)) continue;
    const isMissing = kind === ClauseKind.requires && state.packages.candidateCount[target] === 0;
    if (kind === ClauseKind.unusable || target === package_ || isMissing) {
      edges.size = start + 1;
      edges.items[start] = NEVER;
      return start;
    }
    const isSpecial = kind === ClauseKind.same || !required.has(target);
    if (!isSpecial && !link(state, clause)) continue;
    if (kind === ClauseKind.same) link(state, clause);
    edges.push(isSpecial ? ~target : target);
    edges.push(isSpecial ? 0 : (clauses.rows[(clause << ROW_SHIFT) + SET_B] ?? 0));
    edges.push(clause);
    edges.push(required.get(target) ?? 0);
  }
  edges.items[start] = (edges.size - start - 1) / EDGE_WIDTH;
  return start;
}
