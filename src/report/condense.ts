import type { DependencyGraph, GraphLink, GraphNode } from "./graph.ts";

/** The part of a graph that a picture shows. */
export interface Picture {
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
  /** Nodes that are left out because the picture would be unreadable with them. */
  readonly omitted: number;
}

/**
 * The nodes and links to draw: all of them up to `limit` nodes; beyond that only what is at most so many steps away
 * from the roots, and everything on edges between ecosystems, which is what such a picture is looked at for.
 */
export function condense(graph: DependencyGraph, limit: number): Picture {
  const all = [...graph.roots, ...graph.packages];
  if (all.length <= limit) return { nodes: all, links: graph.links(), omitted: 0 };
  const kept = new Set<GraphNode>(graph.roots);
  for (const { from, to } of graph.links()) {
    if (from.ecosystem === to.ecosystem || kept.size + 2 > limit) continue;
    kept.add(from).add(to);
  }
  let frontier: readonly GraphNode[] = graph.roots;
  while (frontier.length > 0 && kept.size < limit) {
    const next: GraphNode[] = [];
    for (const { to } of frontier.flatMap((node) => graph.dependencies(node))) {
      if (kept.has(to)) continue;
      if (kept.size >= limit) break;
      kept.add(to);
      next.push(to);
    }
    frontier = next;
  }
  const links = graph.links().filter(({ from, to }) => kept.has(from) && kept.has(to));
  return { nodes: all.filter((node) => kept.has(node)), links, omitted: all.length - kept.size };
}
