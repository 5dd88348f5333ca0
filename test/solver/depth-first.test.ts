import { describe, expect, it } from "vitest";
import { ANY_VERSION, fullSet, Solver, type Dependency, type Provider } from "../../src/solver/index.ts";

function requires(package_: number): Dependency {
  return { package: package_, requirement: ANY_VERSION, kind: "requires" };
}

/** Packages by index with the packages that their only two candidates require. */
function provider(edges: readonly (readonly number[])[], order: "fewest-first" | "depth-first"): Provider {
  return {
    order,
    facts: (package_) => ({ count: package_ === 0 ? 1 : package_ === 3 ? 2 : 4 }),
    dependencies: (package_) => (edges[package_] ?? []).map(requires),
    matches: (package_) => fullSet(package_ === 0 ? 1 : 2),
  };
}

describe("depth-first order", () => {
  // 0 needs 1, 2, 3; 1 needs 4; 4 needs 5 and goes back to 1; 3 has the fewest candidates.
  const edges = [[1, 2, 3], [4], [], [], [5, 1], []];

  it("follows the dependencies in the order of writing", () => {
    const solver = new Solver(provider(edges, "depth-first"));
    solver.start(0, 0);
    const outcome = solver.run();
    expect(outcome.kind === "solved" && [...outcome.decisions.keys()]).toEqual([0, 1, 4, 5, 2, 3]);
  });

  it("is not the default", () => {
    const solver = new Solver(provider(edges, "fewest-first"));
    solver.start(0, 0);
    const outcome = solver.run();
    expect(outcome.kind === "solved" && [...outcome.decisions.keys()][1]).toBe(3);
  });
});
