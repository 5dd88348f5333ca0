import { describe, expect, it } from "vitest";
import { type Outcome, type Provider, rangeSet, Solver, type SolverLimits } from "../../src/solver/index.ts";

/** Pigeons 1 to `n + 1` in `n` holes: no solution, and hard to see. */
function pigeons(n: number): Provider {
  return {
    facts: (package_) => ({ count: package_ === 0 ? 1 : n, hasAllDependencies: true }),
    dependencies: (package_, candidate) =>
      package_ === 0
        ? Array.from({ length: n + 1 }, (_, index) => ({ package: index + 1, requirement: 0, kind: "requires" }))
        : Array.from({ length: n + 1 }, (_, index) => index + 1)
            .filter((other) => other !== package_)
            .map((other) => ({ package: other, requirement: candidate + 1, kind: "constrains" })),
    matches: (_, requirement) => {
      const set = rangeSet(n, 0, n);
      set[0] = (set[0] ?? 0) & ~(1 << (requirement - 1));
      return set;
    },
  };
}

function solve(limits: SolverLimits): Outcome {
  const solver = new Solver(pigeons(10));
  solver.start(0, 0, limits);
  const outcome = solver.run();
  // The end of a run is final.
  expect(solver.run()).toBe(outcome);
  return outcome;
}

describe("limits", () => {
  it("stops after so many steps and says how far it came", () => {
    const outcome = solve({ maxSteps: 50 });
    expect(outcome).toMatchObject({ kind: "stopped", reason: "steps" });
    if (outcome.kind !== "stopped") return;
    expect(outcome.statistics.decisions + outcome.statistics.conflicts).toBe(50);
    expect(outcome.decided).toBeGreaterThan(0);
    // Eleven pigeons, each of which is decided or waits.
    expect(outcome.decided + outcome.undecided).toBe(11);
    expect(outcome.contested.length).toBe(5);
    expect(outcome.contested).not.toContain(0);
  });

  it("stops when the time is up", () => {
    let nowMs = 0;
    expect(solve({ maxTimeMs: 100, now: () => (nowMs += 10) })).toMatchObject({ kind: "stopped", reason: "time" });
    expect(nowMs).toBeLessThan(200);
  });

  it("stops when its tables get too large", () => {
    expect(solve({ maxMemoryBytes: 150_000 })).toMatchObject({ kind: "stopped", reason: "memory" });
  });

  it("stops when the signal aborts", () => {
    let looks = 0;
    const signal = {
      get aborted(): boolean {
        looks += 1;
        return looks > 20;
      },
    };
    const outcome = solve({ signal });
    expect(outcome).toMatchObject({ kind: "stopped", reason: "aborted" });
    expect(looks).toBe(21);
  });

  it("can be started again after it was stopped", () => {
    const solver = new Solver(pigeons(5));
    solver.start(0, 0, { maxSteps: 10 });
    expect(solver.run().kind).toBe("stopped");
    solver.start(0, 0);
    expect(solver.run().kind).toBe("unsatisfiable");
  });
});
