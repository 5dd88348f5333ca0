import { describe, expect, it } from "vitest";
import { findRelaxations, Solver } from "../../src/solver/index.ts";
import { Scenario } from "../report/explanation/scenario.ts";

/** The names of the packages whose requirements can be given up, a text per set. */
function relaxations(problem: string): readonly string[] {
  const scenario = new Scenario(problem);
  const solver = new Solver(scenario);
  solver.start(0, 0);
  const outcome = solver.run();
  if (outcome.kind !== "unsatisfiable") throw new Error(`unexpected ${outcome.kind}`);
  const { sets, needs } = findRelaxations(scenario, 0, 0, outcome.derivation);
  expect(needs).toEqual([]);
  return sets.map((set) => set.map((edge) => scenario.describe(edge.package).label).join("+"));
}

describe("findRelaxations", () => {
  it("names each requirement that is enough to give up, and none that plays no part", () => {
    const found = relaxations(`
      root: a ==1, other *, b ==2
      a 1: b ==1
      b 1:
      b 2:
      other 1:`);
    expect(found).toEqual(["a", "b"]);
  });

  it("names pairs when there are two separate conflicts", () => {
    const found = relaxations(`
      root: a *, gone *, b ==2
      a 1: b ==1
      b 1:
      b 2:`);
    expect(found).toEqual(["a+gone", "gone+b"]);
  });

  it("finds nothing where three requirements are in the way", () => {
    expect(relaxations("root: x *, y *, z *")).toEqual([]);
  });
});
