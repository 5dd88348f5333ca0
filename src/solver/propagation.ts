import { derive } from "./assign.ts";
import { ClauseKind, NO_PACKAGE } from "./clause-store.ts";
import { Relation, wideRelation } from "./domain.ts";
import type { SolverState } from "./state.ts";
import { propagateTie } from "./tie.ts";

/** No clause is violated. */
export const NO_CONFLICT = -1;

/** Applies clauses until nothing changes. Returns a clause whose terms all hold, or {@link NO_CONFLICT}. */
export function propagate(state: SolverState): number {
  for (;;) {
    const package_ = state.agenda.next();
    if (package_ < 0) return NO_CONFLICT;
    const conflict = scan(state, package_);
    if (conflict !== NO_CONFLICT) {
      state.agenda.addRescan(package_);
      return conflict;
    }
  }
}

function scan(state: SolverState, package_: number): number {
  const { packages, clauses, trail } = state;
  let pool = state.pool.words;
  const nodeClause = state.nodeClause.items;
  const nodeNext = state.nodeNext.items;
  for (let node = packages.clauses[package_] ?? 0; node !== 0; node = nodeNext[node] ?? 0) {
    const clause = nodeClause[node] ?? 0;
    const settled = clauses.settledSerial[clause] ?? 0;
    if (settled !== 0) {
      const at = clauses.settledAt[clause] ?? 0;
      if (at < trail.size && trail.serial[at] === settled) continue;
    }
    if (clauses.kind[clause] === ClauseKind.same) {
      const conflict = propagateTie(state, clause);
      if (conflict !== NO_CONFLICT) return conflict;
      pool = state.pool.words;
      continue;
    }
    // Count the terms that do not hold yet: with none of them the clause is violated, with one it forces that term.
    let open = NO_PACKAGE;
    let openSet = 0;
    let isIdle = false;
    const a = clauses.packageA[clause] ?? 0;
    const setA = clauses.setA[clause] ?? 0;
    const wordsA = packages.words[a] ?? 0;
    const domainA = packages.domain[a] ?? 0;
    let relationA: number;
    if (wordsA === 1) {
      relationA = (domainA & setA) === 0 ? 1 : (domainA & ~setA) === 0 ? 0 : 2;
    } else {
      relationA = wideRelation(pool, domainA, setA, wordsA);
    }
    if (relationA === Relation.contradicted) {
      settle(state, clause);
      continue;
    }
    if (relationA === Relation.inconclusive) {
      open = a;
      openSet = setA;
    }
    const b = clauses.packageB[clause] ?? NO_PACKAGE;
    if (b !== NO_PACKAGE) {
      const setB = clauses.setB[clause] ?? 0;
      const wordsB = packages.words[b] ?? 0;
      const domainB = packages.domain[b] ?? 0;
      let relationB: number;
      if (wordsB === 1) {
        relationB = (domainB & setB) === 0 ? 1 : (domainB & ~setB) === 0 ? 0 : 2;
      } else {
        relationB = wideRelation(pool, domainB, setB, wordsB);
      }
      if (relationB === Relation.contradicted) {
        settle(state, clause);
        continue;
      }
      if (relationB === Relation.inconclusive) {
        if (open !== NO_PACKAGE) continue;
        open = b;
        openSet = setB;
      }
      const extraCount = clauses.extraCount[clause] ?? 0;
      if (extraCount !== 0) {
        const start = clauses.extraStart[clause] ?? 0;
        const extra = clauses.extra.items;
        for (let at = start; at < start + 2 * extraCount; at += 2) {
          const other = extra[at] ?? 0;
          const set = extra[at + 1] ?? 0;
          const words = packages.words[other] ?? 0;
          const domain = packages.domain[other] ?? 0;
          let relation: number;
          if (words === 1) relation = (domain & set) === 0 ? 1 : (domain & ~set) === 0 ? 0 : 2;
          else relation = wideRelation(pool, domain, set, words);
          if (relation === Relation.satisfied) continue;
          if (relation === Relation.contradicted) {
            settle(state, clause);
            isIdle = true;
            break;
          }
          if (open !== NO_PACKAGE) {
            isIdle = true;
            break;
          }
          open = other;
          openSet = set;
        }
        if (isIdle) continue;
      }
    }
    if (open === NO_PACKAGE) return clause;
    derive(state, open, openSet, clause);
    state.agenda.addChanged(open);
    settle(state, clause);
  }
  return NO_CONFLICT;
}

/** Notes that the clause needs no look as long as the latest trail entry stands. */
function settle(state: SolverState, clause: number): void {
  const { clauses, trail } = state;
  clauses.settledAt[clause] = trail.size - 1;
  clauses.settledSerial[clause] = trail.serial[trail.size - 1] ?? 0;
}
