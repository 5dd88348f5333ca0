import { assert, asyncProperty, integer } from "fast-check";
import { describe, expect, it } from "vitest";

import type { CaseAnswer } from "./resolver-cases/case.ts";
import type { WrittenRelease } from "./helpers/index-builder.ts";
import type { RandomProblem } from "./helpers/random-registry.ts";
import { Dice } from "../../helpers/dice.ts";
import { randomProblem } from "./helpers/random-registry.ts";
import { solveCase } from "./helpers/run-case.ts";

const seeds = integer({ min: 0, max: 2 ** 31 });
const runs = { numRuns: 120 };

/** The answer, which {@link solveCase} has had checked by the independent checker. */
async function answerTo(problem: RandomProblem, versions?: "lowest" | "lowest-direct"): Promise<CaseAnswer> {
  const { answer } = await solveCase({ name: "random", ...problem, ...(versions === undefined ? {} : { versions }) });
  return answer;
}

function isSolved(answer: CaseAnswer): boolean {
  return typeof answer !== "string";
}

describe("properties of random registries", () => {
  it("finds an answer with the lowest versions exactly when there is one with the highest", async () => {
    let solved = 0;
    await assert(
      asyncProperty(seeds, async (seed) => {
        const problem = randomProblem(seed);
        const highest = isSolved(await answerTo(problem));
        solved += highest ? 1 : 0;
        expect(isSolved(await answerTo(problem, "lowest"))).toBe(highest);
      }),
      runs,
    );
    // The generator must make problems of both kinds.
    expect(solved).toBeGreaterThan(runs.numRuns / 5);
    expect(solved).toBeLessThan(runs.numRuns - 5);
  });

  it("solves with lowest direct versions only what can be solved at all", async () => {
    await assert(
      asyncProperty(seeds, async (seed) => {
        const problem = randomProblem(seed);
        const isPossible = isSolved(await answerTo(problem));
        expect(isSolved(await answerTo(problem, "lowest-direct")) && !isPossible).toBe(false);
      }),
      runs,
    );
  });

  it("gives the same answer again, and in any order of the index", async () => {
    await assert(
      asyncProperty(seeds, async (seed) => {
        const problem = randomProblem(seed);
        const answer = await answerTo(problem);
        expect(await answerTo(problem)).toEqual(answer);
        expect(await answerTo({ ...problem, releases: problem.releases.toReversed() })).toEqual(answer);
      }),
      runs,
    );
  });

  it("is not broken by removing dependencies", async () => {
    await assert(
      asyncProperty(seeds, async (seed) => {
        const problem = randomProblem(seed);
        if (!isSolved(await answerTo(problem))) return;
        const dice = new Dice(seed + 1);
        const releases = problem.releases.map((written) => {
          const removed = dice.pick(written.deps);
          if (removed === undefined || typeof removed === "string" || !dice.isLucky(50)) return written;
          const name = removed.on.split(" ")[0] ?? "";
          return withoutDependency(written, name);
        });
        expect(isSolved(await answerTo({ ...problem, releases }))).toBe(true);
      }),
      runs,
    );
  });

  it("does not care about releases that it does not use", async () => {
    await assert(
      asyncProperty(seeds, async (seed) => {
        const problem = randomProblem(seed);
        const answer = await answerTo(problem);
        const dice = new Dice(seed + 2);
        const releases = problem.releases.filter(({ id }) => answer.includes(id) || !dice.isLucky(40));
        expect(isSolved(await answerTo({ ...problem, releases }))).toBe(isSolved(answer));
      }),
      runs,
    );
  });
});

/** A release without a dependency and without the entries of features that name it. */
function withoutDependency(written: WrittenRelease, name: string): WrittenRelease {
  const features = Object.entries(written.features ?? {}).map(([feature, values]): [string, readonly string[]] => [
    feature,
    values.filter((value) => value.split(/[/?]/u)[0] !== name),
  ]);
  return {
    ...written,
    deps: written.deps.filter((dependency) => typeof dependency !== "string" && dependency.on.split(" ")[0] !== name),
    // What was an implicit feature stays one that others may ask for.
    features: { [name]: [], ...Object.fromEntries(features) },
  };
}
