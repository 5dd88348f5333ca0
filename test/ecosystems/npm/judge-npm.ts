import { arboristLibrary, type ArboristEdge, type ArboristNode } from "./real-npm.ts";
import { parseDependencySpec } from "../../../src/ecosystems/npm/dependency-spec.ts";
import type { SyntheticRegistry } from "./npm-project.ts";

/** Why an answer of npm's is not one, in a few words that group the like. */
export interface Objection {
  readonly kind: string;
  readonly detail: string;
}

/**
 * What is wrong with the lock that npm itself wrote into `directory`, by its own model of it and by what npm documents and
 * does not check: that a tag means a version, and that a root or workspace shares a peer with what it depends on.
 */
export async function objectionsToNpm(directory: string, registry: SyntheticRegistry): Promise<readonly Objection[]> {
  const tree = await arboristLibrary()?.loadVirtual(directory);
  if (tree === undefined) return [];
  const objections: Objection[] = [];
  for (const node of tree.inventory.values()) {
    const add = (kind: string, edge: ArboristEdge): void => {
      objections.push({ kind, detail: `${node.location || "the root"}: ${edge.type} ${edge.name} ${edge.spec}` });
    };
    if (node.extraneous) objections.push({ kind: "has what nothing needs", detail: node.location });
    for (const edge of node.edgesOut.values()) {
      if (edge.error !== null) add("breaks a requirement", edge);
      else if (!isWhatTheTagSays(edge, registry)) add("has another version than a tag says", edge);
      else if (!sharesPeers(node, edge)) add("has a peer twice, once for a package and once for its dependent", edge);
    }
  }
  return objections;
}

function isWhatTheTagSays({ name, spec, type, to }: ArboristEdge, registry: SyntheticRegistry): boolean {
  const wanted = parseDependencySpec(name, spec);
  if (wanted.kind !== "tag" || type === "workspace" || to === null || to.isLink) return true;
  return registry[wanted.name]?.tags?.[wanted.tag] === to.version;
}

/** Whether a root or workspace that depends on a peer of what it depends on sees the same copy of it. */
function sharesPeers(node: ArboristNode, { to }: ArboristEdge): boolean {
  if (to === null || to.isLink || !(node.isProjectRoot || node.isWorkspace)) return true;
  return [...to.edgesOut.values()].every(({ name, type, to: seen }) => {
    const own = node.edgesOut.get(name)?.to;
    return (type !== "peer" && type !== "peerOptional") || own === undefined || own === null || own === seen;
  });
}
