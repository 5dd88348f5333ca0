import { parseDependencySpec, type DependencySpec } from "./dependency-spec.ts";
import type { PackageManifest } from "./packument.ts";
import type { ProjectState, ScopeEdge, SlotContent } from "./problem-nodes.ts";
import { joinPath, type LocalPackage, type NpmEdgeKind, type NpmProject } from "./project.ts";
import { refused } from "./reasons.ts";
import { rangeHolds } from "./version-range.ts";

/** Reads a folder that a `file:` dependency names, relative to the root manifest; throws when there is no package there. */
export type FolderReader = (project: NpmProject, path: string) => LocalPackage;

/**
 * What the project's own folders fill a slot with: a workspace that fits, or the folder that is named. `base` is the folder
 * from which paths count, see {@link SlotNode.base}; `undefined` is returned when the slot is filled from elsewhere.
 */
export function localContent(
  state: ProjectState,
  spec: DependencySpec,
  edge: ScopeEdge,
  base: string | undefined,
  readFolder: FolderReader,
): SlotContent | undefined {
  if (spec.kind === "range" || spec.kind === "tag") {
    const workspace = spec.isAlias ? undefined : state.workspaces.get(spec.name);
    if (workspace === undefined) return undefined;
    const admitted = parseDependencySpec(edge.name, edge.admits);
    const fits = admitted.kind === "range" && rangeHolds(admitted.range, workspace.version);
    return fits ? { kind: "local", local: workspace } : undefined;
  }
  if (spec.kind !== "directory") return undefined;
  const path = spec.path.startsWith("/") ? spec.path : joinPath(base ?? "", spec.path);
  const workspace = [...state.workspaces.values()].find((candidate) => candidate.path === path);
  if (workspace !== undefined) return { kind: "local", local: workspace };
  if (base === undefined) {
    return { kind: "missing", reason: refused(`is a folder (${edge.spec}) that a package from a registry asks for`) };
  }
  return { kind: "local", local: readFolder(state.project, path) };
}

/** A folder as the manifest of an instance. */
export function localManifest(local: LocalPackage): PackageManifest {
  const edges = (kinds: readonly NpmEdgeKind[]): Map<string, string> =>
    new Map(local.edges.filter(({ kind }) => kinds.includes(kind)).map(({ name, spec }) => [name, spec]));
  return {
    name: local.name,
    version: local.version,
    dependencies: edges(["prod"]),
    optionalDependencies: edges(["optional"]),
    peerDependencies: new Map(),
    // Its edges know them.
    accepted: new Map(),
    optionalPeers: new Set(),
    bundled: new Set(),
    isNativeBuild: false,
    lockFields: local.lockFields,
  };
}
