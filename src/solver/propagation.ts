import { derive } from "./assign.ts";
import {
  ClauseKind,
  EXTRA_COUNT,
  EXTRA_START,
  IS_TIE,
  NO_PACKAGE,
  PACKAGE_A,
  PACKAGE_B,
  ROW_SHIFT,
  SET_A,
  SET_B,
  SETTLED_AT,
  SETTLED_SERIAL,
} from "./clause-store.ts";
import { Relation, wideRelation } from "./domain.ts";
import { DOMAIN, HOT_SHIFT, WORDS } from "./package-table.ts";
import type { SolverState } from "./state.ts";
import { propagateTie } from "./tie.ts";
import { ENTRY_SERIAL, ENTRY_SHIFT } from "./trail.ts";

/** No clause is violated. */
export const NO_CONFLICT = -1;

/** Applies clauses until nothing changes. Returns a clause whose terms all hold, or {@link NO_CONFLICT}. */
export function propagate(state: SolverState): number {
  const { agenda } = state;
  for (;;) {
    const package_ = agenda.next();
    if (package_ < 0) return NO_CONFLICT;
    const conflict = scan(state, package_);
    if (conflict !== NO_CONFLICT) {
      agenda.addRescan(package_);
      return conflict;
    }
  }
}

/** Looks at every clause of a package: in each, the terms that do not hold yet decide. */
function scan(state: SolverState, package_: number): number {
  const { clauses, trail, packages } = state;
  const { hot } = packages;
  const nodes = state.nodes.items;
  let pool = state.pool.words;
  let rows = clauses.rows;
  // A clause that is settled by the latest entry carries this position and serial number.
  let entries = trail.rows;
  let size = trail.size;
  for (let node = packages.clauses[package_] ?? 0; node !== 0; node = nodes[node + 1] ?? 0) {
    const clause = nodes[node] ?? 0;
    const row = clause << ROW_SHIFT;
    const settled = rows[row + SETTLED_SERIAL] ?? 0;
    if (settled !== 0) {
      const at = rows[row + SETTLED_AT] ?? 0;
      if (at < size && entries[(at << ENTRY_SHIFT) + ENTRY_SERIAL] === settled) continue;
    }
    const extraCount = rows[row + EXTRA_COUNT] ?? 0;
    let open = NO_PACKAGE;
    let openSet = 0;
    if (extraCount >= 0) {
      const a = rows[row + PACKAGE_A] ?? 0;
      const setA = rows[row + SET_A] ?? 0;
      const hotA = a << HOT_SHIFT;
      const domainA = hot[hotA + DOMAIN] ?? 0;
      const wordsA = hot[hotA + WORDS] ?? 0;
      let relation = 0;
      if (wordsA === 1) relation = (domainA & setA) === 0 ? 1 : (domainA & ~setA) === 0 ? 0 : 2;
      else relation = wideRelation(pool, domainA, setA, wordsA);
      if (relation === Relation.contradicted) {
        rows[row + SETTLED_AT] = size - 1;
        rows[row + SETTLED_SERIAL] = entries[((size - 1) << ENTRY_SHIFT) + ENTRY_SERIAL] ?? 0;
        continue;
      }
      if (relation === Relation.inconclusive) {
        open = a;
        openSet = setA;
      }
      const b = rows[row + PACKAGE_B] ?? NO_PACKAGE;
      if (b !== NO_PACKAGE) {
        const setB = rows[row + SET_B] ?? 0;
        const hotB = b << HOT_SHIFT;
        const domainB = hot[hotB + DOMAIN] ?? 0;
        const wordsB = hot[hotB + WORDS] ?? 0;
        if (wordsB === 1) relation = (domainB & setB) === 0 ? 1 : (domainB & ~setB) === 0 ? 0 : 2;
        else relation = wideRelation(pool, domainB, setB, wordsB);
        if (relation === Relation.contradicted) {
          rows[row + SETTLED_AT] = size - 1;
          rows[row + SETTLED_SERIAL] = entries[((size - 1) << ENTRY_SHIFT) + ENTRY_SERIAL] ?? 0;
          continue;
        }
        if (relation === Relation.inconclusive) {
          if (open !== NO_PACKAGE) continue;
          open = b;
          openSet = setB;
        }
        if (extraCount !== 0) {
          const at = openExtra(state, row, open);
          if (at === IDLE) continue;
          if (at !== ALL_HOLD) {
            open = clauses.extra.at(at);
            openSet = clauses.extra.at(at + 1);
          }
        }
      }
      if (open === NO_PACKAGE) return clause;
      derive(state, open, openSet, clause);
      state.agenda.addChanged(open);
      if (open === rows[row + PACKAGE_A]) noteExclusion(state, open, clause);
      size = trail.size;
      entries = trail.rows;
      rows[row + SETTLED_AT] = size - 1;
      rows[row + SETTLED_SERIAL] = entries[((size - 1) << ENTRY_SHIFT) + ENTRY_SERIAL] ?? 0;
    } else if (extraCount === IS_TIE) {
      const conflict = propagateTie(state, clause);
      if (conflict !== NO_CONFLICT) return conflict;
      pool = state.pool.words;
      rows = clauses.rows;
      size = trail.size;
      entries = trail.rows;
    }
  }
  return NO_CONFLICT;
}

/**
 * A candidate that was tried before is out because of what it depends on: its siblings probably share that, so they will
 * be looked at before one of them is tried. Only where that costs nothing: nobody waits for metadata because of it.
 */
function noteExclusion(state: SolverState, package_: number, clause: number): void {
  const { clauses, packages } = state;
  const kind = clauses.kind[clause];
  if (kind !== ClauseKind.requires && kind !== ClauseKind.constrains) return;
  if (clauses.expandedEpoch[clause] === state.epoch || packages.facts[package_]?.hasAllDependencies !== true) return;
  state.expansions.push(clause);
}

/** The further terms of a clause need nothing done: one is contradicted, or two of all terms are open. */
const IDLE = -2;
const ALL_HOLD = -1;

/** Where in `extra` the only open term stands; `open` is the one among the first two. */
function openExtra(state: SolverState, row: number, open: number): number {
  const { clauses, packages, trail } = state;
  const { rows } = clauses;
  const extra = clauses.extra.items;
  const { hot } = packages;
  const pool = state.pool.words;
  const start = rows[row + EXTRA_START] ?? 0;
  const end = start + 2 * (rows[row + EXTRA_COUNT] ?? 0);
  let found = ALL_HOLD;
  for (let at = start; at < end; at += 2) {
    const package_ = extra[at] ?? 0;
    const set = extra[at + 1] ?? 0;
    const hotRow = package_ << HOT_SHIFT;
    const domain = hot[hotRow + DOMAIN] ?? 0;
    const words = hot[hotRow + WORDS] ?? 0;
    let relation = 0;
    if (words === 1) relation = (domain & set) === 0 ? 1 : (domain & ~set) === 0 ? 0 : 2;
    else relation = wideRelation(pool, domain, set, words);
    if (relation === Relation.satisfied) continue;
    if (relation === Relation.contradicted) {
      rows[row + SETTLED_AT] = trail.size - 1;
      rows[row + SETTLED_SERIAL] = trail.field(trail.size - 1, ENTRY_SERIAL);
      return IDLE;
    }
    if (open !== NO_PACKAGE || found !== ALL_HOLD) return IDLE;
    found = at;
  }
  return found;
}
