import type { JsonObject } from "../model/json.ts";
import type {
  Artifact,
  Edge,
  EcosystemResolution,
  Fidelity,
  Instance,
  Provenance,
  Resolution,
  ResolvedPackage,
  ResolvedRoot,
} from "../model/resolution.ts";
import type { SystemName, Target } from "../model/target.ts";
import { byEntryKey, compareBytewise } from "../model/order.ts";

/** What was selected on one target. */
export interface TargetResolution {
  readonly target: Target;
  readonly parts: readonly EcosystemResolution[];
  /** Edges that belong to no single ecosystem: from the roots to toolchains, and declared ones. */
  readonly jointEdges: readonly Edge[];
  readonly jointRoots: readonly ResolvedRoot[];
}

/**
 * One resolution out of one per target. What is the same everywhere is written once; what exists on some systems only
 * names them, so that a reader sees at once where the systems differ.
 */
export function mergeTargets(targets: readonly TargetResolution[], excludeNewer: string | undefined): Resolution {
  const systems = targets.map((resolution) => resolution.target.system);
  const bySystem = <Item>(read: (part: EcosystemResolution) => readonly Item[]): readonly Located<Item>[] =>
    targets.flatMap(({ target, parts }) =>
      parts.flatMap((part) => read(part).map((item) => ({ system: target.system, item }))),
    );
  const jointEdges = targets.flatMap(({ target, jointEdges: edges }) =>
    edges.map((item) => ({ system: target.system, item })),
  );
  const roots = [
    ...targets.flatMap(({ jointRoots }) => jointRoots),
    ...bySystem((part) => part.roots).map(({ item }) => item),
  ];
  return {
    roots: uniqueBy(roots, (root: ResolvedRoot) => root.id),
    packages: mergePackages(bySystem((part) => part.packages)),
    instances: mergeUses(
      bySystem((part) => part.instances),
      systems,
      instanceKey,
    ),
    edges: mergeUses([...bySystem((part) => part.edges), ...jointEdges], systems, edgeKey),
    targets: targets.map(({ target }) => ({ system: target.system, tools: Object.fromEntries(target.tools) })),
    provenance: uniqueBy(
      bySystem((part) => part.provenance).map(({ item }) => item),
      (item: Provenance) => JSON.stringify([item.ecosystem, item.registry, item.revision]),
    ),
    fidelity: mergeFidelity(bySystem((part) => [part.fidelity]).map(({ item }) => item)),
    ...(excludeNewer === undefined ? {} : { excludeNewer }),
  };
}

interface Located<Item> {
  readonly system: SystemName;
  readonly item: Item;
}

function uniqueBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  const unique = new Map<string, Item>();
  for (const item of items) if (!unique.has(keyOf(item))) unique.set(keyOf(item), item);
  return [...unique].toSorted(byEntryKey).map(([, item]) => item);
}

/** Instances or edges: equal ones on several systems become one that names its systems, or none when it is on all. */
function mergeUses<Item extends Instance | Edge>(
  located: readonly Located<Item>[],
  all: readonly SystemName[],
  keyOf: (item: Item) => string,
): readonly Item[] {
  const uses = new Map<string, { item: Item; systems: Set<SystemName> }>();
  for (const { system, item } of located) {
    if (item.systems?.includes(system) === false) continue;
    const key = keyOf(item);
    const known = uses.get(key);
    if (known === undefined) uses.set(key, { item, systems: new Set([system]) });
    else known.systems.add(system);
  }
  return [...uses].toSorted(byEntryKey).map(([, { item, systems }]) => {
    const isEverywhere = systems.size === all.length;
    if (isEverywhere && item.systems === undefined) return item;
    const { systems: _replaced, ...rest } = item;
    return (isEverywhere ? rest : { ...rest, systems: [...systems].toSorted(compareBytewise) }) as Item;
  });
}

/** All that an instance says but its systems. */
function instanceKey({ package: id, environment, path, features }: Instance): string {
  return JSON.stringify([id, environment, path ?? null, features]);
}

/** All that an edge says but its systems. */
function edgeKey({ from, to, kind, environment, alias, range, why }: Edge): string {
  return JSON.stringify([from, to, kind, environment, alias ?? null, range, why ?? null]);
}

function mergePackages(located: readonly Located<ResolvedPackage>[]): readonly ResolvedPackage[] {
  const packages = new Map<string, Located<ResolvedPackage>[]>();
  for (const entry of located) {
    const known = packages.get(entry.item.id);
    if (known === undefined) packages.set(entry.item.id, [entry]);
    else known.push(entry);
  }
  return [...packages].toSorted(byEntryKey).flatMap(([, entries]) => {
    const [first] = entries;
    if (first === undefined) return [];
    const artifacts = mergeArtifacts(entries.map(({ item }) => item.artifacts));
    return [{ ...first.item, artifacts, details: mergeDetails(entries) }];
  });
}

function mergeArtifacts(lists: readonly (readonly Artifact[])[]): readonly Artifact[] {
  const artifacts = new Map<string, Artifact>();
  for (const artifact of lists.flat()) {
    const known = artifacts.get(artifact.url);
    if (known === undefined) artifacts.set(artifact.url, artifact);
    else if (known.systems !== undefined) {
      const systems = artifact.systems === undefined ? undefined : new Set([...known.systems, ...artifact.systems]);
      const { systems: _replaced, ...rest } = known;
      artifacts.set(
        artifact.url,
        systems === undefined ? rest : { ...rest, systems: [...systems].toSorted(compareBytewise) },
      );
    }
  }
  return [...artifacts.values()];
}

/** Facts that differ between systems are kept for each system under `bySystem`; the first target's stand at the top. */
function mergeDetails(entries: readonly Located<ResolvedPackage>[]): JsonObject {
  const first = entries[0]?.item.details ?? {};
  if (entries.length === 1) return first;
  const isUniform = entries.every(({ item }) => stableKey(item.details) === stableKey(first));
  if (isUniform) return first;
  return { ...first, bySystem: Object.fromEntries(entries.map(({ system, item }) => [system, item.details])) };
}

function mergeFidelity(items: readonly Fidelity[]): readonly Fidelity[] {
  const merged = new Map<string, { gaps: Set<string>; unverified: Set<string> }>();
  for (const { ecosystem, gaps, unverified } of items) {
    const known = merged.get(ecosystem) ?? { gaps: new Set<string>(), unverified: new Set<string>() };
    for (const gap of gaps) known.gaps.add(gap);
    for (const edge of unverified) known.unverified.add(edge);
    merged.set(ecosystem, known);
  }
  return [...merged].toSorted(byEntryKey).map(([ecosystem, { gaps, unverified }]) => ({
    ecosystem,
    gaps: [...gaps].toSorted(compareBytewise),
    unverified: [...unverified].toSorted(compareBytewise),
  }));
}

/** A text that is equal for equal values whatever the order in which their keys were set: JSON with sorted keys. */
function stableKey(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(stableKey).join(",")}]`;
  let text = "";
  for (const key of Object.keys(value).toSorted(compareBytewise)) {
    const inner: unknown = Reflect.get(value, key);
    if (inner !== undefined) text += `${text === "" ? "{" : ","}${JSON.stringify(key)}:${stableKey(inner)}`;
  }
  return text === "" ? "{}" : `${text}}`;
}
