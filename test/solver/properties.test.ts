import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Judge } from "./judge.ts";
import { arbitraryUniverse, Random, randomUniverse, SHAPES } from "./random-universe.ts";

describe("every answer stands up to the judges", () => {
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

  it("on universes that look like registries", () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const random = new Random(seed);
      const shape = SHAPES[seed % SHAPES.length];
      if (shape !== undefined) judge.judge(randomUniverse(random, shape), random);
    }
    // Both kinds of answer, and real search, have to be among them: otherwise the test would prove little.
    expect(judge.tally.satisfiable).toBeGreaterThan(500);
    expect(judge.tally.unsatisfiable).toBeGreaterThan(500);
    expect(judge.tally.conflicts).toBeGreaterThan(1000);
    expect(judge.tally.proofSteps).toBeGreaterThan(5000);
  });
});
