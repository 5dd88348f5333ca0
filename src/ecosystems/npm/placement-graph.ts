import { sourceKey } from "./package-id.ts";
import type { LocalPackage, NpmEdgeKind } from "./project.ts";
import type { GraphNode, ProjectGraph } from "./selected-graph.ts";
import type { PackageManifest } from "./packument.ts";

/** A dependency between placeable packages. */
export interface PlacementEdge {
  readonly name: string;
  readonly spec: string;
  readonly kind: NpmEdgeKind;
  readonly to: Placeable | undefined;
  /** Where it stands among the edges of its package. */
  readonly index: number;
  /** Whether it must be found from the package's own folder, and is there: all but a package's peers, and what is absent. */
  readonly isOwn: boolean;
}

/**
 * What one folder can hold: a package version together with everything it resolves to. Instances that differ in
 * nothing are one placeable, so one copy serves them all.
 */
export interface Placeable {
  readonly number: number;
  /** Equal for what is installed from the same source. */
  readonly key: string;
  readonly kind: GraphNode["kind"];
  readonly version: string;
  readonly manifest: PackageManifest | undefined;
  readonly local: LocalPackage | undefined;
  /** By name, ascending. */
  readonly edges: readonly PlacementEdge[];
  readonly edgeByName: ReadonlyMap<string, PlacementEdge>;
  /** Whether it asks its surroundings for something: few do. */
  readonly hasPeers: boolean;
}

/**
 * Stands for what is known by its name alone: what a package's tarball carries along. It is nothing that a dependency could
 * find, so nothing is looked up past it, and as the favourite for a name it keeps that name away from the root.
 */
export const unknownContent: Placeable = {
  number: -1,
  key: "unknown",
  kind: "package",
  version: "",
  manifest: undefined,
  local: undefined,
  edges: [],
  edgeByName: new Map(),
  hasPeers: false,
};

function keyOf(node: GraphNode): string {
  if (node.kind === "root") return "root";
  return sourceKey(node.manifest, node.local);
}

/** Merges what cannot be told apart (the coarsest bisimulation) and gives a placeable per class. */
export function placeablesOf(graph: ProjectGraph): ReadonlyMap<GraphNode, Placeable> {
  let classes = numbered(graph.nodes.map(keyOf));
  for (let count = new Set(classes).size; ;) {
    const keys = graph.nodes.map((node, index) => {
      const edges = node.edges.map((edge) => `${edge.name}=${edge.to === undefined ? "-" : classes[edge.to.number]}`);
      return `${classes[index]}|${edges.join("|")}`;
    });
    classes = numbered(keys);
    const refined = new Set(classes).size;
    if (refined === count) break;
    count = refined;
  }
  const placeables = new Map<number, Placeable & { edges: PlacementEdge[]; edgeByName: Map<string, PlacementEdge> }>();
  const result = new Map<GraphNode, Placeable>();
  graph.nodes.forEach((node, index) => {
    const number = classes[index] ?? 0;
    let placeable = placeables.get(number);
    if (placeable === undefined) {
      placeable = {
        number,
        key: keyOf(node),
        kind: node.kind,
        version: node.local?.version ?? node.manifest?.version ?? "",
        manifest: node.manifest,
        local: node.local,
        edges: [],
        edgeByName: new Map(),
        hasPeers: node.edges.some(({ kind }) => isPeerKind(kind)),
      };
      placeables.set(number, placeable);
    }
    result.set(node, placeable);
  });
  for (const [node, placeable] of result) {
    const target = placeables.get(placeable.number);
    if (target === undefined || target.edges.length > 0) continue;
    for (const { name, spec, kind, to } of node.edges) {
      const isPeerOfPackage = isPeerKind(kind) && node.kind === "package";
      const edge: PlacementEdge = {
        name,
        spec,
        kind,
        to: to === undefined ? undefined : result.get(to),
        index: target.edges.length,
        isOwn: to !== undefined && !isPeerOfPackage,
      };
      target.edges.push(edge);
      target.edgeByName.set(name, edge);
    }
  }
  return result;
}

function isPeerKind(kind: NpmEdgeKind): boolean {
  return kind === "peer" || kind === "peerOptional";
}

function numbered(keys: readonly string[]): number[] {
  const numbers = new Map<string, number>();
  return keys.map((key) => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
}
