import { compareBytewise } from "../model/order.ts";
import type { EcosystemId, EdgeKind } from "../model/requirement.ts";
import type { Edge, PackageId, ResolvedPackage, ResolvedRoot, Resolution } from "../model/resolution.ts";
import type { SystemName } from "../model/target.ts";

/** A root or a package, as reports show it. */
export interface GraphNode {
  readonly id: PackageId;
  readonly ecosystem: EcosystemId;
  /** The package's name, or the manifest's file. */
  readonly name: string;
  /** Absent for roots without one. */
  readonly version?: string;
  readonly isRoot: boolean;
  readonly package?: ResolvedPackage;
  readonly root?: ResolvedRoot;
}

/** All edges between two nodes, as one line of a report. */
export interface GraphLink {
  readonly from: GraphNode;
  readonly to: GraphNode;
  /** Sorted by importance, each once. */
  readonly kinds: readonly EdgeKind[];
  /** The ranges as written, each once. */
  readonly ranges: readonly string[];
  readonly aliases: readonly string[];
  readonly whys: readonly string[];
  /** The systems on which it exists; all when absent. */
  readonly systems?: readonly SystemName[];
}

/** Edge kinds, the most important first; links are sorted by them. */
const KIND_ORDER: readonly EdgeKind[] = ["runtime", "peer", "optional", "build", "link", "tool", "dev"];

/** A resolution as a graph that can be walked both ways; every list is in a fixed order. */
export class DependencyGraph {
  readonly resolution: Resolution;
  readonly roots: readonly GraphNode[];
  readonly packages: readonly GraphNode[];
  readonly #nodes = new Map<PackageId, GraphNode>();
  readonly #out: ReadonlyMap<PackageId, readonly GraphLink[]>;
  readonly #in: ReadonlyMap<PackageId, readonly GraphLink[]>;

  constructor(resolution: Resolution) {
    this.resolution = resolution;
    this.roots = resolution.roots.map(rootNode).toSorted((left, right) => compareBytewise(left.name, right.name));
    this.packages = resolution.packages.map(packageNode).toSorted(compareNodes);
    for (const node of [...this.roots, ...this.packages]) this.#nodes.set(node.id, node);
    const links = this.#mergeEdges(resolution.edges);
    this.#out = groupLinks(links, "from", "to");
    this.#in = groupLinks(links, "to", "from");
  }

  node(id: PackageId): GraphNode | undefined {
    return this.#nodes.get(id);
  }

  /** What a node depends on. */
  dependencies(node: GraphNode): readonly GraphLink[] {
    return this.#out.get(node.id) ?? [];
  }

  /** What depends on a node. */
  dependents(node: GraphNode): readonly GraphLink[] {
    return this.#in.get(node.id) ?? [];
  }

  /** Every link once, in the order of their starting nodes. */
  links(): readonly GraphLink[] {
    return [...this.roots, ...this.packages].flatMap((node) => this.dependencies(node));
  }

  #mergeEdges(edges: readonly Edge[]): readonly GraphLink[] {
    const groups = new Map<string, Edge[]>();
    for (const edge of edges) {
      const key = `${edge.from}\n${edge.to}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [edge]);
      else group.push(edge);
    }
    return [...groups.values()].flatMap((group) => {
      const from = this.#nodes.get(group[0]?.from ?? "");
      const to = this.#nodes.get(group[0]?.to ?? "");
      return from === undefined || to === undefined ? [] : [mergeGroup(from, to, group)];
    });
  }
}

/** The links of each node at its `near` end, sorted by what is at the far end. */
function groupLinks(
  links: readonly GraphLink[],
  near: "from" | "to",
  far: "from" | "to",
): ReadonlyMap<PackageId, readonly GraphLink[]> {
  const groups = new Map<PackageId, GraphLink[]>();
  for (const link of links) {
    const group = groups.get(link[near].id);
    if (group === undefined) groups.set(link[near].id, [link]);
    else group.push(link);
  }
  for (const group of groups.values()) group.sort((left, right) => compareLinks(left, right, far));
  return groups;
}

function mergeGroup(from: GraphNode, to: GraphNode, group: readonly Edge[]): GraphLink {
  const link = {
    from,
    to,
    kinds: KIND_ORDER.filter((kind) => group.some((edge) => edge.kind === kind)),
    ranges: distinct(group.map((edge) => edge.range)),
    aliases: distinct(group.map((edge) => edge.alias)),
    whys: distinct(group.map((edge) => edge.why)),
  };
  const isEverywhere = group.some((edge) => edge.systems === undefined);
  return isEverywhere ? link : { ...link, systems: distinct(group.flatMap((edge) => edge.systems ?? [])) };
}

function distinct(values: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== undefined))].toSorted(compareBytewise);
}

function rootNode(root: ResolvedRoot): GraphNode {
  const { id, ecosystem, file: name, version } = root;
  return { id, ecosystem, name, isRoot: true, root, ...(version === undefined ? {} : { version }) };
}

function packageNode(resolved: ResolvedPackage): GraphNode {
  const { id, ecosystem, name, version } = resolved;
  return { id, ecosystem, name, version, isRoot: false, package: resolved };
}

function compareNodes(left: GraphNode, right: GraphNode): number {
  return (
    compareBytewise(left.ecosystem, right.ecosystem) ||
    compareBytewise(left.name, right.name) ||
    compareBytewise(left.id, right.id)
  );
}

function compareLinks(left: GraphLink, right: GraphLink, far: "from" | "to"): number {
  return kindRank(left) - kindRank(right) || compareNodes(left[far], right[far]);
}

function kindRank({ kinds }: GraphLink): number {
  const [first] = kinds;
  return first === undefined ? KIND_ORDER.length : KIND_ORDER.indexOf(first);
}
