import { ensureFacts } from "./compiler.ts";
import { contestedPackages } from "./contested.ts";
import { ConflictAnalysis, UNSATISFIABLE } from "./conflict-analysis.ts";
import { Contradiction } from "./contradiction.ts";
import { candidateToTry, decide, nextPackage, selectRoot, updateQueue } from "./decide.ts";
import { isReady } from "./edge-row.ts";
import { expand } from "./expansion.ts";
import { foreseeableNeeds } from "./needs.ts";
import type { Derivation } from "./derivation.ts";
import { buildDerivation } from "./derivation-builder.ts";
import type { Outcome, SolverLimits, SolverStatistics, Stopped } from "./outcome.ts";
import { NO_CONFLICT, propagate } from "./propagation.ts";
import type { CandidateIndex, Need, PackageIndex, Provider } from "./provider.ts";
import { Selection } from "./selection.ts";
import { SolverState } from "./state.ts";
import { ENTRY_PACKAGE } from "./trail.ts";

/** How many steps pass between two looks at the clock and the tables' size. */
const STEPS_BETWEEN_CHECKS = 64;

const NO_LIMITS: SolverLimits = {};

/**
 * A resumable PubGrub solver over finite candidate lists. {@link start} poses a problem, {@link run} works on it until
 * there is an answer, a fact is missing or a limit is reached. What was learned from the provider is kept from problem to
 * problem, and never changes an answer.
 */
export class Solver {
  private readonly state: SolverState;
  private readonly analysis: ConflictAnalysis;
  private limits: SolverLimits = NO_LIMITS;
  private hasLimits = false;
  private isRooted = false;
  private elapsedMs = 0;
  private answer: Outcome | undefined;

  constructor(provider: Provider) {
    this.state = new SolverState(provider);
    this.analysis = new ConflictAnalysis(this.state);
  }

  /** Poses the problem of selecting `candidate` of `root` and everything it needs. Limits count from here. */
  start(root: PackageIndex, candidate: CandidateIndex, limits: SolverLimits = NO_LIMITS): void {
    this.state.reset(root, candidate);
    this.limits = limits;
    this.hasLimits = limits !== NO_LIMITS && Object.keys(limits).length > 0;
    this.isRooted = false;
    this.elapsedMs = 0;
    this.answer = undefined;
  }

  /** Works until there is an outcome. After `needs`, call it again when the provider can answer for all of them. */
  run(): Outcome {
    if (this.answer !== undefined) return this.answer;
    const { now } = this.limits;
    const startedMs = now?.() ?? 0;
    const outcome = this.search(startedMs);
    this.elapsedMs += (now?.() ?? 0) - startedMs;
    if (outcome.kind !== "needs") this.answer = outcome;
    return outcome;
  }

  private search(startedMs: number): Outcome {
    const { state } = this;
    if (!this.isRooted) {
      if (!this.hasRoot()) return { kind: "needs", needs: this.rootNeeds() };
      this.isRooted = true;
      selectRoot(state);
    }
    for (;;) {
      if (this.hasLimits) {
        const stop = this.limitReached(startedMs);
        if (stop !== undefined) return stop;
      }
      if (state.expansions.size > 0) {
        const missing = expand(state);
        if (missing !== undefined) return { kind: "needs", needs: missing };
      }
      const conflict = propagate(state);
      if (conflict !== NO_CONFLICT) {
        if (this.analysis.resolve(conflict) === UNSATISFIABLE) return this.unsatisfiable();
        continue;
      }
      // Clauses that propagation has found worth a look may say more.
      if (state.expansions.size > 0) continue;
      updateQueue(state);
      if (state.queue.size === 0) return this.solved();
      const package_ = nextPackage(state);
      const candidate = candidateToTry(state, package_);
      if (!isReady(state, package_, candidate)) return this.waiting();
      decide(state, package_, candidate);
    }
  }

  /** Whether everything is known that the root's selection needs. */
  private hasRoot(): boolean {
    const { state } = this;
    const { root, rootCandidate } = state;
    if (!ensureFacts(state, root)) return false;
    const count = state.packages.candidateCount[root] ?? 0;
    if (!(rootCandidate >= 0 && rootCandidate < count)) {
      throw new Error(`the root package ${root} has no candidate ${rootCandidate}`);
    }
    return isReady(state, root, rootCandidate);
  }

  private rootNeeds(): readonly Need[] {
    const { state } = this;
    const { root, rootCandidate } = state;
    return ensureFacts(state, root) ? foreseeableNeeds(state, root, rootCandidate) : [{ package: root }];
  }

  private waiting(): Outcome {
    const package_ = nextPackage(this.state);
    return { kind: "needs", needs: foreseeableNeeds(this.state, package_, candidateToTry(this.state, package_)) };
  }

  private solved(): Outcome {
    const { trail, packages, root, rootCandidate } = this.state;
    // oxlint-disable-next-line unicorn/no-new-array -- pushes would leave outgrown arrays behind in each solve
    const pairs = new Array<number>(2 * (trail.currentLevel + 1));
    pairs[0] = root;
    pairs[1] = rootCandidate;
    for (let level = 1; level <= trail.currentLevel; level++) {
      const package_ = trail.field(trail.levelStart[level] ?? 0, ENTRY_PACKAGE);
      pairs[2 * level] = package_;
      pairs[2 * level + 1] = packages.decided(package_);
    }
    return new Selection(pairs, this.statistics());
  }

  /**
   * The proof is read from the tables when it is asked for. If they serve another problem by then, the problem is solved
   * again: the same course to the same proof, because a solve depends on nothing but its provider.
   */
  private unsatisfiable(): Outcome {
    const { state } = this;
    const { epoch, root, rootCandidate, provider } = state;
    return new Contradiction(this.statistics(), () =>
      state.epoch === epoch
        ? buildDerivation(state, this.analysis.finalAntecedents())
        : proveAgain(provider, root, rootCandidate),
    );
  }

  private limitReached(startedMs: number): Stopped | undefined {
    const steps = this.state.decisions + this.state.conflicts;
    const { maxSteps, maxTimeMs, maxMemoryBytes, now, signal } = this.limits;
    if (signal?.aborted === true) return this.stopped("aborted");
    if (maxSteps !== undefined && steps >= maxSteps) return this.stopped("steps");
    if (steps % STEPS_BETWEEN_CHECKS !== 0) return undefined;
    if (maxTimeMs !== undefined && now !== undefined && this.elapsedMs + now() - startedMs >= maxTimeMs) {
      return this.stopped("time");
    }
    if (maxMemoryBytes !== undefined && this.state.byteLength() > maxMemoryBytes) return this.stopped("memory");
    return undefined;
  }

  private stopped(reason: Stopped["reason"]): Stopped {
    const { state } = this;
    updateQueue(state);
    return {
      kind: "stopped",
      reason,
      decided: state.trail.currentLevel,
      undecided: state.queue.size,
      contested: contestedPackages(state),
      statistics: this.statistics(),
    };
  }

  private statistics(): SolverStatistics {
    const { decisions, conflicts, propagations, clauses } = this.state;
    return { decisions, conflicts, propagations, learned: clauses.learnedCount };
  }
}

function proveAgain(provider: Provider, root: PackageIndex, candidate: CandidateIndex): Derivation {
  const solver = new Solver(provider);
  solver.start(root, candidate);
  const outcome = solver.run();
  if (outcome.kind === "unsatisfiable") return outcome.derivation;
  throw new Error("a provider has changed its answers since the problem was solved");
}
