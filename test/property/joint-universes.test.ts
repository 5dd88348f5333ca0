import * as fc from "fast-check";
import * as Logic from "logic-solver";
import { describe, expect, it } from "vitest";
import { resolveService } from "../../src/resolve.ts";
import { resolveRequest } from "../helpers/resolve-request.ts";
import { toyEcosystem, toyManifest, toyRangeAdmits, type ToyRegistry } from "../helpers/toy-ecosystem.ts";

const ecosystemIds = ["alpha", "beta", "gamma", "delta", "epsilon"] as const;
const packageNames = ["a", "b", "c"] as const;

/** A range over versions 1 to 4, or a requirement on a version that never exists. */
const range = fc.constantFrom("*", "1", "2", "3", "4", "1-2", "2-3", "2-4", "1 3", "1 4", "9");

function requirements(maxKeys: number): fc.Arbitrary<Record<string, string>> {
  const key = fc
    .tuple(fc.constantFrom(...ecosystemIds), fc.constantFrom(...packageNames))
    .map(([ecosystem, name]) => `${ecosystem}:${name}`);
  return fc.dictionary(key, range, { maxKeys });
}

/** Five ecosystems of up to three packages with up to four versions each; edges go in every direction. */
const universe = fc.record({
  registries: fc.tuple(
    ...ecosystemIds.map(() =>
      fc.record(
        Object.fromEntries(
          packageNames.map((name) => [
            name,
            fc.dictionary(fc.constantFrom("1", "2", "3", "4"), requirements(3), { maxKeys: 4 }),
          ]),
        ),
        { requiredKeys: [] },
      ),
    ),
  ),
  root: requirements(5),
});

type Universe = typeof universe extends fc.Arbitrary<infer Value> ? Value : never;

/** Inside its own ecosystem a package is named without a prefix. */
function localNames(ecosystem: string, requires: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(requires).map(([name, wanted]) => [
      name.startsWith(`${ecosystem}:`) ? name.slice(ecosystem.length + 1) : name,
      wanted,
    ]),
  );
}

function registryOf(ecosystem: string, packages: Universe["registries"][number]): ToyRegistry {
  return Object.fromEntries(
    Object.entries(packages).map(([name, versions]) => [
      name,
      Object.fromEntries(
        Object.entries(versions ?? {}).map(([version, requires]) => [version, localNames(ecosystem, requires)]),
      ),
    ]),
  );
}

/** A solver brings a heap of 16 MB, so one serves many universes, each with variables of its own. */
const universesPerSolver = 200;
let shared = new Logic.Solver();
let served = 0;

/** `ENKI_PROPERTY_RUNS=20000` tries more. */
const runs = Number(process.env["ENKI_PROPERTY_RUNS"] ?? 1_000);

/** Whether MiniSat finds a selection: one variable per version, at most one version per name, every edge a clause. */
function isSatisfiable({ registries, root }: Universe): boolean {
  if (served % universesPerSolver === 0) shared = new Logic.Solver();
  const solver = shared;
  const mark = `${String(served++)} `;
  const versions = new Map<string, string[]>();
  ecosystemIds.forEach((ecosystem, index) => {
    for (const [name, all] of Object.entries(registries[index] ?? {})) {
      versions.set(`${ecosystem}:${name}`, Object.keys(all ?? {}));
    }
  });
  const candidates = (name: string, wanted: string): string[] =>
    (versions.get(name) ?? [])
      .filter((version) => toyRangeAdmits(wanted, version))
      .map((version) => `${mark}${name}@${version}`);
  for (const [name, all] of versions)
    solver.require(Logic.atMostOne(all.map((version) => `${mark}${name}@${version}`)));
  ecosystemIds.forEach((ecosystem, index) => {
    for (const [name, all] of Object.entries(registries[index] ?? {})) {
      for (const [version, requires] of Object.entries(all ?? {})) {
        for (const [dependency, wanted] of Object.entries(requires)) {
          solver.require(
            Logic.implies(`${mark}${ecosystem}:${name}@${version}`, Logic.or(candidates(dependency, wanted))),
          );
        }
      }
    }
  });
  // With nothing selected all of the above holds, so only what the root asks for has to be an assumption.
  const wishes = Object.entries(root).map(([name, wanted]) => Logic.or(candidates(name, wanted)));
  return solver.solveAssuming(Logic.and(wishes)) !== null;
}

describe("random joint problems", () => {
  it("have an answer exactly when a SAT solver finds one, and the answer passes the independent check", async () => {
    const seen = { resolved: 0, unsatisfiable: 0 };
    await fc.assert(
      fc.asyncProperty(universe, async (problem) => {
        const ecosystems = ecosystemIds.map((id, index) =>
          toyEcosystem(id, registryOf(id, problem.registries[index] ?? {})),
        );
        const manifests = [toyManifest("alpha", localNames("alpha", problem.root))];
        const result = await resolveService(resolveRequest(ecosystems, manifests));
        expect(result.kind).toBe(isSatisfiable(problem) ? "resolved" : "unsatisfiable");
        if (result.kind === "resolved" && result.violations.length > 0) {
          throw new Error(`the answer breaks its own requirements: ${JSON.stringify(result.violations)}`);
        }
        if (result.kind !== "stopped") seen[result.kind]++;
      }),
      { numRuns: runs, seed: 20_261 },
    );
    // A generator that only made easy or only hopeless problems would prove nothing.
    expect(Math.min(seen.resolved, seen.unsatisfiable)).toBeGreaterThan(runs / 10);
  }, 180_000);
});
