import { expect, it } from "vitest";

import { projectRequest, summary, type SyntheticProject } from "./npm-project.ts";
import { resolveService } from "../../../src/resolve.ts";

/** Numbers from 0 to 1 that are the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}

/** Few packages, nearly all of which depend on each other, mostly as peers, in ranges that often contradict. */
function denseProject(seed: number): SyntheticProject {
  const random = randomNumbers(seed * 7919);
  const pick = (items: readonly string[]): string => items[Math.floor(random() * items.length)] ?? "";
  const names = ["a", "b", "c", "d", "e"].slice(0, 3 + Math.floor(random() * 3));
  const manifest = (self: string): object => {
    const dependencies: Record<string, string> = {};
    const peerDependencies: Record<string, string> = {};
    const peerDependenciesMeta: Record<string, object> = {};
    for (const name of names.filter((other) => other !== self)) {
      const kind = random();
      const range = pick(["*", "1", "2", "^1.0.0 || ^2.0.0"]);
      if (kind < 0.15) dependencies[name] = range;
      else if (kind < 0.55) peerDependencies[name] = range;
      if (kind > 0.5 && kind < 0.55) peerDependenciesMeta[name] = { optional: true };
    }
    return { dependencies, peerDependencies, peerDependenciesMeta };
  };
  const registry = Object.fromEntries(
    names.map((name) => {
      const versions = ["1.0.0", "2.0.0"].slice(0, 1 + Math.floor(random() * 2));
      return [name, { v: Object.fromEntries(versions.map((version) => [version, manifest(name)])) }];
    }),
  );
  const direct = names.filter(() => random() < 0.4);
  return { packageJson: { dependencies: Object.fromEntries(["a", ...direct].map((name) => [name, "*"])) }, registry };
}

it("dense circles of peers have an answer that Node can load, or none", { timeout: 120_000 }, async () => {
  const kinds = new Map<string, number>();
  for (let seed = 1; seed <= 150; seed++) {
    const result = await resolveService(projectRequest(denseProject(seed), { limits: { maxSteps: 20_000 } }));
    kinds.set(result.kind, (kinds.get(result.kind) ?? 0) + 1);
    if (result.kind !== "resolved") continue;
    expect(result.violations, `seed ${seed}: ${summary(result)}`).toEqual([]);
    expect(
      result.resolution.fidelity.flatMap(({ unverified }) => unverified),
      `seed ${seed}: ${summary(result)}`,
    ).toEqual([]);
  }
  // Both happen often, or this test shows nothing.
  expect(kinds.get("resolved")).toBeGreaterThan(40);
  expect(kinds.get("unsatisfiable")).toBeGreaterThan(20);
  expect([...kinds.keys()].toSorted()).toEqual(["resolved", "unsatisfiable"]);
});
