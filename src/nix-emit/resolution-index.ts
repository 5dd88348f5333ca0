import type { Edge, Instance, PackageId, Resolution, ResolvedPackage, ResolvedRoot } from "../model/resolution.ts";
import { compareBytewise } from "../model/order.ts";

/** A resolution with what the planners look up in it. */
export class ResolutionIndex {
  readonly resolution: Resolution;
  /** Every system of the resolution, sorted. */
  readonly systems: readonly string[];
  readonly #packages: ReadonlyMap<PackageId, ResolvedPackage>;
  readonly #edges = new Map<PackageId, Edge[]>();
  readonly #instances = new Map<PackageId, Instance[]>();

  constructor(resolution: Resolution) {
    this.resolution = resolution;
    this.systems = resolution.targets.map(({ system }) => system).toSorted(compareBytewise);
    this.#packages = new Map(resolution.packages.map((one) => [one.id, one]));
    for (const edge of resolution.edges) append(this.#edges, edge.from, edge);
    for (const instance of resolution.instances) append(this.#instances, instance.package, instance);
  }

  package(id: PackageId): ResolvedPackage | undefined {
    return this.#packages.get(id);
  }

  /** The packages of an ecosystem, sorted by id. */
  packagesOf(ecosystem: string): readonly ResolvedPackage[] {
    return this.resolution.packages
      .filter((one) => one.ecosystem === ecosystem)
      .toSorted((left, right) => compareBytewise(left.id, right.id));
  }

  edgesFrom(id: PackageId): readonly Edge[] {
    return this.#edges.get(id) ?? [];
  }

  instancesOf(id: PackageId): readonly Instance[] {
    return this.#instances.get(id) ?? [];
  }

  /** The packages of `ecosystem` that a root or package reaches in one environment, with the systems of each, sorted by id. */
  reachable(from: PackageId, ecosystem: string, environment: string): ReadonlyMap<PackageId, readonly string[]> {
    const systemsOf = new Map<PackageId, Set<string>>();
    const visit = (id: PackageId, systems: readonly string[]): void => {
      for (const edge of this.edgesFrom(id)) {
        if (edge.environment !== environment || this.package(edge.to)?.ecosystem !== ecosystem) continue;
        const known = systemsOf.get(edge.to) ?? new Set<string>();
        systemsOf.set(edge.to, known);
        const added = systems.filter((one) => (edge.systems?.includes(one) ?? true) && !known.has(one));
        for (const one of added) known.add(one);
        if (added.length > 0) visit(edge.to, added);
      }
    };
    visit(from, this.systems);
    return new Map(
      [...systemsOf]
        .filter(([, systems]) => systems.size > 0)
        .toSorted(([left], [right]) => compareBytewise(left, right))
        .map(([id, systems]) => [id, [...systems].toSorted(compareBytewise)]),
    );
  }

  /** The manifests that were resolved, sorted by file. */
  roots(): readonly ResolvedRoot[] {
    return this.resolution.roots.toSorted((left, right) => compareBytewise(left.id, right.id));
  }

  /** `systems` of a plan's line: absent when it is all of them. */
  someSystems(systems: readonly string[] | undefined): { readonly systems?: readonly string[] } {
    const chosen = this.systems.filter((system) => systems?.includes(system) ?? true);
    return chosen.length === this.systems.length ? {} : { systems: chosen };
  }
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
