import type { Need, Provider } from "../solver/provider.ts";
import type { NeedsFacts, Outcome, SolverLimits, Stopped } from "../solver/outcome.ts";
import { Solver } from "../solver/index.ts";
import { ROOT } from "./joint-problem.ts";

/** A provider that can fetch what it does not know yet. */
export interface LoadingProvider extends Provider {
  load(needs: readonly Need[], signal: AbortSignal): Promise<void>;
}

const NOTHING_DONE: Stopped = {
  kind: "stopped",
  reason: "aborted",
  decided: 0,
  undecided: 0,
  contested: [],
  statistics: { decisions: 0, conflicts: 0, propagations: 0, learned: 0 },
};

/** What {@link driveSolver} reports between two runs of the solver. */
export interface RoundReport {
  readonly rounds: number;
  readonly waitingFor: number;
}

/**
 * Runs the solver to an answer: whenever it stops for lack of facts, fetches all of them at once and runs it again. The
 * solver itself never waits, so its hot loop holds no promise and the network is as parallel as the problem allows.
 */
export async function driveSolver(
  provider: LoadingProvider,
  limits: SolverLimits,
  signal: AbortSignal,
  onRound: (report: RoundReport) => void,
): Promise<{ readonly outcome: Exclude<Outcome, NeedsFacts>; readonly rounds: number }> {
  const solver = new Solver(provider);
  // The solver counts its own time only; waiting for registries counts too.
  const deadline = limits.maxTimeMs === undefined ? undefined : AbortSignal.timeout(Math.ceil(limits.maxTimeMs));
  const stop = deadline === undefined ? signal : AbortSignal.any([signal, deadline]);
  const finished = (outcome: Exclude<Outcome, NeedsFacts>): Exclude<Outcome, NeedsFacts> =>
    outcome.kind === "stopped" && outcome.reason === "aborted" && !signal.aborted
      ? { ...outcome, reason: "time" }
      : outcome;
  solver.start(ROOT, 0, { ...limits, signal: stop });
  for (let rounds = 0; ; rounds++) {
    const outcome = solver.run();
    if (outcome.kind !== "needs") return { outcome: finished(outcome), rounds };
    onRound({ rounds, waitingFor: outcome.needs.length });
    try {
      // One answer after another is what makes an unsettled problem slow, so the whole batch is fetched before going on.
      await provider.load(outcome.needs, stop);
    } catch (error) {
      // What fails while everything is being stopped is part of that: the solver says how far it came.
      if (!stop.aborted) throw error;
      const stopped = solver.run();
      if (stopped.kind === "stopped") return { outcome: finished(stopped), rounds };
      return { outcome: finished(NOTHING_DONE), rounds };
    }
  }
}
