import { describe, expect, it } from "vitest";
import {
  membersOf,
  type Outcome,
  RecordingProvider,
  type Snapshot,
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
      const snapshot = JSON.parse(JSON.stringify(recording.snapshot(0, 0))) as Snapshot;
      const replay = new Solver(new SnapshotProvider(snapshot));
      replay.start(snapshot.root.package, snapshot.root.candidate);
      const again = replay.run();
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
      { name: "app", candidates: [[["requires", 1, null]]] },
      { name: "lib", candidates: [[], null] },
    ]);
    expect(new SnapshotProvider(snapshot).dependencies(1, 1)).toBeUndefined();
  });
});
