import {
  type Need,
  Solver,
  type Outcome,
  type PackageFacts,
  type Dependency,
  type Provider,
  type SolverLimits,
  type Unavailable,
} from "../../src/solver/index.ts";

/** Knows nothing at first and learns what it is told to learn. */
class LazyProvider implements Provider {
  private readonly source: Provider;
  private readonly knownFacts = new Set<number>();
  private readonly knownCandidates = new Set<string>();
  readonly choose?: NonNullable<Provider["choose"]>;
  readonly priority?: NonNullable<Provider["priority"]>;

  constructor(source: Provider) {
    this.source = source;
    if (source.choose !== undefined) this.choose = source.choose.bind(source);
    if (source.priority !== undefined) this.priority = source.priority.bind(source);
  }

  learn(need: Need): void {
    this.knownFacts.add(need.package);
    if (need.candidate !== undefined) this.knownCandidates.add(`${need.package}@${need.candidate}`);
  }

  facts(package_: number): PackageFacts | undefined {
    return this.knownFacts.has(package_) ? this.source.facts(package_) : undefined;
  }

  dependencies(package_: number, candidate: number): readonly Dependency[] | Unavailable | undefined {
    const isKnown =
      this.knownCandidates.has(`${package_}@${candidate}`) || this.facts(package_)?.hasAllDependencies === true;
    return isKnown ? this.source.dependencies(package_, candidate) : undefined;
  }

  matches(package_: number, requirement: number): Int32Array {
    if (!this.knownFacts.has(package_)) throw new Error("matches was asked before facts were known");
    return this.source.matches(package_, requirement);
  }
}

/** Solves with facts that arrive in the order that `order` gives them; `extra` says what else is learned in a round. */
export function solveLazily(
  provider: Provider,
  root: number,
  candidate: number,
  order: (needs: readonly Need[]) => readonly Need[],
  limits?: SolverLimits,
): { readonly outcome: Outcome; readonly rounds: number; readonly asked: number } {
  const lazy = new LazyProvider(provider);
  const solver = new Solver(lazy);
  solver.start(root, candidate, limits);
  let asked = 0;
  for (let rounds = 0; ; rounds++) {
    const outcome = solver.run();
    if (outcome.kind !== "needs") return { outcome, rounds, asked };
    if (outcome.needs.length === 0) throw new Error("the solver stopped without a need");
    for (const need of order(outcome.needs)) {
      lazy.learn(need);
      asked += 1;
    }
    if (rounds > 100_000) throw new Error("the solver asks for ever");
  }
}
