import { ClauseKind, KIND, NO_PACKAGE, SOURCE } from "./clause-store.ts";
import type { IntStack } from "./growable.ts";
import type { SolverState } from "./state.ts";
import { NO_CAUSE } from "./trail.ts";

/** What a proof needs of a clause that comes from the provider: its terms, with the words of their sets. */
export interface RecordedFact {
  readonly kind: number;
  /** The `same` clause that an instance belongs to; otherwise the target. */
  readonly source: number;
  readonly packageA: number;
  readonly setA: Int32Array;
  /** {@link NO_PACKAGE} without a second term. */
  readonly packageB: number;
  readonly setB: Int32Array;
}

/** How a learned clause came about: the violated clause, then its antecedents with the packages resolved on. */
export interface RecordedStep {
  /** The learned clause, or {@link CONTRADICTION} for the last step. */
  readonly clause: number;
  readonly conflict: number;
  readonly antecedents: readonly { readonly cause: number; readonly pivot: number }[];
}

const CONTRADICTION = -1;

/** The recorded proof, read again. */
export interface ProofRecord {
  readonly facts: ReadonlyMap<number, RecordedFact>;
  /** Every step after those it rests on. */
  readonly steps: readonly RecordedStep[];
}

const STEP = 0;
const FACT = 1;

/**
 * Copies what the contradiction rests on out of the solver's tables, as plain integers: the tables are used again by the
 * next solve, and most contradictions are never explained.
 */
export function recordProof(state: SolverState, finalAntecedents: number): Int32Array {
  const out = state.proof;
  out.clear();
  const seen = new Set<number>();
  const starts: number[] = [];
  recordStep(state, out, CONTRADICTION, finalAntecedents, seen, starts);
  for (let clause = starts.pop(); clause !== undefined; clause = starts.pop()) {
    recordStep(state, out, clause, state.clauses.get(clause, SOURCE), seen, starts);
  }
  return out.items.slice(0, out.size);
}

function recordStep(
  state: SolverState,
  out: IntStack,
  clause: number,
  start: number,
  seen: Set<number>,
  starts: number[],
): void {
  const { antecedents } = state.clauses;
  let end = start + 1;
  while (antecedents.at(end) !== NO_CAUSE) end += 2;
  out.push(STEP);
  out.push(clause);
  out.push(start);
  out.push(end - start);
  for (let at = start; at < end; at++) out.push(antecedents.at(at));
  // The violated clause, and from then on every second integer.
  for (let at = start; at < end; at = at === start ? start + 1 : at + 2) {
    const used = antecedents.at(at);
    if (seen.has(used)) continue;
    seen.add(used);
    if (state.clauses.get(used, KIND) === ClauseKind.learned) starts.push(used);
    else recordFact(state, out, used);
  }
}

function recordFact(state: SolverState, out: IntStack, clause: number): void {
  const { clauses } = state;
  const packageB = clauses.packageB(clause);
  out.push(FACT);
  out.push(clause);
  out.push(clauses.get(clause, KIND));
  out.push(clauses.get(clause, SOURCE));
  recordTerm(state, out, clauses.packageA(clause), clauses.setA(clause));
  if (packageB === NO_PACKAGE) out.push(NO_PACKAGE);
  else recordTerm(state, out, packageB, clauses.setB(clause));
}

function recordTerm(state: SolverState, out: IntStack, package_: number, set: number): void {
  const words = state.packages.words(package_);
  out.push(package_);
  out.push(words);
  for (let word = 0; word < words; word++) out.push(words === 1 ? set : (state.pool.words[set + word] ?? 0));
}

/** Reads what {@link recordProof} has written. */
export function readProof(record: Int32Array): ProofRecord {
  const facts = new Map<number, RecordedFact>();
  const steps: (RecordedStep & { readonly order: number })[] = [];
  let at = 0;
  const next = (): number => record[at++] ?? 0;
  const nextSet = (): Int32Array => {
    const words = next();
    at += words;
    return record.subarray(at - words, at);
  };
  while (at < record.length) {
    if (next() === STEP) {
      const clause = next();
      const order = next();
      const count = (next() - 1) / 2;
      const conflict = next();
      const antecedents = Array.from({ length: count }, () => ({ cause: next(), pivot: next() }));
      steps.push({ clause, order, conflict, antecedents });
      continue;
    }
    const clause = next();
    const kind = next();
    const source = next();
    const packageA = next();
    const setA = nextSet();
    const packageB = next();
    const setB = packageB === NO_PACKAGE ? new Int32Array(0) : nextSet();
    facts.set(clause, { kind, source, packageA, setA, packageB, setB });
  }
  // A clause rests on clauses that were learned before it.
  steps.sort((a, b) => a.order - b.order);
  return { facts, steps };
}
