import type { PackageIndex, RequirementIndex } from "../../solver/provider.ts";
import type { Selection } from "../ecosystem.ts";
import type { ProblemBuilder } from "./problem-builder.ts";
import type { InstanceNode, ProjectState, Scope, ScopeEdge, SlotNode } from "./problem-nodes.ts";
import type { PackageManifest } from "./packument.ts";
import { tombstoneManifest } from "./tombstone.ts";
import type { LocalPackage, NpmEdgeKind } from "./project.ts";
import { isReadableRange, rangeHolds } from "./version-range.ts";

/** One dependency of a selected package. */
export interface GraphEdge {
  readonly name: string;
  readonly rawSpec: string;
  /** What is admitted: after overrides, and with what is accepted in its place. */
  readonly spec: string;
  readonly kind: NpmEdgeKind;
  /** `undefined` when it is not there: optional peers nobody else needs. */
  readonly to: GraphNode | undefined;
  /** What was filled for it; `undefined` for peers that their own dependent is. */
  readonly slot: SlotNode | undefined;
}

/** One selected package in one surrounding: a root, a workspace, a linked folder, or an instance. */
export interface GraphNode {
  /** Dense, in the order of discovery. */
  readonly number: number;
  readonly kind: "root" | "workspace" | "folder" | "package";
  readonly state: ProjectState;
  readonly instance: InstanceNode | undefined;
  readonly local: LocalPackage | undefined;
  /** What the package says; `undefined` for roots and workspaces. */
  readonly manifest: PackageManifest | undefined;
  edges: readonly GraphEdge[];
}

/** Which candidate each slot has: the solver's selection, with the changes of later passes. */
export interface SlotChoices {
  candidate(package_: PackageIndex): number | undefined;
}

/** What is needed to follow a selection. */
export interface GraphContext {
  readonly builder: ProblemBuilder;
  readonly selection: SlotChoices;
}

/** A graph of one root project. */
export interface ProjectGraph {
  readonly state: ProjectState;
  readonly root: GraphNode;
  readonly workspaces: readonly GraphNode[];
  /** Everything reachable, roots and workspaces first. */
  readonly nodes: readonly GraphNode[];
}

/** Follows a selection from a project's root and workspaces. */
export function buildProjectGraph(context: GraphContext, scopes: readonly Scope[]): ProjectGraph {
  const nodes: GraphNode[] = [];
  const byInstance = new Map<InstanceNode, GraphNode>();
  const byWorkspace = new Map<LocalPackage, GraphNode>();
  const pending: { node: GraphNode; scope: Scope }[] = [];
  const [rootScope] = scopes;
  if (rootScope === undefined) throw new Error("a project has a root");
  const { state } = rootScope;
  const locals = [state.project.root, ...state.project.workspaces];

  const addNode = (node: Omit<GraphNode, "number" | "edges">, scope: Scope): GraphNode => {
    const added: GraphNode = { ...node, number: nodes.length, edges: [] };
    nodes.push(added);
    pending.push({ node: added, scope });
    return added;
  };
  const [root, ...workspaces] = scopes.map((scope, index) => {
    const local = locals[index];
    const kind = index === 0 ? "root" : "workspace";
    const node = addNode({ kind, state, instance: undefined, local, manifest: undefined }, scope);
    if (local !== undefined && index > 0) byWorkspace.set(local, node);
    return node;
  });
  const instanceNode = (instance: InstanceNode): GraphNode => {
    const known = byInstance.get(instance);
    if (known !== undefined) return known;
    const { local } = instance;
    const kind = local === undefined ? "package" : "folder";
    const node = addNode({ kind, state, instance, local, manifest: instance.manifest }, instance.scope);
    byInstance.set(instance, node);
    return node;
  };
  const filled = (slot: SlotNode | undefined): GraphNode | undefined => {
    const candidate = slot === undefined ? undefined : context.selection.candidate(slot.index);
    if (slot?.content === undefined || candidate === undefined) return undefined;
    const instance = context.builder.instanceFor(slot, slot.content, candidate);
    if (instance !== undefined) return instanceNode(instance);
    const isLocal = slot.content.kind === "local" && candidate === 0;
    return isLocal && slot.content.kind === "local" ? byWorkspace.get(slot.content.local) : undefined;
  };
  const peer = (instance: InstanceNode, edge: ScopeEdge): GraphEdge => {
    const choice = instance.choices.get(edge.name);
    if (choice !== undefined && context.selection.candidate(choice.index) === 1) return toEdge(edge, choice.ownSlot);
    const provider = instance.scope.peers.get(edge.name);
    return provider?.kind === "self"
      ? toEdge(edge, undefined, instanceNode(provider.instance))
      : toEdge(edge, provider?.slot);
  };
  const tombstones = new Map<string, GraphNode>();
  const missing = (edge: ScopeEdge): GraphNode | undefined => {
    const manifest = edge.kind === "optional" ? tombstoneManifest(edge.name, edge.spec) : undefined;
    if (manifest === undefined) return undefined;
    const key = `${manifest.name}@${manifest.version}`;
    const known = tombstones.get(key);
    if (known !== undefined) return known;
    const node: GraphNode = {
      kind: "package",
      state,
      instance: undefined,
      local: undefined,
      manifest,
      number: nodes.length,
      edges: [],
    };
    nodes.push(node);
    tombstones.set(key, node);
    return node;
  };
  const toEdge = (
    { name, rawSpec, admits, kind }: ScopeEdge,
    slot: SlotNode | undefined,
    to: GraphNode | undefined = filled(slot),
  ): GraphEdge => ({ name, rawSpec, spec: admits, kind, to, slot });

  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { node, scope } = next;
    const { instance } = node;
    const own =
      node.local === undefined || instance !== undefined
        ? instance === undefined
          ? []
          : context.builder.instanceEdges(instance)
        : context.builder.localEdges(scope, node.local);
    const edges = own.map((edge) => {
      const slot = scope.slots.get(edge.name);
      return toEdge(edge, slot, filled(slot) ?? missing(edge));
    });
    if (state.project.hasTentativeEdges === true && node.local === state.project.root) keepFulfilled(edges);
    if (instance !== undefined && instance.local === undefined) {
      for (const edge of context.builder.instancePeers(instance)) edges.push(peer(instance, edge));
    }
    node.edges = edges.toSorted((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
  }
  if (root === undefined) throw new Error("a project has a root");
  return { state, root, workspaces, nodes };
}

/** Leaves one edge to each package that was selected, of a range that its version is in. */
function keepFulfilled(edges: GraphEdge[]): void {
  const kept = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const version = edge.to?.manifest?.version;
    const isBroken = version !== undefined && isReadableRange(edge.spec) && !rangeHolds(edge.spec, version);
    if (edge.to !== undefined && !isBroken && !kept.has(edge.name)) kept.set(edge.name, edge);
  }
  edges.splice(0, edges.length, ...kept.values());
}

/** One demand on a slot: an edge of the solver's, by the numbers that it has there. */
export interface SlotDemand {
  readonly slot: SlotNode;
  readonly requirement: RequirementIndex;
}

/** What the selected packages demand of each selected slot, as the solver saw it. */
export interface SlotDemands {
  readonly demands: readonly SlotDemand[];
  readonly instances: ReadonlySet<InstanceNode>;
}

/** Collects the demands on slots by following the selection through the solver's own edges. */
export function collectDemands(
  builder: ProblemBuilder,
  selection: SlotChoices,
  roots: readonly { package: PackageIndex; requirement: RequirementIndex }[],
): SlotDemands {
  const demands: SlotDemand[] = [];
  const instances = new Set<InstanceNode>();
  const seen = new Set<PackageIndex>();
  const pending = [...roots];
  for (let edge = pending.pop(); edge !== undefined; edge = pending.pop()) {
    const node = builder.nodes.get(edge.package);
    const candidate = selection.candidate(edge.package);
    // Packages of other ecosystems are none of npm's nodes.
    if (node === undefined || candidate === undefined) continue;
    if (node.kind === "slot") demands.push({ slot: node, requirement: edge.requirement });
    if (seen.has(edge.package)) continue;
    seen.add(edge.package);
    if (node.kind === "instance") {
      instances.add(node);
      for (const dependency of builder.instanceDependencies(node)) pending.push(dependency);
    } else if (node.kind === "choice") {
      pending.push(...(candidate === 0 ? node.shared : node.own));
    } else if (node.content !== undefined) {
      const instance = builder.instanceFor(node, node.content, candidate);
      if (instance !== undefined) pending.push({ package: instance.index, requirement: 0 });
    }
  }
  return { demands, instances };
}

/** A {@link Selection} as slot choices. */
export function choicesOf(selection: Selection): SlotChoices {
  return { candidate: (package_) => selection.candidate(package_) };
}
