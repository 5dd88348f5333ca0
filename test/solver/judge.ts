import { loadCadical, Cadical } from "cadical-wasm";
import {
  checkDerivation,
  checkSelection,
  membersOf,
  type Outcome,
  type Provider,
  Solver,
} from "../../src/solver/index.ts";
import { solveLazily } from "./lazy-provider.ts";
import { Random } from "./random-universe.ts";
import { encode } from "./sat-encoding.ts";
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

function fail(message: string, universe: Universe): never {
  throw new Error(`${message}\n${JSON.stringify(universe)}`);
}

/** What a judge counts. */
export interface Tally {
  satisfiable: number;
  unsatisfiable: number;
  conflicts: number;
  proofSteps: number;
}

/** Puts a universe to every test there is: selection or proof valid, SAT oracle, laziness, reuse, and transformations. */
export class Judge {
  private readonly sat: (provider: Provider) => boolean;
  readonly tally: Tally = { satisfiable: 0, unsatisfiable: 0, conflicts: 0, proofSteps: 0 };

  private constructor(sat: (provider: Provider) => boolean) {
    this.sat = sat;
  }

  static async create(): Promise<Judge> {
    const module = await loadCadical();
    return new Judge((provider) => {
      const cadical = new Cadical(module, { quiet: true });
      cadical.addClauses(encode(provider, 0, 0).clauses);
      const status = cadical.solve();
      cadical.dispose();
      return status === "satisfiable";
    });
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
    const isSatisfiable = outcome.kind === "solved";
    const reversed = solveEagerly(new UniverseProvider(reverse(universe)));
    if ((reversed.kind === "solved") !== isSatisfiable) fail("reversed versions are not as satisfiable", universe);
    const larger: Universe = {
      ...universe,
      packages: [...universe.packages, [{ edges: [{ to: 0, kind: "requires" }] }]],
    };
    if (fingerprint(solveEagerly(new UniverseProvider(larger))) !== fingerprint(outcome)) {
      fail("an unreachable package changed the answer", universe);
    }
    if (isSatisfiable) {
      const smaller = withoutOneEdge(universe, random);
      if (solveEagerly(new UniverseProvider(smaller)).kind !== "solved")
        fail("less edges are less satisfiable", universe);
    }
    return outcome;
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
    if (fingerprint(solver.run()) !== fingerprint(outcome)) fail("earlier problems change the answer", universe);
  }
}

/** The same universe with the least preferred candidates first. */
function reverse(universe: Universe): Universe {
  const sizeOf = (package_: number): number => universe.packages[package_]?.length ?? 0;
  return {
    ...universe,
    packages: universe.packages.map((candidates) =>
      candidates.toReversed().map((candidate) => ({
        ...candidate,
        edges: candidate.edges.map((edge) =>
          edge.admits === undefined
            ? edge
            : { ...edge, admits: edge.admits.map((index) => sizeOf(edge.to) - 1 - index) },
        ),
      })),
    ),
  };
}

function withoutOneEdge(universe: Universe, random: Random): Universe {
  const target = random.below(universe.packages.length);
  return {
    ...universe,
    packages: universe.packages.map((candidates, package_) =>
      package_ !== target
        ? candidates
        : candidates.map((candidate) => ({ ...candidate, edges: candidate.edges.slice(1) })),
    ),
  };
}
