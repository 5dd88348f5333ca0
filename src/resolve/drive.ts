import type { Need, Provider } from "../solver/provider.ts";
import type { Outcome, NeedsFacts, SolverLimits } from "../solver/outcome.ts";
import { Solver } from "../solver/index.ts";
import { ROOT } from "./joint-problem.ts";

/** A provider that can fetch what it does not know yet. */
export interface LoadingProvider extends Provider {
  load(needs: readonly Need[], signal: AbortSignal): Promise<void>;
}

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
  solver.start(ROOT, 0, { ...limits, signal });
  for (let rounds = 0; ; rounds++) {
    const outcome = solver.run();
    if (outcome.kind !== "needs") return { outcome, rounds };
    onRound({ rounds, waitingFor: outcome.needs.length });
    // One answer after another is what makes an unsettled problem slow, so the whole batch is fetched before going on.
    await provider.load(outcome.needs, signal);
  }
}
