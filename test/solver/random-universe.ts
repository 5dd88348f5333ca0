import * as fc from "fast-check";
import type { Universe, UniverseCandidate, UniverseEdge } from "./universe.ts";

/** A small repeatable source of random numbers (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * limit);
  }

  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let index = result.length - 1; index > 0; index--) {
      const other = this.below(index + 1);
      const item = result[index];
      const swapped = result[other];
      if (item === undefined || swapped === undefined) continue;
      result[index] = swapped;
      result[other] = item;
    }
    return result;
  }
}

/** How big random universes are. */
export interface Shape {
  readonly packages: number;
  readonly candidates: number;
  readonly edges: number;
}

export const SHAPES: readonly Shape[] = [
  { packages: 4, candidates: 3, edges: 3 },
  { packages: 7, candidates: 4, edges: 3 },
  { packages: 12, candidates: 6, edges: 4 },
  { packages: 6, candidates: 45, edges: 2 },
  { packages: 20, candidates: 8, edges: 6 },
  { packages: 14, candidates: 40, edges: 7 },
];

/**
 * A universe with everything in it that ecosystems lower to: plain requirements, conflicts, features tied to their base,
 * alternatives (a package whose candidates are the choices), granules (one package per compatible range), missing and
 * unusable candidates, cycles and dependencies of a package on itself.
 */
export function randomUniverse(random: Random, shape: Shape): Universe {
  const count = 2 + random.below(shape.packages - 1);
  const counts = Array.from({ length: count }, (_, package_) => {
    if (package_ === 0) return 1;
    return random.below(14) === 0 ? 0 : 1 + random.below(shape.candidates);
  });
  // Some packages are features of the one before: they list the same candidates.
  for (let package_ = 2; package_ < count; package_++) {
    if (random.below(5) === 0) counts[package_] = counts[package_ - 1] ?? 1;
  }
  const packages = counts.map((size, package_) => {
    const isFeature = package_ >= 2 && size === counts[package_ - 1] && random.below(2) === 0;
    // Neighbouring candidates mostly have the same edges, as in real registries.
    let edges: UniverseEdge[] = [];
    const changeOften = random.below(2) === 0;
    return Array.from({ length: size }, (): UniverseCandidate => {
      if (edges.length === 0 || random.below(changeOften ? 2 : 6) === 0) {
        edges = Array.from({ length: random.below(shape.edges + 1) }, () => randomEdge(random, counts, size));
        if (isFeature) edges.push({ to: package_ - 1, kind: "same" });
      }
      return {
        edges,
        ...(package_ > 0 && random.below(16) === 0 ? { unusable: `broken${random.below(2)}` } : {}),
        ...(package_ > 0 && random.below(16) === 0 ? { excluded: `yanked${random.below(2)}` } : {}),
      };
    });
  });
  return { packages, ...(random.below(2) === 0 ? { hasAllDependencies: true } : {}) };
}

function randomEdge(random: Random, counts: readonly number[], size: number): UniverseEdge {
  const to = random.below(counts.length);
  const choices = counts[to] ?? 0;
  const die = random.below(12);
  if (die === 11 && choices === size) return { to, kind: "same" };
  const kind = die >= 8 ? "constrains" : "requires";
  if (random.below(5) === 0) return { to, kind };
  const from = random.below(choices + 1);
  const until = from + random.below(choices + 1 - from) + 1;
  const admits = Array.from({ length: choices }, (_, index) => index).filter(
    (index) => (index >= from && index < until) || random.below(12) === 0,
  );
  return { to, kind, admits };
}

/** Universes that fast-check can shrink. */
export function arbitraryUniverse(maxPackages: number, maxCandidates: number): fc.Arbitrary<Universe> {
  return fc
    .array(fc.integer({ min: 0, max: maxCandidates }), { minLength: 1, maxLength: maxPackages - 1 })
    .chain((sizes) => {
      const counts = [1, ...sizes];
      const edgeOf = (size: number): fc.Arbitrary<UniverseEdge> =>
        fc.nat(counts.length - 1).chain((to) => {
          const choices = Array.from({ length: counts[to] ?? 0 }, (_, index) => index);
          const kinds =
            counts[to] === size ? (["requires", "constrains", "same"] as const) : (["requires", "constrains"] as const);
          return fc.record({ to: fc.constant(to), kind: fc.constantFrom(...kinds), admits: fc.subarray(choices) });
        });
      const candidateOf = (size: number, package_: number): fc.Arbitrary<UniverseCandidate> => {
        const edges = fc.array(edgeOf(size), { maxLength: 4 });
        if (package_ === 0) return fc.record({ edges });
        const reason = fc.constantFrom("broken", "odd");
        return fc.oneof(
          { weight: 8, arbitrary: fc.record({ edges }) },
          { weight: 1, arbitrary: fc.record({ edges, unusable: reason }) },
          { weight: 1, arbitrary: fc.record({ edges, excluded: reason }) },
        );
      };
      const packages = fc.tuple(
        ...counts.map((size, package_) => fc.array(candidateOf(size, package_), { minLength: size, maxLength: size })),
      );
      return fc.record({ packages, hasAllDependencies: fc.boolean() });
    });
}
