import { canonicalJson } from "../model/canonical-json.ts";
import { formatPurl } from "../model/purl.ts";
import type { DependencyGraph, GraphNode } from "./graph.ts";

/** The graph for programs: nodes with package URLs, and links with their kinds, ranges and reasons. */
export function graphJson(graph: DependencyGraph): string {
  return canonicalJson({
    nodes: [...graph.roots, ...graph.packages].map(nodeRecord),
    links: graph.links().map(({ from, to, kinds, ranges, aliases, whys, systems }) => ({
      from: from.id,
      to: to.id,
      kinds,
      ranges,
      aliases: aliases.length === 0 ? undefined : aliases,
      why: whys.length === 0 ? undefined : whys,
      systems,
    })),
  });
}

function nodeRecord(node: GraphNode): { readonly [key: string]: string | boolean | undefined } {
  const { id, ecosystem, name, version, isRoot } = node;
  const licence = node.package?.licence;
  const purl = isRoot || version === undefined ? undefined : formatPurl({ ecosystem, name, version });
  return { id, ecosystem, name, version, isRoot: isRoot || undefined, licence, purl };
}
