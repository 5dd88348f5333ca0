import { ClauseKind, KIND, NO_PACKAGE, ROW_SHIFT, SOURCE } from "./clause-store.ts";
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
  const { proof, clauses } = state;
  proof.clear();
  const learned: number[] = [];
  recordStep(state, CONTRADICTION, finalAntecedents, learned);
  for (let clause = learned.pop(); clause !== undefined; clause = learned.pop()) {
    recordStep(state, clause, clauses.get(clause, SOURCE), learned);
  }
  return proof.items.slice(0, proof.size);
}

/** Copies a step, and the facts it rests on that have no copy yet; adds the learned clauses among them to `learned`. */
function recordStep(state: SolverState, clause: number, start: number, learned: number[]): void {
  const { proof, clauses, epoch } = state;
  const { recordedIn, rows } = clauses;
  const antecedents = clauses.antecedents.items;
  let end = start + 1;
  while (antecedents[end] !== NO_CAUSE) end += 2;
  proof.reserve(4 + end - start);
  proof.push(STEP);
  proof.push(clause);
  proof.push(start);
  proof.push(end - start);
  for (let at = start; at < end; at++) proof.push(antecedents[at] ?? 0);
  // The violated clause, and from then on every second integer.
  for (let at = start; at < end; at = at === start ? start + 1 : at + 2) {
    const used = antecedents[at] ?? 0;
    if (recordedIn[used] === epoch) continue;
    recordedIn[used] = epoch;
    if (rows[(used << ROW_SHIFT) + KIND] === ClauseKind.learned) learned.push(used);
    else recordFact(state, used);
  }
}

function recordFact(state: SolverState, clause: number): void {
  const { proof, clauses } = state;
  const packageB = clauses.packageB(clause);
  proof.push(FACT);
  proof.push(clause);
  proof.push(clauses.get(clause, KIND));
  proof.push(clauses.get(clause, SOURCE));
  recordTerm(state, clauses.packageA(clause), clauses.setA(clause));
  if (packageB === NO_PACKAGE) proof.push(NO_PACKAGE);
  else recordTerm(state, packageB, clauses.setB(clause));
}

function recordTerm(state: SolverState, package_: number, set: number): void {
  const { proof, pool } = state;
  const words = state.packages.words(package_);
  proof.push(package_);
  proof.push(words);
  if (words === 1) {
    proof.push(set);
    return;
  }
  for (let word = 0; word < words; word++) proof.push(pool.words[set + word] ?? 0);
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
