import { EnkiError } from "../model/enki-error.ts";
import { parsePurl } from "../model/purl.ts";
import { didYouMean } from "../model/suggestion.ts";
import type { DependencyGraph, GraphNode } from "./graph.ts";

/**
 * The packages that a person means: a name, `name@version`, `ecosystem:name`, `ecosystem:name@version`, or a package
 * URL. A manifest's path means its root. Throws an EnkiError (`not-found`) with a suggestion when there is none.
 */
export function findPackages(graph: DependencyGraph, query: string): readonly GraphNode[] {
  const found = [...graph.roots, ...graph.packages].filter(matcher(query));
  if (found.length > 0) return found;
  const { name } = splitQuery(query);
  const names = new Set([...graph.packages.map((node) => node.name), ...graph.roots.map((node) => node.name)]);
  const others = graph.packages
    .filter((node) => node.name === name)
    .map((node) => `${node.ecosystem}:${nodeText(node)}`);
  const hint = others.length > 0 ? `the lock has ${others.join(", ")}` : didYouMean(name, names);
  throw new EnkiError("not-found", `the lock has no package ${JSON.stringify(query)}`, { hint });
}

function nodeText(node: GraphNode): string {
  return node.version === undefined ? node.name : `${node.name}@${node.version}`;
}

function matcher(query: string): (node: GraphNode) => boolean {
  const wanted = splitQuery(query);
  return (node) =>
    node.name === wanted.name &&
    (wanted.ecosystem === undefined || wanted.ecosystem === node.ecosystem) &&
    (wanted.version === undefined || wanted.version === node.version);
}

interface Query {
  readonly ecosystem?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
}

function splitQuery(query: string): Query {
  const purl = parsePurl(query);
  if (purl !== undefined) return purl;
  const [, ecosystem, rest = query] = /^([a-z][a-z0-9]*):(.+)$/.exec(query) ?? [];
  // The `@` of a scope is not one before a version.
  const at = rest.indexOf("@", 1);
  if (at === -1) return { ecosystem, name: rest };
  return { ecosystem, name: rest.slice(0, at), version: rest.slice(at + 1) };
}
