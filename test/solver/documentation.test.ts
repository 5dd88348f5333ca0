import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/report/explanation/explain.ts";
import * as solverLibrary from "../../src/solver/index.ts";
import { Scenario } from "../report/explanation/scenario.ts";

const page = readFileSync(new URL("../../docs/solver.md", import.meta.url), "utf8");

/** The blocks of one language, in order. */
function blocks(language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gmu)]
    .filter(([, name]) => name === language)
    .map(([, , content]) => content ?? "");
}

describe("docs/solver.md", () => {
  it("has a provider that prints what the page says", () => {
    const [code = ""] = blocks("js");
    const [expected = ""] = blocks("text");
    expect(code.trim().split("\n").length).toBeLessThan(50);
    const printed: string[] = [];
    const script = code.replace(/^import .*$/mu, "");
    runInNewContext(script, {
      ...solverLibrary,
      console: { log: (...words: readonly unknown[]) => printed.push(words.join(" ")) },
    });
    expect(printed.join("\n")).toBe(expected.trim());
  });

  it("explains its example as the page says", () => {
    const problems = blocks("problem");
    const texts = blocks("explanation");
    const traces = blocks("trace");
    expect(problems.length).toBeGreaterThan(0);
    for (const [index, problem] of problems.entries()) {
      const scenario = new Scenario(problem);
      const solver = new solverLibrary.Solver(scenario);
      solver.start(0, 0);
      const outcome = solver.run();
      const text = outcome.kind === "unsatisfiable" ? explain(outcome.derivation, scenario).text : outcome.kind;
      const { decisions, conflicts, propagations } =
        "statistics" in outcome ? outcome.statistics : { decisions: 0, conflicts: 0, propagations: 0 };
      const trace = `${decisions} decisions, ${conflicts} conflicts, ${propagations} propagations`;
      expect(trace).toBe(traces[index]?.trim());
      expect(text).toBe(texts[index]?.trim());
    }
  });
});
