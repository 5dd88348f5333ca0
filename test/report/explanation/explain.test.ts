import { describe, expect, it } from "vitest";
import { explain } from "../../../src/report/explanation/explain.ts";
import { checkDerivation, Solver } from "../../../src/solver/index.ts";
import { CASES } from "./cases.ts";
import { Scenario } from "./scenario.ts";

describe("explain", () => {
  it.each(CASES)("$name", ({ problem }) => {
    const scenario = new Scenario(problem);
    const solver = new Solver(scenario);
    solver.start(0, 0);
    const outcome = solver.run();
    if (outcome.kind !== "unsatisfiable") throw new Error(`unexpected ${outcome.kind}`);
    expect(checkDerivation(outcome.derivation, scenario, 0, 0)).toBeUndefined();
    const { text, tree, hints } = explain(outcome.derivation, scenario);
    // Synthetic packages are never shown under a name of their own.
    expect(text + tree).not.toMatch(/either|lock-|slot-/u);
    expect(
      ["", text, "", tree, ...hints.map((hint) => `hint[${hint.code}]: ${hint.text}`), ""].join("\n"),
    ).toMatchSnapshot();
  });
});
