import { describe, expect, it } from "vitest";
import {
  formatSnapshot,
  InvalidSnapshot,
  membersOf,
  type Outcome,
  parseSnapshot,
  RecordingProvider,
  replaySnapshot,
  SnapshotProvider,
  Solver,
} from "../../src/solver/index.ts";
import { fingerprint } from "./judge.ts";
import { Random, randomUniverse, SHAPES } from "./random-universe.ts";
import { UniverseProvider } from "./universe.ts";

/** Takes the least preferred candidate, so that choices have to be recorded. */
class Lowest extends UniverseProvider {
  choose(_: number, admissible: Int32Array): number {
    return membersOf(admissible).at(-1) ?? 0;
  }
  get order(): "fewest-first" | "depth-first" {
    return this.universe.packages.length % 2 === 0 ? "depth-first" : "fewest-first";
  }
  priority(package_: number): number {
    return package_ % 2;
  }
}

function candidatesOf(outcome: Outcome): readonly number[] {
  return outcome.kind === "solved" ? [...outcome.decisions.values()] : [];
}

describe("snapshots", () => {
  it("replay to the same course and the same answer, from JSON text", () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed);
      const shape = SHAPES[seed % SHAPES.length];
      if (shape === undefined) continue;
      const universe = randomUniverse(random, shape);
      const recording = new RecordingProvider(seed % 2 === 0 ? new UniverseProvider(universe) : new Lowest(universe));
      const solver = new Solver(recording);
      solver.start(0, 0);
      const outcome = solver.run();
      const snapshot = parseSnapshot(formatSnapshot(recording.snapshot(0, 0)));
      const { outcome: again, missingFacts } = replaySnapshot(snapshot);
      expect(missingFacts).toBe(0);
      kinds.add(again.kind);
      expect(again.kind).toBe(outcome.kind);
      expect("statistics" in again && again.statistics).toEqual("statistics" in outcome && outcome.statistics);
      expect(candidatesOf(again)).toEqual(candidatesOf(outcome));
      const second = new Solver(new SnapshotProvider(snapshot));
      second.start(0, 0);
      expect(fingerprint(second.run())).toBe(fingerprint(again));
    }
    expect(kinds).toEqual(new Set(["solved", "unsatisfiable"]));
  });

  it("says what it does not know", () => {
    const universe = {
      packages: [[{ edges: [{ to: 1, kind: "requires" as const }] }], [{ edges: [] }, { edges: [] }]],
    };
    const recording = new RecordingProvider(new UniverseProvider(universe));
    const solver = new Solver(recording);
    solver.start(0, 0);
    solver.run();
    const snapshot = recording.snapshot(0, 0, { nameOf: (package_) => ["app", "lib"][package_] ?? "" });
    expect(snapshot.packages).toEqual([
      { name: "app", candidates: [[["requires", 1, 0]]] },
      { name: "lib", candidates: [[], null] },
    ]);
    const provider = new SnapshotProvider(snapshot);
    expect(provider.dependencies(1, 1)).toBeUndefined();
    provider.exclude([{ package: 1, candidate: 1 }]);
    expect(provider.dependencies(1, 1)).toMatchObject({ kind: "unavailable" });
  });

  it("rule out what another solver asks for and they lack, and say so", () => {
    const { missingFacts, outcome } = replaySnapshot({
      format: "enki-problem",
      version: 1,
      root: { package: 0, candidate: 0 },
      packages: [
        { name: "app", candidates: [[["requires", 1, 0]]] },
        { name: "lib", candidates: [null, [["constrains", 2, 0]]] },
        { name: "other", candidates: null },
      ],
    });
    expect(missingFacts).toBe(1);
    expect(candidatesOf(outcome)).toEqual([0, 1]);
  });
});

describe("parseSnapshot", () => {
  const root = { package: 0, candidate: 0 };
  const head = { format: "enki-problem", version: 1, root };
  const app = { name: "app", candidates: [[]] };

  it.each([
    ["format", { ...head, format: "x", packages: [app] }],
    ["version", { ...head, version: 9, packages: [app] }],
    ["the snapshot has an unknown key", { ...head, packages: [app], more: 1 }],
    ["order", { ...head, order: "last", packages: [app] }],
    ["packages must be a list", { ...head, packages: {} }],
    ["root.package", { ...head, root: { package: 1, candidate: 0 }, packages: [app] }],
    ["root.candidate", { ...head, root: { package: 0, candidate: -1 }, packages: [app] }],
    ["root.candidate refers to nothing", { ...head, packages: [{ name: "app", candidates: [] }] }],
    ["packages[0] must be an object", { ...head, packages: [null] }],
    ["packages[0].name", { ...head, packages: [{ candidates: [[]] }] }],
    ["packages[0].candidates", { ...head, packages: [{ name: "app" }] }],
    ["packages[0].candidates[0]", { ...head, packages: [{ name: "app", candidates: ["x"] }] }],
    ["packages[0].candidates[0].unavailable", { ...head, packages: [{ name: "app", candidates: [{}] }] }],
    ["packages[0].candidates[0][0]", { ...head, packages: [{ name: "app", candidates: [[[]]] }] }],
    ["packages[0].candidates[0][0][0]", { ...head, packages: [{ name: "a", candidates: [[["needs", 0, 0]]] }] }],
    ["packages[0].candidates[0][0][1]", { ...head, packages: [{ name: "a", candidates: [[["same", 1, 0]]] }] }],
    ["packages[0].candidates[0][0][2]", { ...head, packages: [{ name: "a", candidates: [[["requires", 0, 1]]] }] }],
    ["packages[0].candidates[0][0][3]", { ...head, packages: [{ name: "a", candidates: [[["same", 0, 0, 0]]] }] }],
    [
      "ties packages",
      {
        ...head,
        packages: [
          { name: "a", candidates: [[["same", 1, 0]]] },
          { name: "b", candidates: [] },
        ],
      },
    ],
    ["packages[0].versions", { ...head, packages: [{ ...app, versions: [] }] }],
    ["packages[0].versions[0]", { ...head, packages: [{ ...app, versions: [1] }] }],
    ["packages[0].missing", { ...head, packages: [{ ...app, missing: "gone" }] }],
    ["packages[0].priority", { ...head, packages: [{ ...app, priority: 0.5 }] }],
    ["packages[0].hasAllDependencies", { ...head, packages: [{ ...app, hasAllDependencies: false }] }],
    ["packages[0].requirements[0]", { ...head, packages: [{ ...app, requirements: [[]] }] }],
    ["packages[0].requirements[0][0][0]", { ...head, packages: [{ ...app, requirements: [[[[1, 1]], ""]] }] }],
    ["packages[0].requirements[0][0][0][1]", { ...head, packages: [{ ...app, requirements: [[[[0, 1e9]], ""]] }] }],
    ["packages[0].unavailable[0].candidates", { ...head, packages: [{ ...app, unavailable: [{ reason: "" }] }] }],
    ["packages[0].unavailable[0].reason", { ...head, packages: [{ ...app, unavailable: [{ candidates: [] }] }] }],
    [
      "packages[0].choices[0].candidate",
      { ...head, packages: [{ ...app, choices: [{ admissible: [], candidate: 1 }] }] },
    ],
    ["origins must be a list", { ...head, packages: [app], origins: "x" }],
  ])("says where a file is wrong: %s", (path, value) => {
    const read = (): unknown => parseSnapshot(JSON.stringify(value));
    expect(read).toThrow(InvalidSnapshot);
    expect(read).toThrow(path);
  });

  it("refuses text that is not JSON, and takes names of the prototype for names", () => {
    expect(() => parseSnapshot("{")).toThrow("is not JSON");
    const text = `{"format":"enki-problem","version":1,"root":{"package":0,"candidate":0},"packages":[{"name":"__proto__","candidates":[[]]}],"__proto__":{}}`;
    expect(() => parseSnapshot(text)).toThrow("unknown key");
    expect(parseSnapshot(JSON.stringify({ ...head, packages: [app] })).packages).toEqual([app]);
  });
});
