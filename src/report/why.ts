import { neutralise } from "../model/neutralise.ts";
import type { EcosystemId } from "../model/requirement.ts";
import type { DependencyGraph, GraphLink, GraphNode } from "./graph.ts";
import { linkNotes, nodeLabel } from "./node-label.ts";
import type { Paint } from "./paint.ts";

/** A way from a root to a package: each link starts where the one before ends. */
export type DependencyPath = readonly GraphLink[];

/** The shortest ways from one root to a package. */
export interface ShortestPaths {
  readonly root: GraphNode;
  readonly paths: readonly DependencyPath[];
  /** How many there are; more than {@link paths} holds when there are very many. */
  readonly total: number;
}

/** All shortest ways from each root to `target`, at most `limit` for each root. */
export function shortestPaths(graph: DependencyGraph, target: GraphNode, limit: number): readonly ShortestPaths[] {
  const distances = distancesTo(graph, target);
  return graph.roots.flatMap((root) => {
    if (!distances.has(root.id) || root === target) return [];
    return [{ root, ...pathsFrom(graph, root, target, distances, limit) }];
  });
}

/** The number of links from each node to `target`. */
function distancesTo(graph: DependencyGraph, target: GraphNode): ReadonlyMap<string, number> {
  const distances = new Map([[target.id, 0]]);
  let frontier = [target];
  for (let distance = 1; frontier.length > 0; distance++) {
    const next: GraphNode[] = [];
    for (const { from } of frontier.flatMap((node) => graph.dependents(node))) {
      if (distances.has(from.id)) continue;
      distances.set(from.id, distance);
      next.push(from);
    }
    frontier = next;
  }
  return distances;
}

interface Step {
  readonly link: GraphLink;
  readonly before: Step | undefined;
}

function pathTo(last: Step | undefined): DependencyPath {
  const links: GraphLink[] = [];
  for (let step = last; step !== undefined; step = step.before) links.push(step.link);
  return links.toReversed();
}

function pathsFrom(
  graph: DependencyGraph,
  root: GraphNode,
  target: GraphNode,
  distances: ReadonlyMap<string, number>,
  limit: number,
): Pick<ShortestPaths, "paths" | "total"> {
  const nearer = (node: GraphNode): readonly GraphLink[] =>
    graph.dependencies(node).filter(({ to }) => distances.get(to.id) === (distances.get(node.id) ?? 0) - 1);
  const counts = new Map([[target.id, 1]]);
  const byDistance = [...distances].toSorted(([, left], [, right]) => left - right);
  for (const [id] of byDistance) {
    const node = graph.node(id);
    if (node === undefined || node === target) continue;
    counts.set(
      id,
      nearer(node).reduce((sum, { to }) => sum + (counts.get(to.id) ?? 0), 0),
    );
  }
  // Steps point back at the one before, so that long ways are not copied at each of their links.
  const paths: DependencyPath[] = [];
  const stack: { readonly node: GraphNode; readonly step: Step | undefined }[] = [{ node: root, step: undefined }];
  for (let item = stack.pop(); item !== undefined && paths.length < limit; item = stack.pop()) {
    const { node, step } = item;
    if (node === target) paths.push(pathTo(step));
    else for (const link of nearer(node).toReversed()) stack.push({ node: link.to, step: { link, before: step } });
  }
  return { paths, total: counts.get(root.id) ?? 0 };
}

/** Why a package is there, one paragraph for each root that needs it. */
export function renderWhy(graph: DependencyGraph, target: GraphNode, limit: number, paint: Paint): string {
  const found = shortestPaths(graph, target, limit);
  const lines = [nodeLabel(target, undefined, paint)];
  if (target.isRoot) return `${lines[0] ?? ""} is a manifest of this service\n`;
  for (const { root, paths, total } of found) {
    for (const path of paths) {
      lines.push("", `  ${nodeLabel(root, undefined, paint)}`);
      path.forEach((link, index) => {
        const surroundings = link.from.isRoot ? link.to.ecosystem : link.from.ecosystem;
        lines.push(`  ${"    ".repeat(index)}└── ${stepLabel(link, surroundings, paint)}${linkNotes(link, paint)}`);
      });
    }
    if (total > paths.length) lines.push("", `  … and ${String(total - paths.length)} more of the same length`);
  }
  return `${lines.join("\n")}\n`;
}

/** `six >=1 → 1.16`: the requirement as it was written, and what it came to. */
function stepLabel(link: GraphLink, surroundings: EcosystemId, paint: Paint): string {
  const { to, ranges, aliases } = link;
  const ecosystem = to.ecosystem === surroundings ? "" : `${paint("ecosystem", neutralise(to.ecosystem))} `;
  const alias = aliases.length === 0 ? "" : ` ${paint("dim", `as ${aliases.map(neutralise).join(", ")}`)}`;
  const written = ranges.filter((range) => range !== "" && range !== "*").map(neutralise);
  const range = written.length === 0 ? "" : ` ${paint("range", written.join(" and "))}`;
  return `${ecosystem}${paint("name", neutralise(to.name))}${alias}${range} → ${paint("version", neutralise(to.version ?? ""))}`;
}
