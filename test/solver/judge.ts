import { loadCadical, Cadical } from "cadical-wasm";
import {
  checkDerivation,
  checkSelection,
  type Derivation,
  membersOf,
  type Outcome,
  type Provider,
  Solver,
} from "../../src/solver/index.ts";
import { type GranuleRegistry, hasAnswer, lowered } from "./granules.ts";
import { solveLazily } from "./lazy-provider.ts";
import { Random } from "./random-universe.ts";
import { encode } from "./sat-encoding.ts";
import {
  leavesOf,
  onlyLeaves,
  renumbered,
  reversed,
  shuffledEdges,
  withoutCandidates,
  withoutOneEdge,
} from "./transformations.ts";
import { flawOf, isSatisfiableByBruteForce, type Universe, UniverseProvider } from "./universe.ts";

/** Everything in an outcome, as text that can be compared. */
export function fingerprint(outcome: Outcome): string {
  if (outcome.kind === "solved") return JSON.stringify([[...outcome.decisions], outcome.statistics]);
  return JSON.stringify(outcome, (_, value: unknown) => (ArrayBuffer.isView(value) ? Object.values(value) : value));
}

export function solveEagerly(provider: Provider, rootCandidate = 0): Outcome {
  const solver = new Solver(provider);
  solver.start(0, rootCandidate, { maxSteps: 1_000_000 });
  return solver.run();
}

/** Has opinions about the order of packages and about which candidate to take. */
class OpinionatedProvider extends UniverseProvider {
  private readonly salt: number;

  constructor(universe: Universe, salt: number) {
    super(universe);
    this.salt = salt;
  }

  priority(package_: number): number {
    return ((package_ * 7 + this.salt) % 3) - 1;
  }

  choose(package_: number, admissible: Int32Array): number {
    const members = membersOf(admissible);
    return members[(package_ + this.salt) % members.length] ?? 0;
  }
}

function isSameSelection(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): boolean {
  return a.size === b.size && [...a].every(([package_, index]) => b.get(package_) === index);
}

function fail(message: string, universe: Universe): never {
  throw new Error(`${message}\n${JSON.stringify(universe)}`);
}

/** Proofs of at most so many facts, one in so many, are tried without each of their facts. */
const MAX_LEAVES = 60;
const LEAVES_SAMPLE = 8;

/** What a judge counts. */
export interface Tally {
  satisfiable: number;
  unsatisfiable: number;
  conflicts: number;
  proofSteps: number;
  /** Facts of the proofs that were tried without each of theirs, and how many the contradiction does not need. */
  leaves: number;
  superfluousLeaves: number;
}

/** Puts a universe to every test there is: selection or proof valid, SAT oracle, laziness, reuse, and transformations. */
export class Judge {
  private readonly sat: (provider: Provider) => boolean;
  private readonly newCadical: () => Cadical;
  readonly tally: Tally = {
    satisfiable: 0,
    unsatisfiable: 0,
    conflicts: 0,
    proofSteps: 0,
    leaves: 0,
    superfluousLeaves: 0,
  };

  private constructor(newCadical: () => Cadical) {
    this.newCadical = newCadical;
    this.sat = (provider) => {
      const cadical = newCadical();
      cadical.addClauses(encode(provider, 0, 0).clauses);
      const status = cadical.solve();
      cadical.dispose();
      return status === "satisfiable";
    };
  }

  static async create(): Promise<Judge> {
    const module = await loadCadical();
    return new Judge(() => new Cadical(module, { quiet: true }));
  }

  /** A registry with a selection per compatible range: its lowering must have an answer exactly when it has one itself. */
  judgeGranules(registry: GranuleRegistry, random: Random): void {
    const universe = lowered(registry);
    const outcome = this.judge(universe, random);
    const cadical = this.newCadical();
    const isSatisfiable = hasAnswer(registry, cadical);
    cadical.dispose();
    if (isSatisfiable !== (outcome.kind === "solved")) {
      fail(`the lowering of ${JSON.stringify(registry)} has another answer`, universe);
    }
  }

  judge(universe: Universe, random: Random): Outcome {
    const provider = new UniverseProvider(universe);
    const outcome = solveEagerly(provider);
    this.judgeOutcome(universe, provider, outcome);
    this.judgeLaziness(universe, provider, outcome, random);
    const opinionated = new OpinionatedProvider(universe, random.below(1000));
    const second = solveEagerly(opinionated);
    if (second.kind !== outcome.kind) fail("preferences and priorities change whether there is a solution", universe);
    this.judgeOutcome(universe, opinionated, second);
    this.judgeLaziness(universe, opinionated, second, random);
    this.judgeTransformed(universe, outcome, random);
    if (outcome.kind === "unsatisfiable") this.judgeLeaves(universe, provider, outcome.derivation, random);
    return outcome;
  }

  /** Answers that follow from the one that is known. */
  private judgeTransformed(universe: Universe, outcome: Outcome, random: Random): void {
    const kindOf = (other: Universe): Outcome["kind"] => solveEagerly(new UniverseProvider(other)).kind;
    if (kindOf(reversed(universe)) !== outcome.kind) fail("reversed versions are not as satisfiable", universe);
    if (kindOf(shuffledEdges(universe, random)) !== outcome.kind) fail("the order of edges counts", universe);
    const larger: Universe = {
      ...universe,
      packages: [...universe.packages, [{ edges: [{ to: 0, kind: "requires" }] }]],
    };
    if (fingerprint(solveEagerly(new UniverseProvider(larger))) !== fingerprint(outcome)) {
      fail("an unreachable package changed the answer", universe);
    }
    const other = renumbered(universe, random);
    const again = solveEagerly(new UniverseProvider(other.universe));
    if (again.kind !== outcome.kind) fail("other numbers for packages change whether there is a solution", universe);
    if (outcome.kind !== "solved") {
      const smaller = withoutCandidates(universe, new Map(), () => random.below(3) === 0);
      if (kindOf(smaller) !== "unsatisfiable") fail("less versions are more satisfiable", universe);
      return;
    }
    const moved = new Map([...outcome.decisions].map(([package_, index]) => [other.numberOf[package_] ?? 0, index]));
    if (again.kind !== "solved" || !isSameSelection(again.decisions, moved)) {
      fail("other numbers for packages change the selection", universe);
    }
    if (kindOf(withoutOneEdge(universe, random)) !== "solved") fail("less edges are less satisfiable", universe);
    const some = withoutCandidates(universe, outcome.decisions, () => random.below(2) === 0);
    if (flawOf(some, outcome.decisions) !== undefined || kindOf(some) !== "solved") {
      fail("versions that were not selected were needed", universe);
    }
    const only = solveEagerly(new UniverseProvider(withoutCandidates(universe, outcome.decisions, () => true)));
    if (only.kind !== "solved" || !isSameSelection(only.decisions, outcome.decisions)) {
      fail("the selection is not found where there is nothing else", universe);
    }
  }

  /** A universe that holds only what the proof rests on has no solution either; and how much of it is needed. */
  private judgeLeaves(universe: Universe, provider: UniverseProvider, derivation: Derivation, random: Random): void {
    const leaves = leavesOf(derivation);
    const worldOf = (kept: typeof leaves): UniverseProvider =>
      new UniverseProvider(onlyLeaves(universe, kept, ({ admits }) => provider.requirement(admits)));
    const reduced = worldOf(leaves);
    if (solveEagerly(reduced).kind !== "unsatisfiable") fail("the reported facts alone have a solution", universe);
    if (this.sat(reduced)) fail("the SAT solver finds a solution to the reported facts alone", universe);
    if (leaves.length > MAX_LEAVES || random.below(LEAVES_SAMPLE) !== 0) return;
    let needed = leaves;
    for (const leaf of leaves) {
      const fewer = needed.filter((one) => one !== leaf);
      if (!this.sat(worldOf(fewer))) needed = fewer;
    }
    this.tally.leaves += leaves.length;
    this.tally.superfluousLeaves += leaves.length - needed.length;
  }

  private judgeOutcome(universe: Universe, provider: UniverseProvider, outcome: Outcome): void {
    if (outcome.kind !== "solved" && outcome.kind !== "unsatisfiable") fail(`stopped with ${outcome.kind}`, universe);
    this.tally.conflicts += outcome.statistics.conflicts;
    if (outcome.kind === "solved") {
      this.tally.satisfiable += 1;
      const flaw = flawOf(universe, outcome.decisions) ?? checkSelection(outcome.decisions, provider, 0, 0);
      if (flaw !== undefined) fail(flaw, universe);
      return;
    }
    this.tally.unsatisfiable += 1;
    this.tally.proofSteps += outcome.derivation.nodes.length;
    if (this.sat(provider)) fail("the SAT solver finds a solution", universe);
    const size = universe.packages.reduce((product, candidates) => product * (candidates.length + 1), 1);
    if (size < 5000 && isSatisfiableByBruteForce(universe)) fail("brute force finds a solution", universe);
    const flaw = checkDerivation(outcome.derivation, provider, 0, 0);
    if (flaw !== undefined) fail(`the proof is wrong: ${flaw}`, universe);
  }

  private judgeLaziness(universe: Universe, provider: UniverseProvider, outcome: Outcome, random: Random): void {
    const lazy = solveLazily(provider, 0, 0, (needs) => {
      // Anything from one fact to all of them, in any order.
      const shuffled = random.shuffled(needs);
      return random.below(2) === 0 ? shuffled : shuffled.slice(0, 1 + random.below(shuffled.length));
    });
    if (fingerprint(lazy.outcome) !== fingerprint(outcome)) fail("facts on demand change the answer", universe);
    // A solver that has solved other problems before, with the candidates of every package as roots.
    const solver = new Solver(provider);
    for (let round = 0; round < 3; round++) {
      const root = random.below(universe.packages.length);
      const count = universe.packages[root]?.length ?? 0;
      if (count === 0) continue;
      solver.start(root, random.below(count), { maxSteps: 1_000_000 });
      solver.run();
    }
    solver.start(0, 0, { maxSteps: 1_000_000 });
    const again = solver.run();
    // A proof may be asked for when the solver has left the problem already.
    if (random.below(2) === 0) solver.start(random.below(universe.packages.length), 0);
    if (fingerprint(again) !== fingerprint(outcome)) fail("earlier problems change the answer", universe);
  }
}
