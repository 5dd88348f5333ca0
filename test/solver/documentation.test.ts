import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/report/explanation/explain.ts";
import * as solverLibrary from "../../src/solver/index.ts";
import { Scenario } from "../report/explanation/scenario.ts";
import { traceOf } from "./trace.ts";

const page = readFileSync(new URL("../../docs/solver.md", import.meta.url), "utf8");
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The blocks of one language, in order. */
function blocks(language: string, text = page): string[] {
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gmu)]
    .filter(([, name]) => name === language)
    .map(([, , content]) => content ?? "");
}

/** What a program of the documentation prints. */
function output(code: string): string {
  const printed: string[] = [];
  const script = code.replace(/^import .*$/mu, "");
  runInNewContext(script, {
    ...solverLibrary,
    console: { log: (...words: readonly unknown[]) => printed.push(words.join(" ")) },
  });
  return printed.join("\n");
}

describe("README.md", () => {
  it("has a provider in 30 lines that prints what the page says", () => {
    const [code = ""] = blocks("js", readme);
    expect(code.trim().split("\n").length).toBeLessThanOrEqual(30);
    const lines = output(code).split("\n");
    expect(lines).toEqual(["app 1", "web 3", "log 1"]);
    expect(readme).toContain(`It prints ${lines.map((line) => `\`${line}\``).join(", ")}.`);
  });
});

describe("docs/solver.md", () => {
  it("has a provider that prints what the page says", () => {
    const [code = ""] = blocks("js");
    const [expected = ""] = blocks("text");
    expect(code.trim().split("\n").length).toBeLessThan(50);
    expect(output(code)).toBe(expected.trim());
  });

  it("takes the course that the page says, and explains its examples in the same words", () => {
    const problems = blocks("problem");
    const texts = blocks("explanation");
    const traces = blocks("trace");
    expect(problems.length).toBeGreaterThan(0);
    expect([texts.length, traces.length]).toEqual([problems.length, problems.length]);
    for (const [index, problem] of problems.entries()) {
      const scenario = new Scenario(problem);
      const solver = new solverLibrary.Solver(scenario);
      solver.start(0, 0);
      const outcome = solver.run();
      const text = outcome.kind === "unsatisfiable" ? explain(outcome.derivation, scenario).text : outcome.kind;
      const { decisions, conflicts, propagations } =
        "statistics" in outcome ? outcome.statistics : { decisions: 0, conflicts: 0, propagations: 0 };
      const counts = `${decisions} decisions, ${conflicts} conflicts, ${propagations} propagations`;
      const steps = traceOf(scenario, {
        name: (package_) => scenario.describe(package_).label,
        version: (package_, candidate) =>
          scenario.describeVersions(
            package_,
            solverLibrary.filterSet(31, (other) => other === candidate),
          ),
      });
      expect([...steps, counts].join("\n")).toBe(traces[index]?.trim());
      expect(text).toBe(texts[index]?.trim());
    }
  });
});
