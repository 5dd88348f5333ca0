import { Agenda } from "./agenda.ts";
import { ClauseLists } from "./clause-list.ts";
import { ClauseStore } from "./clause-store.ts";
import { DecisionQueue } from "./decision-queue.ts";
import { IntStack } from "./growable.ts";
import { IntIndex } from "./int-index.ts";
import { HOT_SHIFT, IS_OUTDATED, PackageTable } from "./package-table.ts";
import type { CandidateIndex, PackageIndex, Provider } from "./provider.ts";
import { SetPool } from "./set-pool.ts";
import { Trail } from "./trail.ts";

/** All tables of one solver. What the provider said stays from solve to solve; the rest is reset by `epoch`. */
export class SolverState {
  readonly provider: Provider;
  /** Whether packages are decided in depth-first order; see {@link Provider.order}. */
  readonly isDepthFirst: boolean;

  // Compiled facts.
  readonly packages: PackageTable = new PackageTable();
  readonly clauses: ClauseStore = new ClauseStore();
  readonly pool: SetPool = new SetPool();
  /** (dependent, target, requirement and kind) to the clause. */
  readonly dependencyIndex: IntIndex = new IntIndex();
  /** (package, requirement, kind) to an index into `requirementSets`. */
  readonly requirementIndex: IntIndex = new IntIndex();
  readonly requirementSets: IntStack = new IntStack();
  /** Per candidate: where its clauses stand in `candidateLists`, or 0 while they are not compiled. */
  readonly candidateList: IntStack = new IntStack();
  /** Per candidate: where its row stands in `edges`, or 0 while the candidates of what it requires are not all known. */
  readonly candidateEdges: IntStack = new IntStack();
  /** Rows of edges as a decision follows them; see `followEdges`. */
  readonly edges: IntStack = new IntStack();
  /** Lists `n, clause 1 … clause n`. */
  readonly candidateLists: IntStack = new IntStack();

  /** Whether a package has candidates that are unusable from the start. */
  hasUnusable = false;

  // One solve.
  epoch = 0;
  /** Per candidate: the solve in which its dependencies have been looked at. */
  readonly candidateSeen: IntStack = new IntStack();
  /** Per candidate: the solve in which all of its clauses are active. */
  readonly candidateActive: IntStack = new IntStack();
  readonly trail: Trail = new Trail();
  readonly queue: DecisionQueue = new DecisionQueue();
  readonly agenda: Agenda = new Agenda();
  readonly lists: ClauseLists = new ClauseLists();
  /** Packages whose place in the queue may be wrong. */
  readonly outdated: IntStack = new IntStack();
  /** What stands on the trail above the level from which on it holds; see `keepAssertion`. */
  readonly assertions: IntStack = new IntStack();
  /** How many levels the next conflict goes back, unless what it learns holds from a higher level on only. */
  stepBack = 1;
  /** Clauses that took part in conflicts and whose siblings are still to be looked at. */
  readonly expansions: IntStack = new IntStack();
  /** Whether a constraint waits for its package. */
  hasParked = false;
  discovered = 0;
  root: PackageIndex = 0;
  rootCandidate: CandidateIndex = 0;

  decisions = 0;
  conflicts = 0;
  propagations = 0;

  constructor(provider: Provider) {
    this.provider = provider;
    this.isDepthFirst = provider.order === "depth-first";
    this.candidateLists.push(0);
    this.edges.push(0);
  }

  /** Forgets the previous solve and keeps the compiled facts. */
  reset(root: PackageIndex, candidate: CandidateIndex): void {
    this.epoch += 1;
    this.root = root;
    this.rootCandidate = candidate;
    this.packages.ensure(root);
    this.trail.reset();
    this.queue.clear();
    this.agenda.clear();
    this.assertions.clear();
    this.lists.clear();
    this.outdated.clear();
    this.expansions.clear();
    this.clauses.releaseTransient();
    this.pool.releaseTransient();
    this.stepBack = 1;
    this.hasParked = false;
    this.discovered = 0;
    this.decisions = 0;
    this.conflicts = 0;
    this.propagations = 0;
  }

  /** Notes that the place of a package in the queue may be wrong. */
  noteOutdated(package_: PackageIndex): void {
    const { hot } = this.packages;
    const at = (package_ << HOT_SHIFT) + IS_OUTDATED;
    if (hot[at] !== 0) return;
    hot[at] = 1;
    this.outdated.push(package_);
  }

  /** The size of all tables. */
  byteLength(): number {
    return (
      this.packages.byteLength() +
      this.clauses.byteLength() +
      this.pool.byteLength() +
      this.dependencyIndex.byteLength() +
      this.requirementIndex.byteLength() +
      this.requirementSets.byteLength() +
      this.candidateList.byteLength() +
      this.candidateEdges.byteLength() +
      this.edges.byteLength() +
      this.candidateLists.byteLength() +
      this.candidateSeen.byteLength() +
      this.candidateActive.byteLength() +
      this.trail.byteLength() +
      this.queue.byteLength() +
      this.assertions.byteLength() +
      this.lists.byteLength()
    );
  }
}
