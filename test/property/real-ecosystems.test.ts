import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Resolution } from "../../src/model/resolution.ts";
import { allEcosystems } from "../helpers/run-scenario.ts";
import { isSatisfiable } from "./real-oracle.ts";
import { realUniverse } from "./real-universe.ts";
import { resolve } from "./resolve-universe.ts";

/** `ENKI_PROPERTY_RUNS=20000` tries more. */
const runs = Number(process.env["ENKI_PROPERTY_RUNS"] ?? 400);

function ecosystemOf(id: string): string {
  return id.slice(0, id.indexOf(":"));
}

/** From which ecosystem into which edges lead. */
function crossings({ edges }: Resolution): readonly string[] {
  return edges.flatMap(({ from, to }) => {
    const [left, right] = [ecosystemOf(from), ecosystemOf(to)];
    return left === right || left === "root" ? [] : [`${left} -> ${right}`];
  });
}

describe("random problems over the real ecosystems", () => {
  it("have an answer exactly when a SAT solver finds one, and the answer passes the independent checks", async () => {
    const ecosystems = await allEcosystems();
    const seen = { resolved: 0, unsatisfiable: 0, stopped: 0 };
    const crossed = new Set<string>();
    await fc.assert(
      fc.asyncProperty(realUniverse, async (universe) => {
        const result = await resolve(universe, ecosystems);
        expect(result.kind).toBe(isSatisfiable(universe) ? "resolved" : "unsatisfiable");
        seen[result.kind] += 1;
        if (result.kind !== "resolved") return;
        expect(result.violations).toEqual([]);
        for (const crossing of crossings(result.resolution)) crossed.add(crossing);
      }),
      { numRuns: runs, seed: 20_262 },
    );
    expect(Math.min(seen.resolved, seen.unsatisfiable)).toBeGreaterThan(runs / 10);
    const others = ["cargo", "npm", "opam", "pypi"];
    const wanted = others.flatMap((from) =>
      [...others, "nix"].filter((to) => to !== from).map((to) => `${from} -> ${to}`),
    );
    expect([...crossed].toSorted()).toEqual(wanted.toSorted());
  }, 600_000);
});
