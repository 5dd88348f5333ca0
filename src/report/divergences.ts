import { neutralise } from "../model/neutralise.ts";
import { compareBytewise } from "../model/order.ts";
import type { EcosystemId } from "../model/requirement.ts";
import type { Resolution } from "../model/resolution.ts";
import type { SystemName } from "../model/target.ts";
import type { Paint } from "./paint.ts";

/** A package whose versions are not the same on all systems. */
export interface Divergence {
  readonly ecosystem: EcosystemId;
  readonly name: string;
  /** The versions on each system that was resolved for, in the order of the targets; none where it is not needed. */
  readonly versions: ReadonlyMap<SystemName, readonly string[]>;
}

/**
 * Where the answers for several systems differ, sorted by ecosystem and name. Binaries that are locked for all systems
 * and chosen when they are installed (npm's) do not differ.
 */
export function findDivergences({ packages, instances, targets }: Resolution): readonly Divergence[] {
  const systems = targets.map(({ system }) => system);
  if (systems.length < 2) return [];
  const systemsOf = new Map<string, Set<SystemName>>();
  for (const { package: id, systems: some = systems } of instances) {
    const known = systemsOf.get(id) ?? new Set();
    for (const system of some) known.add(system);
    systemsOf.set(id, known);
  }
  const divergences = new Map<string, { ecosystem: EcosystemId; name: string; versions: Map<SystemName, string[]> }>();
  for (const { id, ecosystem, name, version } of packages) {
    const key = `${ecosystem}\n${name}`;
    const divergence = divergences.get(key) ?? {
      ecosystem,
      name,
      versions: new Map(systems.map((system) => [system, []])),
    };
    for (const system of systemsOf.get(id) ?? systems) divergence.versions.get(system)?.push(version);
    divergences.set(key, divergence);
  }
  return [...divergences]
    .filter(([, { versions }]) => new Set([...versions.values()].map((list) => list.join("\n"))).size > 1)
    .toSorted(([left], [right]) => compareBytewise(left, right))
    .map(([, divergence]) => divergence);
}

/** `pypi uvloop 0.21 on x86_64-linux, 0.19 on aarch64-darwin`; `opam eio_posix 1.2 only on aarch64-darwin`. */
export function renderDivergence({ ecosystem, name, versions }: Divergence, paint: Paint): string {
  const places = new Map<string, SystemName[]>();
  for (const [system, list] of versions) {
    if (list.length === 0) continue;
    const words = list.map(neutralise).join(" and ");
    places.set(words, [...(places.get(words) ?? []), system]);
  }
  const only = places.size === 1 ? "only " : "";
  const parts = [...places].map(([words, systems]) => `${paint("version", words)} ${only}on ${systems.join(" and ")}`);
  return `${paint("ecosystem", neutralise(ecosystem))} ${paint("name", neutralise(name))} ${parts.join(", ")}`;
}
