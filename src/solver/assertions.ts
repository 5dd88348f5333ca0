import { derive } from "./assign.ts";
import { Relation, relation } from "./domain.ts";
import type { IntStack } from "./growable.ts";
import type { SetRef } from "./package-table.ts";
import type { SolverState } from "./state.ts";

/** Integers per assertion: package, the set taken out of its domain, clause, … */
const WIDTH = 5;
const SET = 1;
const CLAUSE = 2;
/** … the level from which on it holds, … */
const HOLDS_AT = 3;
/** … and the higher one at which it stands on the trail. */
const STANDS_AT = 4;

/**
 * Remembers what was learned and stands on the trail above the level from which on it holds. When more is undone later, it
 * leaves the trail although it still holds: {@link renewAssertions} puts it back. Assertions are kept in the order of the levels
 * at which they stand.
 */
export function keepAssertion(
  state: SolverState,
  package_: number,
  set: SetRef,
  clause: number,
  holdsAt: number,
  standsAt: number,
): void {
  if (holdsAt === standsAt) return;
  const { assertions } = state;
  assertions.push(package_);
  assertions.push(set);
  assertions.push(clause);
  assertions.push(holdsAt);
  assertions.push(standsAt);
}

/** Makes the assertions again that have just left the trail and still hold, now that `level` is the highest. */
export function renewAssertions(state: SolverState, level: number): void {
  const { assertions, agenda } = state;
  const end = assertions.size;
  const start = firstAbove(assertions, level);
  assertions.size = start;
  for (let at = start; at < end; at += WIDTH) {
    const holdsAt = assertions.at(at + HOLDS_AT);
    if (holdsAt > level) continue;
    const package_ = assertions.at(at);
    const set = assertions.at(at + SET);
    const clause = assertions.at(at + CLAUSE);
    const found = relation(state, package_, set);
    if (found === Relation.inconclusive) {
      derive(state, package_, set, clause);
      agenda.addChanged(package_);
    }
    // Two of them at odds with each other: a scan finds the violated clause.
    if (found === Relation.satisfied) agenda.addRescan(package_);
    // Never further along than what is read.
    keepAssertion(state, package_, set, clause, holdsAt, level);
  }
}

/** Where the assertions begin that stand above `level`. */
function firstAbove(assertions: IntStack, level: number): number {
  let start = assertions.size;
  while (start > 0 && assertions.at(start - WIDTH + STANDS_AT) > level) start -= WIDTH;
  return start;
}
