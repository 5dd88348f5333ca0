import { describe, expect, it } from "vitest";
import { Solver } from "../../src/solver/index.ts";
import { flawOf, type Universe, type UniverseEdge, UniverseProvider } from "./universe.ts";

function requires(to: number, ...admits: number[]): UniverseEdge {
  return admits.length === 0 ? { to, kind: "requires" } : { to, kind: "requires", admits };
}

function solve(universe: Universe): ReadonlyMap<number, number> | undefined {
  const solver = new Solver(new UniverseProvider(universe));
  solver.start(0, 0);
  const outcome = solver.run();
  if (outcome.kind === "unsatisfiable") return undefined;
  if (outcome.kind !== "solved") throw new Error(`unexpected ${outcome.kind}`);
  expect(flawOf(universe, outcome.decisions)).toBeUndefined();
  return outcome.decisions;
}

describe("Solver", () => {
  it("selects the most preferred candidates", () => {
    const leaf = { edges: [] };
    const universe = {
      packages: [[{ edges: [requires(1)] }], [{ edges: [requires(2, 1, 2)] }, leaf], [leaf, leaf, leaf]],
    };
    expect([...(solve(universe) ?? [])]).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
    ]);
  });

  it("goes back when a preferred candidate can't be used", () => {
    const leaf = { edges: [] };
    const universe = {
      packages: [[{ edges: [requires(1), requires(2, 1)] }], [{ edges: [requires(2, 0)] }, leaf], [leaf, leaf]],
    };
    expect(solve(universe)?.get(1)).toBe(1);
  });

  it("finds nothing when two requirements exclude each other", () => {
    const leaf = { edges: [] };
    const universe = { packages: [[{ edges: [requires(1, 0), requires(1, 1)] }], [leaf, leaf]] };
    expect(solve(universe)).toBeUndefined();
  });

  it("does not select the target of a constraint that nothing requires, and does not even ask for it", () => {
    class Watchful extends UniverseProvider {
      readonly asked: number[] = [];
      override facts(package_: number): ReturnType<UniverseProvider["facts"]> {
        this.asked.push(package_);
        return super.facts(package_);
      }
    }
    const provider = new Watchful({
      packages: [[{ edges: [{ to: 1, kind: "constrains", admits: [] }] }], [{ edges: [] }]],
    });
    const solver = new Solver(provider);
    solver.start(0, 0);
    const outcome = solver.run();
    expect(outcome.kind === "solved" && [...outcome.decisions]).toEqual([[0, 0]]);
    expect(provider.asked).toEqual([0]);
  });

  it("selects tied packages at the same candidate", () => {
    const tied = { edges: [{ to: 2, kind: "same" as const }] };
    const leaf = { edges: [] };
    const universe = {
      packages: [[{ edges: [requires(1), requires(2, 1, 2)] }], [tied, tied, tied], [leaf, leaf, leaf]],
    };
    expect(solve(universe)?.get(1)).toBe(1);
  });
});
