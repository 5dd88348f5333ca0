import type { PackageIndex, RequirementIndex } from "../../solver/provider.ts";
import type { VersionSet } from "../../solver/version-set.ts";
import type { Selection } from "../ecosystem.ts";
import { placePackages } from "./hoist.ts";
import type { PlacedTree } from "./placement.ts";
import { mergeVersions } from "./merge-versions.ts";
import { placeablesOf, type Placeable } from "./placement-graph.ts";
import type { ProblemBuilder } from "./problem-builder.ts";
import type { ChoiceNode, InstanceNode, Scope, SlotNode } from "./problem-nodes.ts";
import { specAdmits } from "./tree.ts";
import { buildProjectGraph, choicesOf, type GraphNode, type ProjectGraph } from "./selected-graph.ts";

/** What laying out a selection needs. */
export interface LayoutInput {
  /** The scopes of each root project: the root, then its workspaces. */
  readonly projects: readonly (readonly Scope[])[];
  readonly roots: readonly { package: PackageIndex; requirement: RequirementIndex }[];
  readonly matches: (slot: SlotNode, requirement: RequirementIndex) => VersionSet;
  /** Whether a slot had the candidate in an earlier lock. */
  readonly isLocked: (slot: SlotNode, candidate: number) => boolean;
  readonly builder: ProblemBuilder;
  readonly selection: Selection;
}

/** One root project with a folder for each of its packages. */
export interface ProjectLayout {
  readonly graph: ProjectGraph;
  readonly placeables: ReadonlyMap<GraphNode, Placeable>;
  readonly tree: PlacedTree;
}

/** Merges versions that need not differ, follows the selection from each project, and finds folders for everything. */
export function layOutProjects(input: LayoutInput): readonly ProjectLayout[] {
  const selection = mergeVersions(
    input.builder,
    choicesOf(input.selection),
    input.roots,
    input.matches,
    input.isLocked,
  );
  return input.projects
    .map((scopes) => buildProjectGraph({ builder: input.builder, selection }, scopes))
    .filter(({ state }) => state.project.isSynthetic !== true || state.project.root.edges.length > 0)
    .map((graph) => {
      const placeables = placeablesOf(graph);
      const root = placeableOf(placeables, graph.root);
      const workspaces = graph.workspaces.map((workspace) => placeableOf(placeables, workspace));
      return { graph, placeables, tree: placePackages({ root, workspaces }) };
    });
}

function placeableOf(placeables: ReadonlyMap<GraphNode, Placeable>, node: GraphNode): Placeable {
  const placeable = placeables.get(node);
  if (placeable === undefined) throw new Error("every node of the graph has a placeable");
  return placeable;
}

/** A part of a selection that no folders can serve: a package in certain surroundings, or its having a copy of a peer of its own. */
export interface Unservable {
  readonly node: InstanceNode | ChoiceNode;
  /** The peer that it would not see. */
  readonly peer: string;
}

/** The first thing that the folders do not serve; `undefined` when Node finds everything, or when only a root could be blamed. */
export function firstUnservable(layouts: readonly ProjectLayout[], selection: Selection): Unservable | undefined {
  for (const { tree, placeables } of layouts) {
    for (const { from, edge } of tree.unserved) {
      for (const [{ instance }, placeable] of placeables) {
        if (placeable !== from.content || instance === undefined) continue;
        const choice = instance.choices.get(edge.name);
        const hasOwnCopy = choice !== undefined && selection.candidate(choice.index) === 1;
        return { node: hasOwnCopy ? choice : instance, peer: edge.name };
      }
      const rival = edge.to === undefined ? undefined : rivalOf(edge.name, edge.to, placeables);
      if (rival !== undefined) return { node: rival, peer: edge.name };
    }
  }
  return undefined;
}

/** Who can do without a name, but not with what a root has under it. */
function rivalOf(
  name: string,
  content: Placeable,
  placeables: ReadonlyMap<GraphNode, Placeable>,
): InstanceNode | undefined {
  for (const [{ instance }, { edgeByName }] of placeables) {
    const edge = edgeByName.get(name);
    if (edge === undefined || edge.to !== undefined || specAdmits(name, edge.spec, content)) continue;
    if (instance !== undefined) return instance;
  }
  return undefined;
}
