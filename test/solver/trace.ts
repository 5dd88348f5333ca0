import { type Provider, Solver } from "../../src/solver/index.ts";
import { ClauseKind, KIND, SOURCE } from "../../src/solver/clause-store.ts";
import type { SolverState } from "../../src/solver/state.ts";
import { ENTRY_BEFORE, ENTRY_CAUSE, ENTRY_LEVEL, ENTRY_PACKAGE, NO_CAUSE } from "../../src/solver/trail.ts";

/** Words for a trace. */
export interface TraceWords {
  /** `menu` */
  name(package_: number): string;
  /** `2` */
  version(package_: number, candidate: number): string;
}

/**
 * The course of a solve, step by step: what each decision or conflict added to the partial solution, and how far it jumped
 * back. Read from the solver's own trail, by stopping it after each step. For packages of at most 31 candidates.
 */
export function traceOf(provider: Provider, words: TraceWords): readonly string[] {
  const lines: string[] = [];
  let before: readonly string[] = [];
  for (let steps = 0; ; steps++) {
    const solver = new Solver(provider);
    solver.start(0, 0, { maxSteps: steps });
    const outcome = solver.run();
    const now = trailOf(solver["state"], words);
    let common = 0;
    while (common < before.length && before[common] === now[common]) common++;
    if (common < before.length)
      lines.push(`back to level ${/^level (\d+)/u.exec(before[common - 1] ?? "")?.[1] ?? "0"}`);
    lines.push(...now.slice(common));
    before = now;
    if (outcome.kind !== "stopped") {
      lines.push(outcome.kind === "solved" ? "solved" : "no answer");
      return lines;
    }
  }
}

function trailOf(state: SolverState, words: TraceWords): readonly string[] {
  const { trail } = state;
  return Array.from({ length: trail.size }, (_, entry) => {
    const package_ = trail.field(entry, ENTRY_PACKAGE);
    const cause = trail.field(entry, ENTRY_CAUSE);
    const level = `level ${trail.field(entry, ENTRY_LEVEL)}:`;
    const members = membersAfter(state, entry, words);
    if (cause === NO_CAUSE) return `${level} select ${words.name(package_)} ${members}`.trimEnd();
    return `${level} ${words.name(package_)} can only be ${members}, ${becauseOf(state, cause, words)}`;
  });
}

/** What an entry left of its package's domain: what the next entry of the package found, or what there is now. */
function membersAfter(state: SolverState, entry: number, words: TraceWords): string {
  const { trail, packages } = state;
  const package_ = trail.field(entry, ENTRY_PACKAGE);
  let set = packages.domain(package_);
  for (let later = trail.size - 1; later > entry; later--) {
    if (trail.field(later, ENTRY_PACKAGE) === package_) set = trail.field(later, ENTRY_BEFORE);
  }
  const count = packages.candidateCount[package_] ?? 0;
  const members = Array.from({ length: count }, (_, candidate) => candidate)
    .filter((candidate) => ((set >>> candidate) & 1) === 1)
    .map((candidate) => words.version(package_, candidate));
  if (((set >>> count) & 1) === 1) members.push("absent");
  return members.join(" or ");
}

function becauseOf({ clauses }: SolverState, cause: number, words: TraceWords): string {
  const dependent = words.name(clauses.packageA(cause));
  const target = (): string => words.name(clauses.get(cause, SOURCE));
  switch (clauses.get(cause, KIND)) {
    case ClauseKind.requires:
      return `${dependent} requires ${target()}`;
    case ClauseKind.constrains:
      return `${dependent} constrains ${target()}`;
    case ClauseKind.unusable:
      return "some can't be used";
    case ClauseKind.learned:
      return "learned";
    default:
      return `${dependent} is tied`;
  }
}
