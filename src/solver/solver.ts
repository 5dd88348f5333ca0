import { comeUp } from "./activation.ts";
import { select } from "./assign.ts";
import { ClauseKind } from "./clause-store.ts";
import { ensureCandidate, ensureFacts } from "./compiler.ts";
import { ConflictAnalysis, UNSATISFIABLE } from "./conflict-analysis.ts";
import { firstUndecided } from "./depth-first.ts";
import { activateCandidate, candidateToTry, decide, updateQueue } from "./decide.ts";
import { buildDerivation } from "./derivation-builder.ts";
import { expand } from "./expansion.ts";
import { collect, foreseeableNeeds } from "./needs.ts";
import type { Outcome, SolverLimits, SolverStatistics, Stopped } from "./outcome.ts";
import { NO_CONFLICT, propagate } from "./propagation.ts";
import type { CandidateIndex, Need, PackageIndex, Provider } from "./provider.ts";
import { Selection } from "./selection.ts";
import { SolverState } from "./state.ts";
import { ENTRY_PACKAGE } from "./trail.ts";

/** How many steps pass between two looks at the clock and the tables' size. */
const STEPS_BETWEEN_CHECKS = 64;

/** Whether a clause can only be used when the candidates of its target are known. */
function mustKnowTarget(state: SolverState, clause: number): boolean {
  const kind = state.clauses.kind[clause];
  return kind === ClauseKind.requires || kind === ClauseKind.same;
}

/**
 * A resumable PubGrub solver over finite candidate lists. {@link start} poses a problem, {@link run} works on it until
 * there is an answer, a fact is missing or a limit is reached. What was learned from the provider is kept from problem to
 * problem, and never changes an answer.
 */
export class Solver {
  private readonly state: SolverState;
  private readonly analysis: ConflictAnalysis;
  private limits: SolverLimits = {};
  private hasLimits = false;
  private isRooted = false;
  private steps = 0;
  private elapsedMs = 0;
  private answer: Outcome | undefined;

  constructor(provider: Provider) {
    this.state = new SolverState(provider);
    this.analysis = new ConflictAnalysis(this.state);
  }

  /** Poses the problem of selecting `candidate` of `root` and everything it needs. Limits count from here. */
  start(root: PackageIndex, candidate: CandidateIndex, limits: SolverLimits = {}): void {
    this.state.reset(root, candidate);
    this.limits = limits;
    this.hasLimits = Object.keys(limits).length > 0;
    this.isRooted = false;
    this.steps = 0;
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
      const needs = this.selectRoot();
      if (needs.length > 0) return { kind: "needs", needs };
      this.isRooted = true;
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
        this.steps += 1;
        if (this.analysis.resolve(conflict) === UNSATISFIABLE) return this.unsatisfiable();
        continue;
      }
      // Clauses that propagation has found worth a look may say more.
      if (state.expansions.size > 0) continue;
      updateQueue(state);
      if (state.queue.size === 0) return this.solved();
      const package_ = state.provider.order === "depth-first" ? firstUndecided(state) : state.queue.peek();
      const candidate = candidateToTry(state, package_);
      if (!this.isReady(package_, candidate))
        return { kind: "needs", needs: foreseeableNeeds(state, package_, candidate) };
      this.steps += 1;
      state.decisions += 1;
      decide(state, package_, candidate);
    }
  }

  private selectRoot(): readonly Need[] {
    const { state } = this;
    const { root, rootCandidate } = state;
    if (!ensureFacts(state, root)) return [{ package: root }];
    const count = state.packages.candidateCount[root] ?? 0;
    if (!(rootCandidate >= 0 && rootCandidate < count)) {
      throw new Error(`the root package ${root} has no candidate ${rootCandidate}`);
    }
    if (!ensureCandidate(state, root, rootCandidate)) return [{ package: root, candidate: rootCandidate }];
    const needs: Need[] = [];
    collect(state, root, rootCandidate, needs, new Set());
    if (needs.length > 0) return needs;
    comeUp(state, root);
    select(state, root, rootCandidate);
    state.packages.lastTried[root] = rootCandidate;
    activateCandidate(state, root, rootCandidate);
    state.agenda.addChanged(root);
    return [];
  }

  /** Compiles a candidate. Returns false while something is missing for that. */
  private isReady(package_: PackageIndex, candidate: CandidateIndex): boolean {
    const { state } = this;
    const row = (state.packages.candidateBase[package_] ?? 0) + candidate;
    if (state.candidateReady.at(row) !== 0) return true;
    if (!ensureCandidate(state, package_, candidate)) return false;
    const lists = state.candidateLists;
    const start = state.candidateList.at(row);
    const end = start + lists.at(start);
    for (let at = start + 1; at <= end; at++) {
      const clause = lists.at(at);
      if (mustKnowTarget(state, clause) && !ensureFacts(state, state.clauses.source[clause] ?? 0)) return false;
    }
    state.candidateReady.items[row] = 1;
    return true;
  }

  private solved(): Outcome {
    const { trail, packages, root, rootCandidate } = this.state;
    const pairs = [root, rootCandidate];
    for (let level = 1; level <= trail.currentLevel; level++) {
      const package_ = trail.field(trail.levelStart[level] ?? 0, ENTRY_PACKAGE);
      pairs.push(package_, packages.decided[package_] ?? 0);
    }
    return new Selection(pairs, this.statistics());
  }

  private unsatisfiable(): Outcome {
    const derivation = buildDerivation(this.state, this.analysis.finalAntecedents);
    return { kind: "unsatisfiable", derivation, statistics: this.statistics() };
  }

  private limitReached(startedMs: number): Stopped | undefined {
    const { maxSteps, maxTimeMs, maxMemoryBytes, now, signal } = this.limits;
    if (signal?.aborted === true) return this.stopped("aborted");
    if (maxSteps !== undefined && this.steps >= maxSteps) return this.stopped("steps");
    if (this.steps % STEPS_BETWEEN_CHECKS !== 0) return undefined;
    if (maxTimeMs !== undefined && now !== undefined && this.elapsedMs + now() - startedMs >= maxTimeMs) {
      return this.stopped("time");
    }
    if (maxMemoryBytes !== undefined && this.state.byteLength() > maxMemoryBytes) return this.stopped("memory");
    return undefined;
  }

  private stopped(reason: Stopped["reason"]): Stopped {
    return { kind: "stopped", reason, decided: this.state.trail.currentLevel, statistics: this.statistics() };
  }

  private statistics(): SolverStatistics {
    const { decisions, conflicts, propagations, clauses } = this.state;
    return { decisions, conflicts, propagations, learned: clauses.learnedCount };
  }
}
