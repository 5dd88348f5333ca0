import { describe, expect, it } from "vitest";
import { ANY_VERSION, type Outcome, type Provider, rangeSet } from "../../src/solver/index.ts";
import { solveEagerly } from "./judge.ts";
import { solveLazily } from "./lazy-provider.ts";

const any = (package_: number) => ({ package: package_, requirement: ANY_VERSION, kind: "requires" as const });

function selected(outcome: Outcome): number {
  if (outcome.kind !== "solved") throw new Error(`unexpected ${outcome.kind}`);
  return outcome.decisions.size;
}

/** The least processor time of three runs: what else the machine does, and compiling, say nothing about the solver. */
function leastCpuMs(run: () => void): number {
  const samples = [1, 2, 3].map(() => {
    const started = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  });
  return Math.min(...samples);
}

describe("scale", () => {
  it("follows a chain of 50,000 packages", () => {
    const provider: Provider = {
      facts: () => ({ count: 3 }),
      dependencies: (package_) => (package_ < 49_999 ? [any(package_ + 1)] : []),
      matches: () => rangeSet(3, 0, 3),
    };
    expect(selected(solveEagerly(provider))).toBe(50_000);
  });

  it("proves that a chain of 50,000 packages that ends in nothing has no solution", () => {
    const provider: Provider = {
      facts: (package_) => ({ count: package_ < 50_000 ? 1 : 0 }),
      dependencies: (package_) => [any(package_ + 1)],
      matches: () => rangeSet(1, 0, 1),
    };
    const outcome = solveEagerly(provider);
    expect(outcome.kind === "unsatisfiable" && outcome.derivation.nodes.length).toBeGreaterThan(50_000);
  });

  it("takes a root of 10,000 requirements, asking for all of them at once", () => {
    const provider: Provider = {
      facts: (package_) => ({ count: package_ === 0 ? 1 : 5 }),
      dependencies: (package_) => (package_ === 0 ? Array.from({ length: 10_000 }, (_, index) => any(index + 1)) : []),
      matches: () => rangeSet(5, 0, 5),
    };
    const { outcome, rounds } = solveLazily(provider, 0, 0, (needs) => needs);
    expect(selected(outcome)).toBe(10_001);
    // The root, its list, the 10,000 candidate lists, their dependencies.
    expect(rounds).toBe(4);
  });

  it("decides a 2,000-way alternative whose last choice is the only one, in under a second", () => {
    // Package 1 is the alternative; choice i needs package 2 + i, which all but the last can't have.
    const provider: Provider = {
      facts: (package_) => ({
        count: package_ === 1 ? 2000 : package_ === 2001 || package_ === 0 ? 1 : 0,
        hasAllDependencies: true,
      }),
      dependencies: (package_, candidate) => (package_ === 0 ? [any(1)] : package_ === 1 ? [any(2 + candidate)] : []),
      matches: () => rangeSet(1, 0, 1),
    };
    expect(leastCpuMs(() => expect(selected(solveEagerly(provider))).toBe(3))).toBeLessThan(1000);
  });

  it("decides a 2,000-way alternative that conflicts with 2,000 packages selected before", () => {
    const provider: Provider = {
      facts: (package_) => ({ count: package_ === 1 ? 2000 : 1 }),
      dependencies: (package_, candidate) =>
        package_ === 0
          ? [...Array.from({ length: 1999 }, (_, index) => any(index + 2)), any(1)]
          : package_ === 1 && candidate < 1999
            ? [{ package: candidate + 2, requirement: 1, kind: "constrains" }]
            : [],
      matches: () => new Int32Array(1),
    };
    expect(leastCpuMs(() => expect(selected(solveEagerly(provider))).toBe(2001))).toBeLessThan(1000);
  });

  it("asks for what many packages need in few rounds", () => {
    // A tree of 4 levels with 10 branches each: each level takes two rounds, dependencies and candidates.
    const provider: Provider = {
      facts: () => ({ count: 2 }),
      dependencies: (package_) =>
        package_ < 1111 ? Array.from({ length: 10 }, (_, index) => any(package_ * 10 + index + 1)) : [],
      matches: () => rangeSet(2, 0, 2),
    };
    const { outcome, rounds } = solveLazily(provider, 0, 0, (needs) => needs);
    expect(selected(outcome)).toBe(11_111);
    expect(rounds).toBeLessThanOrEqual(12);
  });
});
