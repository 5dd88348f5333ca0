import type { NeedsFacts, Outcome, SolverLimits } from "./outcome.ts";
import type { Snapshot } from "./snapshot.ts";
import { SnapshotProvider } from "./snapshot-provider.ts";
import { Solver } from "./solver.ts";

/** What came of a snapshot. */
export interface Replay {
  readonly outcome: Exclude<Outcome, NeedsFacts>;
  /** Answers for everything that the outcome speaks about. */
  readonly provider: SnapshotProvider;
  /** Facts that this solver asked for and the one that took the snapshot did not; they were ruled out. */
  readonly missingFacts: number;
}

/** Solves a snapshot again. The same solver takes the same course; another one may miss facts, which are then ruled out. */
export function replaySnapshot(snapshot: Snapshot, limits: SolverLimits = {}): Replay {
  const provider = new SnapshotProvider(snapshot);
  const solver = new Solver(provider);
  solver.start(snapshot.root.package, snapshot.root.candidate, limits);
  for (let missingFacts = 0; ;) {
    const outcome = solver.run();
    if (outcome.kind !== "needs") return { outcome, provider, missingFacts };
    missingFacts += outcome.needs.length;
    provider.exclude(outcome.needs);
  }
}
