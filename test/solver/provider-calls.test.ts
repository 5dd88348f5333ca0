import { describe, expect, it } from "vitest";
import { ANY_VERSION, type Need, type Outcome, type Provider, Solver } from "../../src/solver/index.ts";
import { Random, randomUniverse, SHAPES } from "./random-universe.ts";
import { type Universe, UniverseProvider } from "./universe.ts";

/**
 * Counts what it is asked, apart from what it answers with "not known yet". With `isLazy` it knows only what it was taught.
 */
class CountingProvider implements Provider {
  readonly answered = new Map<string, number>();
  /** What was asked in vain since {@link teach}. */
  readonly inVain = new Map<string, number>();
  chosen = 0;
  private readonly source: UniverseProvider;
  private readonly isLazy: boolean;
  private readonly known = new Set<string>();

  constructor(universe: Universe, isLazy: boolean) {
    this.source = new UniverseProvider(universe);
    this.isLazy = isLazy;
  }

  teach(needs: readonly Need[]): void {
    for (const need of needs) this.known.add(nameOf(need));
    this.inVain.clear();
  }

  facts(package_: number): ReturnType<Provider["facts"]> {
    return this.answer(nameOf({ package: package_ }), () => this.source.facts(package_));
  }

  dependencies(package_: number, candidate: number): ReturnType<Provider["dependencies"]> {
    return this.answer(nameOf({ package: package_, candidate }), () => this.source.dependencies(package_, candidate));
  }

  matches(package_: number, requirement: number): Int32Array {
    if (requirement === ANY_VERSION) throw new Error("everybody knows what any version is");
    const name = `matches ${package_} ${requirement}`;
    this.answered.set(name, (this.answered.get(name) ?? 0) + 1);
    return this.source.matches(package_, requirement);
  }

  choose(_: number, admissible: Int32Array): number {
    this.chosen += 1;
    const word = admissible.findIndex((bits) => bits !== 0);
    const bits = admissible[word] ?? 0;
    return word * 32 + (31 - Math.clz32(bits & -bits));
  }

  private answer<T>(name: string, look: () => T): T | undefined {
    const isKnown = !this.isLazy || this.known.has(name);
    const counts = isKnown ? this.answered : this.inVain;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return isKnown ? look() : undefined;
  }
}

function nameOf({ package: package_, candidate }: Need): string {
  return candidate === undefined ? `package ${package_}` : `candidate ${package_} ${candidate}`;
}

/** Random universes with conflicts enough. */
function universes(count: number): readonly Universe[] {
  return Array.from({ length: count }, (_, seed) => {
    const shape = SHAPES[seed % SHAPES.length];
    if (shape === undefined) throw new Error("there is no shape");
    return { ...randomUniverse(new Random(seed + 70_000), shape), hasAllDependencies: seed % 3 === 0 };
  });
}

function decisionsOf(outcome: Outcome): number {
  if (!("statistics" in outcome)) throw new Error("the solver has not finished");
  return outcome.statistics.decisions;
}

/** How often a fact that is not known yet is asked for in one run: by what can't go on, and by what names all needs. */
const MOST_IN_VAIN = 2;

/**
 * Why the calls are bounded, however long the search is: the solver keeps every answer with the number that it was asked by (a
 * package, a candidate, a package with a requirement), and looks there first. So there can't be more answers than facts; only
 * `choose` is asked for each decision, because its answer may depend on what is selected. A run that lacks a fact ends, and
 * names it, so there are not more runs than facts either.
 */
describe("what a provider is asked", () => {
  it("is asked once, whatever the search does, and not again for other problems", () => {
    let decisions = 0;
    for (const universe of universes(400)) {
      const provider = new CountingProvider(universe, false);
      const solver = new Solver(provider);
      const { packages } = universe;
      for (const [root, candidates] of [...packages.entries(), ...packages.entries()]) {
        for (const candidate of candidates.keys()) {
          solver.start(root, candidate, { maxSteps: 100_000 });
          const before = provider.chosen;
          const outcome = solver.run();
          expect(provider.chosen - before).toBe(decisionsOf(outcome));
          decisions += decisionsOf(outcome);
        }
      }
      expect(Math.max(...provider.answered.values())).toBe(1);
    }
    // Otherwise nothing could have been asked twice.
    expect(decisions).toBeGreaterThan(30_000);
  });

  it("is named when it is not known yet, and then asked once", () => {
    let runs = 0;
    for (const [seed, universe] of universes(1500).entries()) {
      const random = new Random(seed);
      const provider = new CountingProvider(universe, true);
      const solver = new Solver(provider);
      solver.start(0, 0, { maxSteps: 100_000 });
      let taught = 0;
      for (let outcome = solver.run(); outcome.kind === "needs"; outcome = solver.run()) {
        runs += 1;
        const needed = outcome.needs.map(nameOf);
        expect(new Set(needed).size).toBe(needed.length);
        expect([...provider.inVain.keys()].filter((name) => !needed.includes(name))).toEqual([]);
        expect(Math.max(...provider.inVain.values())).toBeLessThanOrEqual(MOST_IN_VAIN);
        // The solver stopped for the first, and may go on once it is known; of the others any number may arrive.
        const first = outcome.needs.slice(0, 1 + random.below(outcome.needs.length));
        provider.teach(first);
        taught += first.length;
      }
      expect(Math.max(...provider.answered.values())).toBe(1);
      const facts = universe.packages.reduce((sum, candidates) => sum + 1 + candidates.length, 0);
      expect(taught).toBeLessThanOrEqual(facts);
    }
    expect(runs).toBeGreaterThan(5000);
  });

  it("is, without a conflict, what is selected and nothing else", () => {
    let checked = 0;
    for (const universe of universes(1500)) {
      const provider = new CountingProvider(universe, false);
      const solver = new Solver(provider);
      solver.start(0, 0);
      const outcome = solver.run();
      if (outcome.kind !== "solved" || outcome.statistics.decisions !== outcome.decisions.size - 1) continue;
      checked += 1;
      const asked = [...provider.answered.keys()].filter((name) => name.startsWith("candidate"));
      const selected = [...outcome.decisions].map(([package_, candidate]) => nameOf({ package: package_, candidate }));
      expect(asked.toSorted()).toEqual(selected.toSorted());
    }
    expect(checked).toBeGreaterThan(100);
  });
});
