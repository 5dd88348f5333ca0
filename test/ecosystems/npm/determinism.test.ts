import { assert, asyncProperty, integer } from "fast-check";
import { describe, expect, it } from "vitest";

import type { HttpClient } from "../../../src/net/http-client.ts";
import { projectRequest, syntheticPackument, type SyntheticPackage, type SyntheticRegistry } from "./npm-project.ts";
import { resolveService } from "../../../src/resolve.ts";

/** A sequence of numbers below `limit` that depends on the seed alone. */
function numbers(seed: number): (limit: number) => number {
  let state = seed >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** A registry of 30 packages with a few versions each, which need each other's older and newer versions. */
function randomRegistry(seed: number): SyntheticRegistry {
  const next = numbers(seed);
  const names = Array.from({ length: 30 }, (_, index) => `p${index}`);
  return Object.fromEntries(
    names.map((name, index): [string, SyntheticPackage] => {
      const versions = Array.from({ length: 1 + next(4) }, (_, minor) => {
        const dependencies: Record<string, string> = {};
        const peerDependencies: Record<string, string> = {};
        for (let count = next(4); count > 0; count--) {
          const other = names[index + 1 + next(Math.max(1, names.length - index - 1))];
          if (other === undefined) continue;
          const table = next(6) === 0 ? peerDependencies : dependencies;
          table[other] = ["*", "^1.0.0", ">=1.1.0 || 1.0.0", "~1.0.0", "1.0.0"][next(5)] ?? "*";
        }
        return [`1.${minor}.0`, { dependencies, peerDependencies }] as const;
      });
      return [name, { v: Object.fromEntries(versions) }];
    }),
  );
}

/** A registry over a network on which answers come in whatever order. */
function shuffledHttp(registry: SyntheticRegistry, seed: number): HttpClient {
  const next = numbers(seed);
  return {
    async fetch(request) {
      const name = decodeURIComponent(new URL(request.url).pathname.slice(1));
      for (let turns = next(20); turns > 0; turns--) await Promise.resolve();
      if (next(4) === 0) await new Promise((resolve) => setImmediate(resolve));
      const package_ = registry[name];
      const common = { url: request.url, contentType: "application/json", isFromCache: false };
      if (package_ === undefined) return { ...common, status: 404, body: new Uint8Array() };
      const body = Buffer.from(JSON.stringify(syntheticPackument(name, package_, "https://npm.example")));
      return { ...common, status: 200, body: (await request.derive?.compute(body)) ?? body };
    },
  };
}

async function outcome(registry: SyntheticRegistry, seed: number): Promise<string> {
  const packageJson = { dependencies: { p0: "*", p1: "*", p2: "*", p5: "^1.0.0" }, devDependencies: { p3: "*" } };
  const request = projectRequest(
    { packageJson, registry },
    {
      http: shuffledHttp(registry, seed),
      registries: new Map([["npm", [{ kind: "http", url: "https://npm.example" }]]]),
    },
  );
  const result = await resolveService(request);
  if (result.kind !== "resolved") return result.kind;
  expect(result.violations).toEqual([]);
  const again = await resolveService({ ...request, previous: result.resolution });
  // A second run with the first one's lock changes nothing.
  expect(again.kind === "resolved" ? again.locks : again.kind).toEqual(result.locks);
  return JSON.stringify([result.resolution, result.locks]);
}

describe("npm's part of a resolution", () => {
  it(
    "is right, the same in whatever order answers arrive, and kept by a second run",
    { timeout: 120_000 },
    async () => {
      await assert(
        asyncProperty(integer({ min: 1, max: 1_000_000 }), async (seed) => {
          const registry = randomRegistry(seed);
          const first = await outcome(registry, seed + 1);
          expect(await outcome(registry, seed + 2)).toBe(first);
          expect(await outcome(registry, seed + 3)).toBe(first);
        }),
        { numRuns: 40 },
      );
    },
  );
});
