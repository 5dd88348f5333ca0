import { describe, expect, it } from "vitest";
import { GENERATED } from "../../bench/solver/problems.ts";
import { RegistryProvider } from "../../bench/solver/registry.ts";
import { Solver } from "../../src/solver/index.ts";

/** Problems that take too long for a test, or prove nothing in small. */
const LEFT_OUT = new Set(["backtracking disjoint"]);

describe("work per problem", () => {
  // Times differ from machine to machine; these counts do not. A change here is a change of the search.
  it.each(GENERATED.filter(({ name }) => !LEFT_OUT.has(name)))("$name", ({ load, roots }) => {
    const registry = load();
    const solver = new Solver(new RegistryProvider(registry));
    const [[package_, candidate] = [0, 0]] = roots(registry);
    const counts = [1, 2].map(() => {
      solver.start(package_, candidate);
      const outcome = solver.run();
      return "statistics" in outcome ? { kind: outcome.kind, ...outcome.statistics } : undefined;
    });
    // The second solve has everything compiled and must take the same course.
    expect(counts[1]).toEqual(counts[0]);
    expect(counts[0]).toMatchSnapshot();
  });
});
