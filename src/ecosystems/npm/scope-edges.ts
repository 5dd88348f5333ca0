import { effectiveSpec } from "./overrides.ts";
import type { PackageManifest } from "./packument.ts";
import type { Scope, ScopeEdge } from "./problem-nodes.ts";
import type { LocalPackage, NpmEdgeKind } from "./project.ts";

/** A dependency of a scope, with overrides applied. */
export function scopeEdge(scope: Scope, name: string, rawSpec: string, kind: NpmEdgeKind): ScopeEdge {
  const { text, rule } = effectiveSpec(scope.rule, name, rawSpec, scope.state.rootRequirements);
  return { name, rawSpec, spec: text, kind, rule };
}

/** What a root, a workspace or a linked folder depends on, its peers included. */
export function localEdges(scope: Scope, local: LocalPackage): readonly ScopeEdge[] {
  return local.edges.map(({ name, spec, kind }) => scopeEdge(scope, name, spec, kind));
}

/** What a package depends on and does not bring along in its tarball, peers not among it. */
export function manifestEdges(scope: Scope, manifest: PackageManifest): readonly ScopeEdge[] {
  const edges: ScopeEdge[] = [];
  for (const [name, spec] of manifest.dependencies) {
    if (!manifest.bundled.has(name)) edges.push(scopeEdge(scope, name, spec, "prod"));
  }
  for (const [name, spec] of manifest.optionalDependencies) {
    if (!manifest.bundled.has(name)) edges.push(scopeEdge(scope, name, spec, "optional"));
  }
  return edges;
}

/** What a package asks of its surroundings: not what it depends on itself. */
export function peerEdges(scope: Scope, manifest: PackageManifest): readonly ScopeEdge[] {
  const edges: ScopeEdge[] = [];
  for (const [name, spec] of manifest.peerDependencies) {
    if (manifest.dependencies.has(name) || manifest.optionalDependencies.has(name)) continue;
    edges.push(scopeEdge(scope, name, spec, manifest.optionalPeers.has(name) ? "peerOptional" : "peer"));
  }
  return edges;
}

/** Whether an edge asks for a peer. */
export function isPeerEdge({ kind }: ScopeEdge): boolean {
  return kind === "peer" || kind === "peerOptional";
}
