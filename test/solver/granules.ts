/**
 * Registries in which a package may be selected once per compatible range, as crates may, and their lowering to a
 * universe: a package per name and major version, and for each requirement that spans several majors a package of its own
 * whose candidates are these majors.
 */
import { type Cadical } from "cadical-wasm";
import type { Random } from "./random-universe.ts";
import type { Universe, UniverseCandidate, UniverseEdge } from "./universe.ts";

/** A requirement on versions `from` to `until` (exclusive) of a name. Version v has the major `v div 3`. */
interface Wish {
  readonly name: number;
  readonly from: number;
  readonly until: number;
}

/** What each version of each name requires; `undefined` where there is no such version. */
export interface GranuleRegistry {
  readonly root: readonly Wish[];
  readonly names: readonly (readonly (readonly Wish[] | undefined)[])[];
}

const VERSIONS_PER_MAJOR = 3;
const MAJORS = 3;

export function randomGranules(random: Random): GranuleRegistry {
  const count = 2 + random.below(5);
  const wish = (): Wish => {
    const from = random.below(VERSIONS_PER_MAJOR * MAJORS);
    return { name: random.below(count), from, until: from + 1 + random.below(5) };
  };
  const wishes = (most: number): readonly Wish[] => Array.from({ length: random.below(most + 1) }, wish);
  return {
    root: [wish(), ...wishes(3)],
    names: Array.from({ length: count }, () =>
      Array.from({ length: VERSIONS_PER_MAJOR * MAJORS }, () => (random.below(4) === 0 ? undefined : wishes(3))),
    ),
  };
}

function granule(name: number, major: number): number {
  return 1 + name * MAJORS + major;
}

/** The universe; package 0 is the root. */
export function lowered({ root, names }: GranuleRegistry): Universe {
  const packages: (readonly UniverseCandidate[])[] = [[]];
  for (let index = 0; index < names.length * MAJORS; index++) packages.push([]);
  /** Newest first; the candidates of a granule are the versions that exist. */
  const versionsOf = (name: number, major: number): readonly number[] =>
    Array.from({ length: VERSIONS_PER_MAJOR }, (_, index) => (major + 1) * VERSIONS_PER_MAJOR - 1 - index).filter(
      (version) => names[name]?.[version] !== undefined,
    );
  const within = ({ name, from, until }: Wish, major: number): UniverseEdge => ({
    to: granule(name, major),
    kind: "requires",
    admits: versionsOf(name, major).flatMap((version, index) => (version >= from && version < until ? [index] : [])),
  });
  const edgeOf = (wish: Wish): UniverseEdge => {
    const first = Math.floor(wish.from / VERSIONS_PER_MAJOR);
    const last = Math.min(MAJORS - 1, Math.floor((wish.until - 1) / VERSIONS_PER_MAJOR));
    if (first === last) return within(wish, first);
    const majors = Array.from({ length: last - first + 1 }, (_, index) => last - index);
    packages.push(majors.map((major) => ({ edges: [within(wish, major)] })));
    return { to: packages.length - 1, kind: "requires" };
  };
  packages[0] = [{ edges: root.map(edgeOf) }];
  for (const [name, versions] of names.entries()) {
    for (let major = 0; major < MAJORS; major++) {
      packages[granule(name, major)] = versionsOf(name, major).map((version) => ({
        edges: (versions[version] ?? []).map(edgeOf),
      }));
    }
  }
  return { packages };
}

/** Whether the registry itself has an answer, asked without any lowering: a variable per version, one per name and major. */
export function hasAnswer({ root, names }: GranuleRegistry, cadical: Cadical): boolean {
  const all = VERSIONS_PER_MAJOR * MAJORS;
  const variable = (name: number, version: number): number => 1 + name * all + version;
  const admitted = ({ name, from, until }: Wish): number[] =>
    (names[name] ?? []).flatMap((wishes, version) =>
      wishes !== undefined && version >= from && version < until ? [variable(name, version)] : [],
    );
  const clauses: number[][] = root.map(admitted);
  for (const [name, versions] of names.entries()) {
    for (const [version, wishes] of versions.entries()) {
      const one = variable(name, version);
      for (const wish of wishes ?? []) clauses.push([-one, ...admitted(wish)]);
      for (let other = version + 1; other % VERSIONS_PER_MAJOR !== 0; other++) {
        clauses.push([-one, -variable(name, other)]);
      }
    }
  }
  cadical.addClauses(clauses);
  return cadical.solve() === "satisfiable";
}
