import type { EcosystemId } from "../model/requirement.ts";
import { compareBytewise } from "../model/order.ts";
import type { GraphLink, GraphNode } from "./graph.ts";

/** How an ecosystem looks in pictures: never by colour alone. */
export interface EcosystemLook {
  readonly colour: string;
  readonly fill: string;
  /** A node shape of Graphviz. */
  readonly dotShape: string;
  /** The brackets of a Mermaid node. */
  readonly mermaidBrackets: readonly [string, string];
  /** A shape of the HTML picture. */
  readonly shape: "circle" | "square" | "diamond" | "triangle" | "hexagon";
}

const PLAIN_LOOK: EcosystemLook = {
  colour: "#475569",
  fill: "#f1f5f9",
  dotShape: "box",
  mermaidBrackets: ["[", "]"],
  shape: "circle",
};

const LOOKS: readonly EcosystemLook[] = [
  { colour: "#b91c1c", fill: "#fee2e2", dotShape: "box", mermaidBrackets: ["[", "]"], shape: "square" },
  { colour: "#1d4ed8", fill: "#dbeafe", dotShape: "ellipse", mermaidBrackets: ["([", "])"], shape: "circle" },
  { colour: "#c2410c", fill: "#ffedd5", dotShape: "octagon", mermaidBrackets: ["[[", "]]"], shape: "triangle" },
  { colour: "#15803d", fill: "#dcfce7", dotShape: "hexagon", mermaidBrackets: ["{{", "}}"], shape: "hexagon" },
  { colour: "#7e22ce", fill: "#f3e8ff", dotShape: "diamond", mermaidBrackets: ["[/", "/]"], shape: "diamond" },
];

/** A look for each ecosystem of a picture, by its rank among them. With more ecosystems than looks some share one. */
export function ecosystemLooks(nodes: readonly GraphNode[]): ReadonlyMap<EcosystemId, EcosystemLook> {
  const ecosystems = [...new Set(nodes.map((node) => node.ecosystem))].toSorted(compareBytewise);
  return new Map(ecosystems.map((ecosystem, index) => [ecosystem, LOOKS[index % LOOKS.length] ?? PLAIN_LOOK]));
}

/** Whether nothing breaks at run time without the link: development, build time, options. */
export function isWeakLink(link: GraphLink): boolean {
  return link.kinds.every((kind) => kind === "dev" || kind === "build" || kind === "optional");
}
