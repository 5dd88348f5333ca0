import {
  type Dependency,
  type PackageFacts,
  type Provider,
  rangeSet,
  type VersionSet,
} from "../../src/solver/index.ts";

/** A half-open interval of version numbers; -1 is "no upper bound". */
export type Interval = readonly [from: number, until: number];

/** One edge of a registry: the target and the intervals that it admits. */
export interface RegistryEdge {
  readonly package: number;
  readonly intervals: readonly Interval[];
}

/** One package: version numbers in ascending order, and the edges of each. */
export interface RegistryPackage {
  readonly versions: readonly number[];
  readonly edges: readonly (readonly RegistryEdge[])[];
}

/** A registry of numbered packages with integer versions: what all solvers of the benchmark are given. */
export type Registry = ReadonlyMap<number, RegistryPackage>;

/** Collects versions in any order. */
export class RegistryBuilder {
  private readonly packages = new Map<number, { version: number; edges: readonly RegistryEdge[] }[]>();

  add(package_: number, version: number, edges: readonly RegistryEdge[]): void {
    const list = this.packages.get(package_);
    if (list === undefined) this.packages.set(package_, [{ version, edges }]);
    else list.push({ version, edges });
  }

  build(): Registry {
    return new Map(
      [...this.packages].map(([package_, list]) => {
        const ascending = list.toSorted((a, b) => a.version - b.version);
        return [
          package_,
          { versions: ascending.map((entry) => entry.version), edges: ascending.map((entry) => entry.edges) },
        ];
      }),
    );
  }
}

/** Reads `package version count (dependency k (lo hi){k}){count}`, a line per package version. */
export function parseRegistry(text: string): Registry {
  const builder = new RegistryBuilder();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const numbers = line.split(" ").map(Number);
    let at = 0;
    const next = (): number => numbers[at++] ?? 0;
    const package_ = next();
    const version = next();
    const edges = Array.from({ length: next() }, () => {
      const target = next();
      const intervals = Array.from({ length: next() }, (): Interval => [next(), next()]);
      return { package: target, intervals };
    });
    builder.add(package_, version, edges);
  }
  return builder.build();
}

/** Index of the first version that is at least `wanted`. */
function lowerBound(versions: readonly number[], wanted: number): number {
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((versions[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A registry as a provider: candidate 0 is the highest version. Everything is at hand, as after a complete download. */
export class RegistryProvider implements Provider {
  readonly registry: Registry;
  private readonly requirements: (readonly Interval[])[] = [[]];
  private readonly requirementIndex = new Map<string, number>();
  private readonly known = new Map<number, PackageFacts>();
  private readonly answers = new Map<number, readonly (readonly Dependency[])[]>();

  constructor(registry: Registry) {
    this.registry = registry;
  }

  facts(package_: number): PackageFacts {
    const known = this.known.get(package_);
    if (known !== undefined) return known;
    const count = this.registry.get(package_)?.versions.length ?? 0;
    const facts = { count, hasAllDependencies: true };
    this.known.set(package_, facts);
    return facts;
  }

  dependencies(package_: number, candidate: number): readonly Dependency[] {
    let all = this.answers.get(package_);
    if (all === undefined) {
      const edges = this.registry.get(package_)?.edges ?? [];
      all = edges.toReversed().map((list) =>
        list.map((edge) => ({
          package: edge.package,
          requirement: this.requirement(edge.intervals),
          kind: "requires" as const,
        })),
      );
      this.answers.set(package_, all);
    }
    return all[candidate] ?? [];
  }

  matches(package_: number, requirement: number): VersionSet {
    const versions = this.registry.get(package_)?.versions ?? [];
    const count = versions.length;
    const set = rangeSet(count, 0, 0);
    for (const [from, until] of this.requirements[requirement] ?? []) {
      const low = lowerBound(versions, from);
      const high = until < 0 ? count : lowerBound(versions, until);
      const part = rangeSet(count, count - high, count - low);
      for (let word = 0; word < part.length; word++) set[word] = (set[word] ?? 0) | (part[word] ?? 0);
    }
    return set;
  }

  private requirement(intervals: readonly Interval[]): number {
    const key = intervals.join(";");
    const known = this.requirementIndex.get(key);
    if (known !== undefined) return known;
    const index = this.requirements.length;
    this.requirements.push(intervals);
    this.requirementIndex.set(key, index);
    return index;
  }
}

/** A package and one of its candidates (0 is the highest version). */
export type Root = readonly [package_: number, candidate: number];

/** Every version of every package as a root, in ascending order. */
export function everyVersion(registry: Registry): readonly Root[] {
  return [...registry].flatMap(([package_, { versions }]) =>
    versions.map((_, index): Root => [package_, versions.length - 1 - index]),
  );
}

/** Every version of one package as a root, in ascending order. */
export function versionsOf(registry: Registry, package_: number): readonly Root[] {
  const count = registry.get(package_)?.versions.length ?? 0;
  return Array.from({ length: count }, (_, index): Root => [package_, count - 1 - index]);
}
