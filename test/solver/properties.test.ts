import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Judge } from "./judge.ts";
import { randomGranules } from "./granules.ts";
import { arbitraryUniverse, Random, randomUniverse, SHAPES } from "./random-universe.ts";

describe("every answer stands up to the judges", { timeout: 120_000 }, () => {
  let judge: Judge;

  beforeAll(async () => {
    judge = await Judge.create();
  });

  it("on universes that shrink", () => {
    fc.assert(
      fc.property(arbitraryUniverse(6, 4), fc.integer(), (universe, seed) => {
        judge.judge(universe, new Random(seed));
      }),
      { numRuns: 600 },
    );
    expect(judge.tally.satisfiable + judge.tally.unsatisfiable).toBeGreaterThanOrEqual(600);
  });

  it("on registries with a selection per compatible range", () => {
    const before = { ...judge.tally };
    for (let seed = 1; seed <= 500; seed++) {
      const random = new Random(seed);
      judge.judgeGranules(randomGranules(random), random);
    }
    expect(judge.tally.satisfiable - before.satisfiable).toBeGreaterThan(100);
    expect(judge.tally.unsatisfiable - before.unsatisfiable).toBeGreaterThan(100);
  });

  it.each([1, 501, 1001, 1501])("on universes that look like registries, from seed %i", (firstSeed) => {
    const before = judge.tally.satisfiable + judge.tally.unsatisfiable;
    for (let seed = firstSeed; seed < firstSeed + 500; seed++) {
      const random = new Random(seed);
      const shape = SHAPES[seed % SHAPES.length];
      if (shape !== undefined) judge.judge(randomUniverse(random, shape), random);
    }
    // Each is judged with and without opinions of its provider.
    expect(judge.tally.satisfiable + judge.tally.unsatisfiable - before).toBe(1000);
  });

  it("of both kinds, after real search, and with proofs that hold hardly a fact too many", () => {
    // Otherwise the tests above would prove little.
    expect(judge.tally.satisfiable).toBeGreaterThan(500);
    expect(judge.tally.unsatisfiable).toBeGreaterThan(500);
    expect(judge.tally.conflicts).toBeGreaterThan(1000);
    expect(judge.tally.proofSteps).toBeGreaterThan(5000);
    expect(judge.tally.leaves).toBeGreaterThan(100);
    expect(judge.tally.superfluousLeaves / judge.tally.leaves).toBeLessThan(0.05);
  });
});
