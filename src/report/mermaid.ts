import { neutralise } from "../model/neutralise.ts";
import type { Picture } from "./condense.ts";
import { ecosystemLooks, isWeakLink } from "./ecosystem-look.ts";
import type { GraphLink, GraphNode } from "./graph.ts";

/** A picture in Mermaid's flowchart language, for places that render it: README files, issues, wikis. */
export function renderMermaid({ nodes, links, omitted }: Picture): string {
  const indexes = new Map(nodes.map((node, index) => [node.id, index]));
  const looks = ecosystemLooks(nodes);
  const lines = ["flowchart LR"];
  [...looks].forEach(([ecosystem, look], cluster) => {
    lines.push(`  subgraph e${String(cluster)}[${quoted(ecosystem)}]`);
    const [open, close] = look.mermaidBrackets;
    for (const node of nodes.filter((one) => one.ecosystem === ecosystem)) {
      lines.push(`    n${String(indexes.get(node.id))}${open}${nodeText(node)}${close}`);
    }
    lines.push("  end");
  });
  for (const link of links) {
    lines.push(`  n${String(indexes.get(link.from.id))} ${arrow(link)} n${String(indexes.get(link.to.id))}`);
  }
  [...looks.values()].forEach((look, cluster) => {
    lines.push(`  style e${String(cluster)} fill:${look.fill},stroke:${look.colour}`);
  });
  if (omitted > 0) lines.push(`  more[${quoted(`${String(omitted)} packages are not shown`)}]`);
  return `${lines.join("\n")}\n`;
}

function arrow(link: GraphLink): string {
  if (link.from.ecosystem === link.to.ecosystem) return isWeakLink(link) ? "-.->" : "-->";
  const label = quoted(link.kinds.join(", "));
  return isWeakLink(link) ? `-. ${label} .->` : `== ${label} ==>`;
}

function nodeText(node: GraphNode): string {
  return quoted(node.version === undefined ? node.name : `${node.name} ${node.version}`);
}

/** A quoted text: Mermaid reads `#…;` as a letter and would render tags, so everything unusual becomes such a letter. */
function quoted(text: string): string {
  const safe = neutralise(text).replaceAll(
    /[^\p{L}\p{N} ._@/+~^,:()-]/gu,
    (letter) => `#${String(letter.codePointAt(0))};`,
  );
  return `"${safe}"`;
}
