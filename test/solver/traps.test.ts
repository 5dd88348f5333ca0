import { describe, expect, it } from "vitest";
import { ANY_VERSION, checkDerivation, type Outcome, type Provider, rangeSet, Solver } from "../../src/solver/index.ts";
import { Judge, solveEagerly } from "./judge.ts";
import { Random } from "./random-universe.ts";
import { type Universe, type UniverseCandidate, UniverseProvider } from "./universe.ts";

const leaf = { edges: [] };

/** Judges one universe in every way and returns the outcome. */
async function judged(universe: Universe): Promise<Outcome> {
  return (await Judge.create()).judge(universe, new Random(1));
}

/** A candidate with one requirement. */
function to(target: number, ...admits: number[]): UniverseCandidate {
  return { edges: [{ to: target, kind: "requires", admits }] };
}

/** A provider in which every requirement `r` means "the candidates from r - 1 on", and `list` says the dependencies. */
function generated(counts: (package_: number) => number, list: Provider["dependencies"]): Provider {
  return {
    facts: (package_) => ({ count: counts(package_), hasAllDependencies: true }),
    dependencies: list,
    matches: (package_, requirement) => rangeSet(counts(package_), requirement - 1, counts(package_)),
  };
}

describe("traps", () => {
  it("(a) a dependency that no candidate fulfils is a term that always holds: it is dropped, and 500 versions fall at once", () => {
    // foo has 500 versions, each of which needs a version of bar that does not exist.
    const provider: Provider = {
      facts: (package_) => ({ count: [1, 500, 3][package_] ?? 0 }),
      dependencies: (package_) =>
        package_ === 0
          ? [{ package: 1, requirement: ANY_VERSION, kind: "requires" }]
          : package_ === 1
            ? [{ package: 2, requirement: 1, kind: "requires" }]
            : [],
      matches: () => new Int32Array(1),
    };
    const outcome = solveEagerly(provider);
    expect(outcome.kind).toBe("unsatisfiable");
    // The window of candidates that are looked at doubles: nothing near 500 steps.
    expect(outcome.kind === "unsatisfiable" && outcome.statistics.decisions).toBeLessThan(30);
    expect(outcome.kind === "unsatisfiable" && checkDerivation(outcome.derivation, provider, 0, 0)).toBeUndefined();
  });

  it("(b) a package that depends on itself keeps one term on itself", async () => {
    const root = [{ edges: [{ to: 1, kind: "requires" as const }] }];
    expect((await judged({ packages: [root, [to(1, 0)]] })).kind).toBe("solved");
    expect((await judged({ packages: [root, [to(1, 1), to(1, 0)]] })).kind).toBe("unsatisfiable");
    const outcome = await judged({ packages: [root, [to(1, 1, 2), to(1, 0, 2), to(1, 0, 1, 2)]] });
    expect(outcome.kind === "solved" && outcome.decisions.get(1)).toBe(2);
  });

  it("(d) tables grow: many packages, many candidates, sparse package numbers", () => {
    const provider = generated(
      (package_) => (package_ === 0 ? 1 : package_ < 1_000_000 ? 3000 : 1),
      (package_, candidate) =>
        package_ === 0
          ? Array.from({ length: 300 }, (_, index) => ({
              package: index * 977 + 1,
              requirement: 2000,
              kind: "requires",
            }))
          : package_ < 1_000_000
            ? [
                { package: 1_000_000 + package_, requirement: ANY_VERSION, kind: "requires" },
                { package: ((package_ * 31) % 300) * 977 + 1, requirement: candidate + 1, kind: "constrains" },
              ]
            : [],
    );
    const outcome = solveEagerly(provider);
    expect(outcome.kind).toBe("solved");
    expect(outcome.kind === "solved" && outcome.decisions.size).toBe(601);
  });

  it("(ocaml-pubgrub db78058) negative terms that say nothing do not keep the solver busy for ever", async () => {
    // Requirements and constraints with empty ranges, on packages with and without candidates, in a cycle.
    const universe: Universe = {
      packages: [
        [
          {
            edges: [
              { to: 1, kind: "requires" },
              { to: 3, kind: "constrains", admits: [] },
            ],
          },
        ],
        [
          { edges: [{ to: 2, kind: "requires", admits: [] }] },
          { edges: [{ to: 3, kind: "requires", admits: [] }] },
          {
            edges: [
              { to: 4, kind: "constrains", admits: [] },
              { to: 2, kind: "requires" },
            ],
          },
        ],
        [
          {
            edges: [
              { to: 1, kind: "requires" },
              { to: 3, kind: "constrains", admits: [] },
            ],
          },
        ],
        [],
        [leaf],
      ],
    };
    const outcome = await judged(universe);
    expect(outcome.kind === "solved" && [...outcome.decisions]).toEqual([
      [0, 0],
      [1, 2],
      [2, 0],
    ]);
  });

  it("(ocaml-pubgrub 84fa932) knowing where a package is not does not mean that it is somewhere", async () => {
    // The constraint takes candidate 0 of package 2 away while nothing has required package 2: it must not be selected.
    const constrained = { edges: [{ to: 2, kind: "constrains" as const, admits: [1] }] };
    const without = await judged({
      packages: [[{ edges: [{ to: 1, kind: "requires" }] }], [constrained], [leaf, leaf]],
    });
    expect(without.kind === "solved" && without.decisions.has(2)).toBe(false);
    const conflicting = await judged({
      packages: [
        [
          {
            edges: [
              { to: 1, kind: "requires" },
              { to: 3, kind: "requires" },
            ],
          },
        ],
        [constrained],
        [leaf, leaf],
        [{ edges: [{ to: 2, kind: "requires", admits: [0] }] }, leaf],
      ],
    });
    expect(conflicting.kind === "solved" && [...conflicting.decisions.keys()].toSorted((a, b) => a - b)).toEqual([
      0, 1, 3,
    ]);
  });

  it("solves cycles of three packages with several ways round", async () => {
    const outcome = await judged({
      packages: [
        [{ edges: [{ to: 1, kind: "requires" }] }],
        [to(2, 0), to(2, 1)],
        [to(3, 0), to(3, 1)],
        [to(1, 1), to(1, 1)],
      ],
    });
    expect(outcome.kind === "solved" && outcome.decisions.get(1)).toBe(1);
  });

  it("refuses ties between packages with different numbers of candidates, and choices that are not admissible", () => {
    const solver = new Solver(
      new UniverseProvider({
        packages: [[{ edges: [{ to: 1, kind: "requires" }] }], [{ edges: [{ to: 2, kind: "same" }] }], [leaf, leaf]],
      }),
    );
    solver.start(0, 0);
    expect(() => solver.run()).toThrow("list different numbers of candidates");
    const provider: Provider = {
      ...generated(
        (package_) => package_ + 1,
        (package_) => (package_ === 0 ? [{ package: 1, requirement: 2, kind: "requires" }] : []),
      ),
      choose: () => 0,
    };
    expect(() => solveEagerly(provider)).toThrow("not admissible");
  });
});
