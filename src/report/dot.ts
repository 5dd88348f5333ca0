import { neutralise } from "../model/neutralise.ts";
import type { Picture } from "./condense.ts";
import { ecosystemLooks, isWeakLink } from "./ecosystem-look.ts";
import type { GraphLink, GraphNode } from "./graph.ts";

/** Above this, the layout engine takes many seconds unless it is told to try less hard. */
const LARGE_PICTURE = 200;

/** A picture in the language of Graphviz: one cluster per ecosystem, told apart by colour and shape. */
export function renderDot({ nodes, links, omitted }: Picture): string {
  const indexes = new Map(nodes.map((node, index) => [node.id, index]));
  const isLarge = nodes.length > LARGE_PICTURE;
  const lines = [
    "digraph enki {",
    '  graph [rankdir=LR, fontname="sans-serif", ranksep=0.6, nodesep=0.15];',
    ...(isLarge ? ["  graph [nslimit=0.5, nslimit1=0.5, mclimit=0.1, searchsize=5, splines=polyline];"] : []),
    '  node [fontname="sans-serif", fontsize=11, style=filled, margin="0.12,0.05"];',
    '  edge [fontname="sans-serif", fontsize=9, arrowsize=0.6, color="#64748b"];',
    ...(omitted > 0 ? [`  graph [label=${quoted(`${String(omitted)} packages are not shown`)}];`] : []),
  ];
  for (const [ecosystem, look] of ecosystemLooks(nodes)) {
    lines.push(`  subgraph ${quoted(`cluster_${ecosystem}`)} {`);
    lines.push(`    label=${quoted(ecosystem)}; color="${look.colour}"; fontcolor="${look.colour}";`);
    lines.push(`    node [shape=${look.dotShape}, fillcolor="${look.fill}", color="${look.colour}"];`);
    for (const node of nodes.filter((one) => one.ecosystem === ecosystem)) {
      lines.push(`    n${String(indexes.get(node.id))} [label=${nodeText(node)}${node.isRoot ? ", penwidth=2" : ""}];`);
    }
    lines.push("  }");
  }
  for (const link of links) {
    const ends = `n${String(indexes.get(link.from.id))} -> n${String(indexes.get(link.to.id))}`;
    const attributes = linkAttributes(link);
    lines.push(`  ${ends}${attributes.length === 0 ? "" : ` [${attributes.join(", ")}]`};`);
  }
  return `${[...lines, "}"].join("\n")}\n`;
}

function nodeText(node: GraphNode): string {
  const version = node.version === undefined ? "" : `\n${neutralise(node.version)}`;
  return quoted(`${neutralise(node.name)}${version}`);
}

function linkAttributes(link: GraphLink): readonly string[] {
  const isCrossing = link.from.ecosystem !== link.to.ecosystem;
  return [
    ...(isWeakLink(link) ? ["style=dashed"] : []),
    ...(isCrossing ? ['color="#be123c"', "penwidth=1.6"] : []),
    ...(isCrossing ? [`label=${quoted(link.kinds.join(", "))}`] : []),
    ...(isCrossing && link.whys.length > 0 ? [`tooltip=${quoted(link.whys.map(neutralise).join("; "))}`] : []),
  ];
}

/** A double-quoted string of the DOT language, in which only the quote and the backslash need an escape. */
function quoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `"${escaped}"`;
}
