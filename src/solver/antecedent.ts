import { show } from "./activation.ts";
import { ClauseKind, EXTRA_COUNT, EXTRA_START, KIND, ROW_SHIFT } from "./clause-store.ts";
import type { SetRef } from "./package-table.ts";
import type { SolverState } from "./state.ts";
import { makeInstance } from "./tie.ts";
import { ENTRY_BEFORE, ENTRY_CAUSE, ENTRY_PREVIOUS, ENTRY_SHIFT, NO_CAUSE } from "./trail.ts";

/** The clause that forced an entry. For a tie, that is the nogood that acted, which is written down now. */
export function causeOf(state: SolverState, entry: number): number {
  const { trail, clauses, packages } = state;
  const cause = trail.field(entry, ENTRY_CAUSE);
  if (cause === NO_CAUSE || clauses.get(cause, KIND) !== ClauseKind.same) return cause;
  const instance = makeInstance(state, cause, packages.domain(clauses.packageA(cause)));
  trail.rows[(entry << ENTRY_SHIFT) + ENTRY_CAUSE] = instance;
  return instance;
}

/** The mask of a clause holds the candidate whose edges were followed only after it has been shown. */
export function showDecided(state: SolverState, clause: number): void {
  const { clauses, packages } = state;
  const kind = clauses.get(clause, KIND);
  if (kind !== ClauseKind.requires && kind !== ClauseKind.constrains) return;
  const package_ = clauses.packageA(clause);
  const candidate = packages.decided(package_);
  if (candidate >= 0) show(state, package_, candidate);
}

/** The set of the clause's term on `package_`. */
export function termOn(state: SolverState, clause: number, package_: number): SetRef {
  const { clauses } = state;
  if (clauses.packageA(clause) === package_) return clauses.setA(clause);
  if (clauses.packageB(clause) === package_) return clauses.setB(clause);
  const row = clause << ROW_SHIFT;
  const start = clauses.rows[row + EXTRA_START] ?? 0;
  const end = start + 2 * (clauses.rows[row + EXTRA_COUNT] ?? 0);
  for (let at = start; at < end; at += 2) if (clauses.extra.at(at) === package_) return clauses.extra.at(at + 1);
  throw new Error("the cause of an assignment has no term on its package");
}

/**
 * The earliest trail entry after which the domain of `package_` lies in `set`. `from` is an entry of the package after
 * which it does.
 */
export function satisfierOf(state: SolverState, package_: number, set: SetRef, from: number): number {
  const { rows, saved } = state.trail;
  const words = state.packages.words(package_);
  const memory = state.pool.words;
  let entry = from;
  while (entry >= 0) {
    const row = entry << ENTRY_SHIFT;
    const before = rows[row + ENTRY_BEFORE] ?? 0;
    if (words === 1) {
      if ((before & ~set) !== 0) return entry;
    } else {
      for (let word = 0; word < words; word++) {
        if (((saved[before + word] ?? 0) & ~(memory[set + word] ?? 0)) !== 0) return entry;
      }
    }
    entry = rows[row + ENTRY_PREVIOUS] ?? -1;
  }
  return entry;
}
