import type { EcosystemId } from "../model/requirement.ts";
import type { DependencyGraph, GraphLink, GraphNode } from "./graph.ts";
import { linkNotes, nodeLabel } from "./node-label.ts";
import type { Paint } from "./paint.ts";

/** What of the tree is shown. */
export interface TreeOptions {
  /** From packages to what depends on them. */
  readonly isInverted: boolean;
  /** Levels below the top; all when absent. */
  readonly depth?: number;
  /** Only packages of this ecosystem. */
  readonly ecosystem?: EcosystemId;
  /** Toolchains below every package that asks for one, not only below the roots. */
  readonly showsTools?: boolean;
  /** Where to start; the roots when absent. */
  readonly start?: readonly GraphNode[];
}

/**
 * The dependency tree over all ecosystems, as text. What was shown before is marked `(*)` and not repeated; a name is
 * preceded by its ecosystem where that changes.
 */
export function renderTree(graph: DependencyGraph, options: TreeOptions, paint: Paint): string {
  const lines: string[] = [];
  const expanded = new Set<string>();
  let hasMarker = false;
  const isShownNode = (node: GraphNode): boolean =>
    options.ecosystem === undefined || node.ecosystem === options.ecosystem;
  const linksOf = (node: GraphNode): readonly GraphLink[] =>
    options.isInverted
      ? graph.dependents(node).filter((link) => isShownNode(link.from))
      : graph.dependencies(node).filter((link) => isShownNode(link.to) && !isHiddenTool(link));
  const rootTools = new Set(graph.roots.flatMap((root) => graph.dependencies(root)).map(({ to }) => to));
  // Every distribution asks for python: below each of them that would bury what differs between them.
  const isHiddenTool = ({ from, to, kinds }: GraphLink): boolean =>
    options.showsTools !== true && !from.isRoot && rootTools.has(to) && kinds.every((kind) => kind === "tool");
  // An explicit stack: chains of dependencies can be longer than the call stack is deep.
  interface Item {
    readonly node: GraphNode;
    readonly link: GraphLink | undefined;
    readonly surroundings: EcosystemId | undefined;
    readonly indent: string;
    readonly position: "top" | "middle" | "last";
    readonly level: number;
  }
  const stack: Item[] = [];
  const starts = options.start ?? startNodes(graph, options.ecosystem);
  for (const node of starts.toReversed()) {
    stack.push({ node, link: undefined, surroundings: undefined, indent: "", position: "top", level: 0 });
  }
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { node, link, surroundings, indent, position, level } = item;
    const children = linksOf(node);
    const isRepeated = expanded.has(node.id);
    hasMarker ||= isRepeated;
    const branch = position === "top" ? "" : position === "last" ? "└── " : "├── ";
    const notes = link === undefined ? "" : linkNotes(link, paint);
    const marker = isRepeated ? paint("dim", " (*)") : "";
    if (position === "top" && lines.length > 0) lines.push("");
    lines.push(`${indent}${branch}${nodeLabel(node, surroundings, paint)}${notes}${marker}`);
    if (isRepeated || level === options.depth) continue;
    if (children.length > 0) expanded.add(node.id);
    const innerIndent = position === "top" ? "" : `${indent}${position === "last" ? "    " : "│   "}`;
    children.toReversed().forEach((child, index) => {
      stack.push({
        node: options.isInverted ? child.from : child.to,
        link: child,
        surroundings: node.ecosystem,
        indent: innerIndent,
        position: index === 0 ? "last" : "middle",
        level: level + 1,
      });
    });
  }
  if (hasMarker) lines.push("", paint("dim", "(*) shown above"));
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** The roots; for one ecosystem also its packages that only other ecosystems need. */
function startNodes(graph: DependencyGraph, ecosystem: EcosystemId | undefined): readonly GraphNode[] {
  if (ecosystem === undefined) return graph.roots;
  const roots = graph.roots.filter((root) => root.ecosystem === ecosystem);
  const entries = graph.packages.filter((node) => {
    const dependents = graph.dependents(node);
    return node.ecosystem === ecosystem && dependents.every(({ from }) => from.ecosystem !== ecosystem);
  });
  return [...roots, ...entries];
}
