import { parseDependencySpec } from "./dependency-spec.ts";
import { effectiveSpec } from "./overrides.ts";
import { stringEntries } from "./package-metadata.ts";
import type { PackageManifest } from "./packument.ts";
import type { Scope, ScopeEdge } from "./problem-nodes.ts";
import type { LocalPackage, NpmEdgeKind } from "./project.ts";

/** A dependency of a scope, with overrides applied. `accepted`: what its author also takes, by `acceptDependencies`. */
export function scopeEdge(
  scope: Scope,
  { name, spec: rawSpec }: { readonly name: string; readonly spec: string },
  kind: NpmEdgeKind,
  accepted?: string,
): ScopeEdge {
  const { text, rule } = effectiveSpec(scope.rule, name, rawSpec, scope.state.rootRequirements);
  return { name, rawSpec, spec: text, admits: withAccepted(name, text, accepted), kind, rule };
}

/** The union of two ranges; what is accepted in place of a tag, a repository or a folder is not. */
function withAccepted(name: string, text: string, accepted: string | undefined): string {
  if (accepted === undefined) return text;
  const [wish, other] = [parseDependencySpec(name, text), parseDependencySpec(name, accepted)];
  if (wish.kind !== "range" || other.kind !== "range" || other.isAlias || wish.range.trim() === "*") return text;
  return `${text.trim()} || ${other.range}`;
}

/**
 * What a root, a workspace or a linked folder depends on, its peers included. A root has its workspaces under their
 * names, whatever else it asks of those names: npm links them there.
 */
export function localEdges(scope: Scope, local: LocalPackage): readonly ScopeEdge[] {
  const accepted = new Map(stringEntries(local.lockFields["acceptDependencies"]));
  const { project, workspaces } = scope.state;
  return local.edges.map((edge) => {
    const workspace = local === project.root ? workspaces.get(edge.name) : undefined;
    if (workspace === undefined) return scopeEdge(scope, edge, edge.kind, accepted.get(edge.name));
    const spec = `file:${workspace.path}`;
    return { name: edge.name, rawSpec: edge.spec, spec, admits: spec, kind: "prod", rule: scope.rule };
  });
}

/** What a package depends on and does not bring along in its tarball, peers not among it. */
export function manifestEdges(scope: Scope, manifest: PackageManifest): readonly ScopeEdge[] {
  const edges: ScopeEdge[] = [];
  const { bundled, accepted } = manifest;
  for (const [name, spec] of manifest.dependencies) {
    if (!bundled.has(name)) edges.push(scopeEdge(scope, { name, spec }, "prod", accepted.get(name)));
  }
  for (const [name, spec] of manifest.optionalDependencies) {
    if (!bundled.has(name)) edges.push(scopeEdge(scope, { name, spec }, "optional", accepted.get(name)));
  }
  return edges;
}

/** What a package asks of its surroundings: not what it depends on itself. */
export function peerEdges(scope: Scope, manifest: PackageManifest): readonly ScopeEdge[] {
  const edges: ScopeEdge[] = [];
  for (const [name, spec] of manifest.peerDependencies) {
    if (manifest.dependencies.has(name) || manifest.optionalDependencies.has(name)) continue;
    const kind = manifest.optionalPeers.has(name) ? "peerOptional" : "peer";
    edges.push(scopeEdge(scope, { name, spec }, kind, manifest.accepted.get(name)));
  }
  return edges;
}

/** Whether an edge asks for a peer. */
export function isPeerEdge({ kind }: ScopeEdge): boolean {
  return kind === "peer" || kind === "peerOptional";
}
