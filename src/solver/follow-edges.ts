import { activate, appear, hasAppeared, show } from "./activation.ts";
import { pushEntry, pushReserved } from "./assign.ts";
import { ClauseKind, KIND } from "./clause-store.ts";
import { link } from "./compiler.ts";
import { bitCount, domainSize, isInDomain, leaveOnly, mayBeAbsent, Relation, relation, takeOut } from "./domain.ts";
import { EDGE_WIDTH } from "./edge-row.ts";
import {
  ABSENT,
  CONFLICTS,
  DISCOVERY,
  DOMAIN,
  EPOCH,
  HOT_SHIFT,
  INCOMING,
  OUTGOING,
  PRIORITY,
  WORDS,
} from "./package-table.ts";
import type { CandidateIndex, PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";

/**
 * Does what the clauses of a selected candidate ask for, in one pass over its row of edges. As long as the candidate stays
 * selected, none of them acts again: the target stays inside. So these clauses need not stand in any list until the
 * selection is undone, and a solve without conflicts has no lists at all.
 *
 * The pass goes from the last edge to the first; the usual one, to a domain of one word, is dealt with on the spot. Returns
 * false when an edge leads nowhere: what has been done until then is to be undone. `start` is where the row stands.
 */
export function followEdges(
  state: SolverState,
  package_: PackageIndex,
  candidate: CandidateIndex,
  start: number,
): boolean {
  const { packages, trail, epoch, agenda } = state;
  const { hot } = packages;
  const edges = state.edges.items;
  const count = edges[start] ?? 0;
  if (count < 0) return false;
  const firstDiscovery = state.discovered;
  state.discovered += count;
  let hasSpecial = false;
  trail.reserve(count, 0);
  for (let at = start + 1 + EDGE_WIDTH * (count - 1); at > start; at -= EDGE_WIDTH) {
    const target = edges[at] ?? 0;
    const outside = edges[at + 1] ?? 0;
    const clause = edges[at + 2] ?? 0;
    if (target < 0) {
      hasSpecial = true;
      if (!followSpecial(state, candidate, ~target, clause, firstDiscovery + (edges[at + 3] ?? 0))) return false;
      trail.reserve(count, 0);
      continue;
    }
    const row = target << HOT_SHIFT;
    if (hot[row + EPOCH] !== epoch) appear(state, target, firstDiscovery + (edges[at + 3] ?? 0));
    if (hot[row + WORDS] !== 1) {
      if (!narrow(state, target, outside, clause)) return false;
      trail.reserve(count, 0);
      continue;
    }
    const domain = hot[row + DOMAIN] ?? 0;
    const rest = domain & ~outside;
    if (rest === domain) continue;
    if (rest === 0) return false;
    pushReserved(trail, hot, target, clause, domain);
    hot[row + DOMAIN] = rest;
    state.propagations += 1;
    if ((rest & (hot[row + ABSENT] ?? 0)) === 0) enqueue(state, target, bitCount(rest));
    if (hot[row + INCOMING] !== 0 || hot[row + OUTGOING] !== 0) agenda.addChanged(target);
  }
  if (hasSpecial) parkConstraints(state, package_, candidate, start);
  return true;
}

/** Puts a required package with `size` candidates left into its place in the queue. */
export function enqueue(state: SolverState, package_: PackageIndex, size: number): void {
  const { hot } = state.packages;
  const row = package_ << HOT_SHIFT;
  state.queue.put(package_, hot[row + PRIORITY] ?? 0, hot[row + CONFLICTS] ?? 0, size, hot[row + DISCOVERY] ?? 0);
}

/** Takes `set` out of a domain. Returns false, and does nothing, when nothing would be left. */
function narrow(state: SolverState, package_: PackageIndex, set: number, clause: number): boolean {
  const found = relation(state, package_, set);
  if (found === Relation.contradicted) return true;
  if (found === Relation.satisfied) return false;
  pushEntry(state, package_, clause);
  takeOut(state, package_, set);
  noteNarrowed(state, package_);
  return true;
}

function noteNarrowed(state: SolverState, package_: PackageIndex): void {
  const { packages } = state;
  state.propagations += 1;
  if (!mayBeAbsent(state, package_)) enqueue(state, package_, domainSize(state, package_));
  if (packages.get(package_, INCOMING) !== 0 || packages.get(package_, OUTGOING) !== 0) {
    state.agenda.addChanged(package_);
  }
}

/** A tie, or a constraint on a package that the candidate does not require. */
function followSpecial(
  state: SolverState,
  candidate: CandidateIndex,
  target: PackageIndex,
  clause: number,
  discovery: number,
): boolean {
  const { clauses } = state;
  const isTie = clauses.get(clause, KIND) === ClauseKind.same;
  if (!hasAppeared(state, target)) {
    if (!isTie) return true;
    appear(state, target, discovery);
  }
  if (!isTie) return !link(state, clause) || narrow(state, target, clauses.setB(clause), clause);
  if (!isInDomain(state, target, candidate)) return false;
  if (domainSize(state, target) === 1) return true;
  // The nogood that acts here is only written down when a conflict asks for it: see `causeOf`.
  pushEntry(state, target, clause);
  leaveOnly(state, target, candidate);
  noteNarrowed(state, target);
  return true;
}

/** Keeps the constraints of a row on packages that have not appeared. */
function parkConstraints(state: SolverState, package_: PackageIndex, candidate: CandidateIndex, start: number): void {
  const { edges, clauses } = state;
  const end = start + EDGE_WIDTH * edges.at(start);
  for (let at = start + 1; at <= end; at += EDGE_WIDTH) {
    const target = ~edges.at(at);
    const clause = edges.at(at + 2);
    if (target < 0 || clauses.get(clause, KIND) !== ClauseKind.constrains || hasAppeared(state, target)) continue;
    show(state, package_, candidate);
    activate(state, clause);
  }
}
