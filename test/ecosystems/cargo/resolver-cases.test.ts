import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { solveCase } from "./helpers/run-case.ts";
import type { CaseAnswer } from "./resolver-cases/case.ts";
import { slowMissingFeature } from "./resolver-cases/hard.ts";
import { resolverCases } from "./resolver-cases/index.ts";

// Written by `npx tsx test/oracle/cargo-cases.ts --write` from what the real cargo says.
const answers = JSON.parse(readFileSync(join(import.meta.dirname, "resolver-cases/answers.json"), "utf8")) as Record<
  string,
  CaseAnswer
>;

describe("the cases of cargo's own resolver tests", () => {
  it.each(resolverCases)("$name", async (resolverCase) => {
    const { answer } = await solveCase(resolverCase);
    expect(answer).toEqual(answers[resolverCase.name]);
  });

  it("has a frozen answer for every case and no other", () => {
    expect(Object.keys(answers).toSorted()).toEqual(resolverCases.map(({ name }) => name).toSorted());
  });

  it("is not slowed down by a feature that only the oldest version has", async () => {
    const small = await solveCase(slowMissingFeature(25));
    const large = await solveCase(slowMissingFeature(100));
    expect(large.answer).toContain("last 1.0.0");
    expect(small.answer).toContain("last 1.0.0");
    // cargo's work grows with the cube of the size, this with the size: a few decisions per version.
    expect(large.decisions).toBeLessThan(small.decisions * 5);
  });
});
