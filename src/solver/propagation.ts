import { satisfierOf } from "./antecedent.ts";
import { keepAssertion } from "./assertions.ts";
import { derive } from "./assign.ts";
import { NODE_CLAUSE, NODE_IS_BINARY, NODE_NEXT, NODE_SET } from "./clause-list.ts";
import {
  ClauseKind,
  EXPANDED_EPOCH,
  EXTRA_COUNT,
  EXTRA_START,
  IS_TIE,
  KIND,
  NO_PACKAGE,
  PACKAGE_A,
  PACKAGE_B,
  ROW_SHIFT,
  SETTLED_AT,
  SETTLED_SERIAL,
  SET_A,
  SET_B,
} from "./clause-store.ts";
import { Relation, wideRelation } from "./domain.ts";
import { DOMAIN, HOT_SHIFT, INCOMING, OUTGOING, type SetRef, WORDS } from "./package-table.ts";
import type { SolverState } from "./state.ts";
import { propagateTie } from "./tie.ts";
import { ENTRY_LEVEL, ENTRY_SERIAL, ENTRY_SHIFT } from "./trail.ts";

/** No clause is violated. */
export const NO_CONFLICT = -1;
/** The scan stopped so that siblings of an excluded candidate are looked at first. */
const POSTPONED = -2;

/**
 * Applies clauses until nothing changes, or there are siblings to look at (`SolverState.expansions`). Returns a clause whose
 * terms all hold, or {@link NO_CONFLICT}.
 */
export function propagate(state: SolverState): number {
  const { agenda } = state;
  for (;;) {
    const package_ = agenda.next();
    if (package_ < 0) return NO_CONFLICT;
    const conflict = scan(state, package_, agenda.isComplete);
    if (conflict !== NO_CONFLICT) {
      agenda.addRescan(package_);
      return conflict === POSTPONED ? NO_CONFLICT : conflict;
    }
  }
}

/**
 * Looks at the clauses of a package. Those of its own candidates need no look when it is decided: the decision has followed
 * them already, and the others speak about candidates that are out.
 */
function scan(state: SolverState, package_: number, isComplete: boolean): number {
  const { packages } = state;
  if (isComplete || packages.decided(package_) < 0) {
    const conflict = scanList(state, package_, packages.get(package_, OUTGOING), isComplete);
    if (conflict !== NO_CONFLICT) return conflict;
  }
  return scanList(state, package_, packages.get(package_, INCOMING), isComplete);
}

/**
 * A package that lost candidates can only make clauses act whose term on it holds now: if one of the others had come to hold,
 * the clause would have been looked at from there. Only a complete scan looks at all.
 */
function scanList(state: SolverState, package_: number, first: number, isComplete: boolean): number {
  return state.packages.words(package_) === 1
    ? scanNarrow(state, package_, first, isComplete)
    : scanWide(state, package_, first, isComplete);
}

/** A list of a package whose domain is one word. */
function scanNarrow(state: SolverState, package_: number, first: number, isComplete: boolean): number {
  const { hot } = state.packages;
  const nodes = state.lists.items;
  const ownRow = package_ << HOT_SHIFT;
  let domain = hot[ownRow + DOMAIN] ?? 0;
  for (let node = first; node !== 0; node = nodes[node + NODE_NEXT] ?? 0) {
    const set = nodes[node + NODE_SET] ?? 0;
    const isHeld = (domain & ~set) === 0;
    if (!isHeld && (!isComplete || (domain & set) === 0)) continue;
    const clause = nodes[node + NODE_CLAUSE] ?? 0;
    const conflict =
      nodes[node + NODE_IS_BINARY] === 1
        ? applyBinary(state, package_, set, isHeld, clause, isComplete)
        : applyClause(state, clause);
    if (conflict !== NO_CONFLICT) return conflict;
    domain = hot[ownRow + DOMAIN] ?? 0;
  }
  return NO_CONFLICT;
}

/** A list of a package whose domain has several words. */
function scanWide(state: SolverState, package_: number, first: number, isComplete: boolean): number {
  const { hot } = state.packages;
  const nodes = state.lists.items;
  const words = hot[(package_ << HOT_SHIFT) + WORDS] ?? 0;
  const domain = hot[(package_ << HOT_SHIFT) + DOMAIN] ?? 0;
  for (let node = first; node !== 0; node = nodes[node + NODE_NEXT] ?? 0) {
    const clause = nodes[node + NODE_CLAUSE] ?? 0;
    let conflict = NO_CONFLICT;
    if (nodes[node + NODE_IS_BINARY] === 1 && words <= FEW_WORDS) {
      const set = nodes[node + NODE_SET] ?? 0;
      const found = wideRelation(state.pool.words, domain, set, words);
      if (found === Relation.contradicted || (!isComplete && found !== Relation.satisfied)) continue;
      conflict = applyBinary(state, package_, set, found === Relation.satisfied, clause, isComplete);
    } else {
      conflict = applyClause(state, clause);
    }
    if (conflict !== NO_CONFLICT) return conflict;
  }
  return NO_CONFLICT;
}

/** Up to this many words, looking at a domain is not slower than looking whether the clause is settled. */
const FEW_WORDS = 8;

/** Applies a clause of two terms; `set` is the one on `package_`, which is not contradicted, and holds unless the scan is complete. */
function applyBinary(
  state: SolverState,
  package_: number,
  set: SetRef,
  isHeld: boolean,
  clause: number,
  isComplete: boolean,
): number {
  const { hot } = state.packages;
  const { rows } = state.clauses;
  const row = clause << ROW_SHIFT;
  const isFirst = rows[row + PACKAGE_A] === package_;
  const other = rows[row + (isFirst ? PACKAGE_B : PACKAGE_A)] ?? 0;
  const otherSet = rows[row + (isFirst ? SET_B : SET_A)] ?? 0;
  const otherDomain = hot[(other << HOT_SHIFT) + DOMAIN] ?? 0;
  const otherWords = hot[(other << HOT_SHIFT) + WORDS] ?? 0;
  let isOtherHeld = false;
  if (otherWords === 1) {
    if ((otherDomain & otherSet) === 0) return NO_CONFLICT;
    isOtherHeld = (otherDomain & ~otherSet) === 0;
  } else {
    const found = wideRelation(state.pool.words, otherDomain, otherSet, otherWords);
    if (found === Relation.contradicted) return NO_CONFLICT;
    isOtherHeld = found === Relation.satisfied;
  }
  if (isHeld && isOtherHeld) return clause;
  if (!isHeld && !isOtherHeld) return NO_CONFLICT;
  const open = isHeld ? other : package_;
  const openSet = isHeld ? otherSet : set;
  if (isHeld !== isFirst && postponesExclusion(state, open, clause)) return POSTPONED;
  derive(state, open, openSet, clause);
  state.agenda.addChanged(open);
  if (isComplete) keepLateDerivation(state, open, openSet, clause, isHeld ? package_ : other, isHeld ? set : otherSet);
  return NO_CONFLICT;
}

/**
 * What a clause brings that came into use late may hold from a lower level on than where it now stands on the trail: from where
 * its other term holds. It is put back when that part of the trail is undone.
 */
function keepLateDerivation(
  state: SolverState,
  package_: number,
  set: SetRef,
  clause: number,
  held: number,
  heldSet: SetRef,
): void {
  const { trail } = state;
  if (trail.currentLevel === 0) return;
  const entry = satisfierOf(state, held, heldSet, state.packages.last(held));
  const holdsAt = entry < 0 ? 0 : trail.field(entry, ENTRY_LEVEL);
  keepAssertion(state, package_, set, clause, holdsAt, trail.currentLevel);
}

/** Applies a clause of any kind. Returns a violated clause, which is the clause itself or an instance of a tie. */
function applyClause(state: SolverState, clause: number): number {
  const { clauses, trail, packages } = state;
  const { hot } = packages;
  const { rows } = clauses;
  const row = clause << ROW_SHIFT;
  const settled = rows[row + SETTLED_SERIAL] ?? 0;
  if (settled !== 0) {
    const at = rows[row + SETTLED_AT] ?? 0;
    if (at < trail.size && trail.rows[(at << ENTRY_SHIFT) + ENTRY_SERIAL] === settled) return NO_CONFLICT;
  }
  const extraCount = rows[row + EXTRA_COUNT] ?? 0;
  if (extraCount === IS_TIE) return propagateTie(state, clause);
  const pool = state.pool.words;
  let open = NO_PACKAGE;
  let openSet = 0;
  const a = rows[row + PACKAGE_A] ?? 0;
  const setA = rows[row + SET_A] ?? 0;
  const hotA = a << HOT_SHIFT;
  const domainA = hot[hotA + DOMAIN] ?? 0;
  const wordsA = hot[hotA + WORDS] ?? 0;
  let found = 0;
  if (wordsA === 1) found = (domainA & setA) === 0 ? 1 : (domainA & ~setA) === 0 ? 0 : 2;
  else found = wideRelation(pool, domainA, setA, wordsA);
  if (found === Relation.contradicted) return settle(state, row);
  if (found === Relation.inconclusive) {
    open = a;
    openSet = setA;
  }
  const b = rows[row + PACKAGE_B] ?? NO_PACKAGE;
  if (b !== NO_PACKAGE) {
    const setB = rows[row + SET_B] ?? 0;
    const hotB = b << HOT_SHIFT;
    const domainB = hot[hotB + DOMAIN] ?? 0;
    const wordsB = hot[hotB + WORDS] ?? 0;
    if (wordsB === 1) found = (domainB & setB) === 0 ? 1 : (domainB & ~setB) === 0 ? 0 : 2;
    else found = wideRelation(pool, domainB, setB, wordsB);
    if (found === Relation.contradicted) return settle(state, row);
    if (found === Relation.inconclusive) {
      if (open !== NO_PACKAGE) return NO_CONFLICT;
      open = b;
      openSet = setB;
    }
    if (extraCount !== 0) {
      const at = openExtra(state, row, open);
      if (at === IDLE) return NO_CONFLICT;
      if (at !== ALL_HOLD) {
        open = clauses.extra.at(at);
        openSet = clauses.extra.at(at + 1);
      }
    }
  }
  if (open === NO_PACKAGE) return clause;
  if (open === a && postponesExclusion(state, open, clause)) return POSTPONED;
  derive(state, open, openSet, clause);
  state.agenda.addChanged(open);
  return settle(state, row);
}

/** Marks a clause as settled by the latest entry. */
function settle(state: SolverState, row: number): number {
  const { trail } = state;
  const { rows } = state.clauses;
  const at = trail.size - 1;
  rows[row + SETTLED_AT] = at;
  rows[row + SETTLED_SERIAL] = trail.rows[(at << ENTRY_SHIFT) + ENTRY_SERIAL] ?? 0;
  return NO_CONFLICT;
}

/**
 * A candidate that was tried before is about to be excluded because of what it depends on. Its siblings probably share that:
 * they are looked at first, so that all of them go at once. Only where that costs nothing: nobody waits for metadata
 * because of it. Returns whether there is something to look at.
 */
function postponesExclusion(state: SolverState, package_: number, clause: number): boolean {
  const { clauses, packages } = state;
  const kind = clauses.get(clause, KIND);
  if (kind !== ClauseKind.requires && kind !== ClauseKind.constrains) return false;
  if (clauses.get(clause, EXPANDED_EPOCH) === state.epoch) return false;
  if (packages.facts[package_]?.hasAllDependencies !== true) return false;
  state.expansions.push(clause);
  return true;
}

/** The further terms of a clause need nothing done: one is contradicted, or two of all terms are open. */
const IDLE = -2;
const ALL_HOLD = -1;

/** Where in `extra` the only open term stands; `open` is the one among the first two. */
function openExtra(state: SolverState, row: number, open: number): number {
  const { clauses, packages } = state;
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
      settle(state, row);
      return IDLE;
    }
    if (open !== NO_PACKAGE || found !== ALL_HOLD) return IDLE;
    found = at;
  }
  return found;
}
