/** Universes made of others, whose answers are known from those of the first. */
import type { Derivation } from "../../src/solver/index.ts";
import { hasMember } from "../../src/solver/index.ts";
import type { Random } from "./random-universe.ts";
import type { Universe, UniverseCandidate, UniverseEdge } from "./universe.ts";

/** The same universe with the least preferred candidates first: as satisfiable. */
export function reversed(universe: Universe): Universe {
  const sizeOf = (package_: number): number => universe.packages[package_]?.length ?? 0;
  return withCandidates(
    { ...universe, packages: universe.packages.map((candidates) => candidates.toReversed()) },
    (candidate) => ({
      ...candidate,
      edges: candidate.edges.map((edge) =>
        edge.admits === undefined ? edge : { ...edge, admits: edge.admits.map((index) => sizeOf(edge.to) - 1 - index) },
      ),
    }),
  );
}

/** Every candidate of one package loses its first edge: what was satisfiable stays so. */
export function withoutOneEdge(universe: Universe, random: Random): Universe {
  const target = random.below(universe.packages.length);
  return withCandidates(universe, (candidate, package_) =>
    package_ === target ? { ...candidate, edges: candidate.edges.slice(1) } : candidate,
  );
}

/** Some candidates can't be used any more, none of them in `kept`. Candidates keep their places, which ties rely on. */
export function withoutCandidates(
  universe: Universe,
  kept: ReadonlyMap<number, number>,
  isDropped: () => boolean,
): Universe {
  return withCandidates(universe, (candidate, package_, index) =>
    package_ === 0 || kept.get(package_) === index || !isDropped() ? candidate : { ...candidate, unusable: "dropped" },
  );
}

/** The same universe with its packages numbered in another order; the root stays 0. `numberOf` gives the new numbers. */
export function renumbered(
  universe: Universe,
  random: Random,
): { readonly universe: Universe; readonly numberOf: readonly number[] } {
  const order = [0, ...random.shuffled(universe.packages.map((_, package_) => package_).slice(1))];
  const numberOf: number[] = [];
  for (const [place, package_] of order.entries()) numberOf[package_] = place;
  const moved = { ...universe, packages: order.map((package_) => universe.packages[package_] ?? []) };
  const edges = (candidate: UniverseCandidate): readonly UniverseEdge[] =>
    candidate.edges.map((edge) => ({ ...edge, to: numberOf[edge.to] ?? 0 }));
  return { universe: withCandidates(moved, (candidate) => ({ ...candidate, edges: edges(candidate) })), numberOf };
}

/** The same universe with the edges of every candidate in another order: as satisfiable. */
export function shuffledEdges(universe: Universe, random: Random): Universe {
  return withCandidates(universe, (candidate) => ({ ...candidate, edges: random.shuffled(candidate.edges) }));
}

/** One fact of a proof, as what it says about one candidate. */
interface Leaf {
  readonly package_: number;
  readonly versions: Int32Array;
  readonly says: "unavailable" | { readonly to: number; readonly kind: string; readonly requirement: number };
}

/** The facts that a proof rests on, but for the root and missing packages, which every universe has by itself. */
export function leavesOf({ nodes }: Derivation): readonly Leaf[] {
  return nodes.flatMap((node): Leaf[] => {
    if (node.kind !== "fact") return [];
    const { fact } = node;
    if (fact.kind === "unavailable") {
      return [{ package_: fact.package, versions: fact.versions, says: "unavailable" }];
    }
    if (fact.kind !== "dependency") return [];
    const { package: to, kind, requirement } = fact.dependency;
    return [{ package_: fact.dependent, versions: fact.versions, says: { to, kind, requirement } }];
  });
}

/** The universe in which nothing holds but what these facts say: a proof must stand there too. */
export function onlyLeaves(
  universe: Universe,
  leaves: readonly Leaf[],
  requirementOf: (edge: UniverseEdge) => number,
): Universe {
  return withCandidates(universe, (candidate, package_, index) => {
    const told = leaves.filter((leaf) => leaf.package_ === package_ && hasMember(leaf.versions, index));
    const edges = candidate.edges.filter((edge) =>
      told.some(
        ({ says }) =>
          says !== "unavailable" &&
          says.to === edge.to &&
          says.kind === edge.kind &&
          (edge.kind === "same" || says.requirement === requirementOf(edge)),
      ),
    );
    return told.some(({ says }) => says === "unavailable") ? { edges, unusable: "told" } : { edges };
  });
}

function withCandidates(
  universe: Universe,
  change: (candidate: UniverseCandidate, package_: number, index: number) => UniverseCandidate,
): Universe {
  return {
    ...universe,
    packages: universe.packages.map((candidates, package_) =>
      candidates.map((candidate, index) => change(candidate, package_, index)),
    ),
  };
}
