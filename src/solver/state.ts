import { Agenda } from "./agenda.ts";
import { ClauseStore } from "./clause-store.ts";
import { DecisionQueue } from "./decision-queue.ts";
import { IntStack } from "./growable.ts";
import { IntIndex } from "./int-index.ts";
import { PackageTable } from "./package-table.ts";
import type { CandidateIndex, PackageIndex, Provider } from "./provider.ts";
import { SetPool } from "./set-pool.ts";
import { Trail } from "./trail.ts";

/** All tables of one solver. What the provider said stays from solve to solve; the rest is reset by `epoch`. */
export class SolverState {
  readonly provider: Provider;

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
  /** Per candidate: 1 when it is compiled and the candidates of everything it requires are known. */
  readonly candidateReady: IntStack = new IntStack();
  /** Lists `n, clause 1 … clause n`. */
  readonly candidateLists: IntStack = new IntStack();

  // One solve.
  epoch = 0;
  /** Per candidate: the solve in which its dependencies have been looked at. */
  readonly candidateSeen: IntStack = new IntStack();
  readonly trail: Trail = new Trail();
  readonly queue: DecisionQueue = new DecisionQueue();
  readonly agenda: Agenda = new Agenda();
  /** Linked lists of clauses, as pairs (clause, next node); node 0 means "end". */
  readonly nodes: IntStack = new IntStack();
  /** Packages whose place in the queue may be wrong. */
  readonly outdated: IntStack = new IntStack();
  /** Clauses that took part in conflicts and whose siblings are still to be looked at. */
  readonly expansions: IntStack = new IntStack();
  discovered = 0;
  root: PackageIndex = 0;
  rootCandidate: CandidateIndex = 0;

  decisions = 0;
  conflicts = 0;
  propagations = 0;

  constructor(provider: Provider) {
    this.provider = provider;
    this.candidateLists.push(0);
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
    this.nodes.clear();
    this.nodes.push(0);
    this.nodes.push(0);
    this.outdated.clear();
    this.expansions.clear();
    this.clauses.releaseTransient();
    this.pool.releaseTransient();
    this.discovered = 0;
    this.decisions = 0;
    this.conflicts = 0;
    this.propagations = 0;
  }

  /** A list node in front of `next`. */
  addNode(clause: number, next: number): number {
    const node = this.nodes.size;
    this.nodes.push(clause);
    this.nodes.push(next);
    return node;
  }

  /** Notes that the place of a package in the queue may be wrong. */
  noteOutdated(package_: PackageIndex): void {
    if (this.packages.isOutdated[package_] !== 0) return;
    this.packages.isOutdated[package_] = 1;
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
      this.candidateReady.byteLength() +
      this.candidateLists.byteLength() +
      this.candidateSeen.byteLength() +
      this.trail.byteLength() +
      this.queue.byteLength() +
      this.nodes.byteLength()
    );
  }
}
