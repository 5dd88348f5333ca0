import { type NodePlatform, platformAdmits, type PlatformLists } from "./node-platform.ts";
import { stringList } from "./package-metadata.ts";
import type { PackageManifest } from "./packument.ts";
import type { InstanceNode } from "./problem-nodes.ts";
import type { NpmReason } from "./reasons.ts";
import type { GraphNode, ProjectGraph } from "./selected-graph.ts";

/** Whether a package says that it is for a platform. */
export function isForPlatform(manifest: PackageManifest, platform: NodePlatform): boolean {
  return platformAdmits(listsOf(manifest), platform);
}

function listsOf({ lockFields }: PackageManifest): PlatformLists {
  const list = (field: string): readonly string[] => stringList(lockFields[field]);
  return { os: list("os"), cpu: list("cpu"), libc: list("libc") };
}

/**
 * The selected packages that are not for the platform, although something needs them: npm refuses to install those
 * (EBADPLATFORM), while what is reached through optional dependencies alone is left out.
 */
export function platformMisfits(graph: ProjectGraph, platform: NodePlatform): readonly InstanceNode[] {
  const isMisfit = ({ instance, manifest }: GraphNode): boolean =>
    instance !== undefined && manifest !== undefined && !isForPlatform(manifest, platform);
  if (!graph.nodes.some(isMisfit)) return [];
  const needed = new Set<GraphNode>([graph.root, ...graph.workspaces]);
  // A set that grows while it is walked: everything added is visited too.
  for (const { edges } of needed) {
    for (const { kind, to } of edges) {
      if (to !== undefined && kind !== "optional" && kind !== "peerOptional") needed.add(to);
    }
  }
  return [...needed].flatMap((node) => (isMisfit(node) && node.instance !== undefined ? [node.instance] : []));
}

/** Why a misfit can't be used: `is for os darwin, not for linux x64`, `is for libc musl, not for linux x64 with glibc`. */
export function wrongPlatform(manifest: PackageManifest, { os, cpu, libc }: NodePlatform): NpmReason {
  const lists = listsOf(manifest);
  const wanted = Object.entries(lists).flatMap(([key, list]) =>
    list.length === 0 ? [] : [`${key} ${list.join(", ")}`],
  );
  const withLibrary = lists.libc.length > 0 && libc !== undefined ? ` with ${libc}` : "";
  return {
    kind: "wrong-platform",
    problem: `is for ${wanted.join(" and ")}, not for ${os} ${cpu}${withLibrary}`,
    remedy: "as an optional dependency (--optional) it is left out on systems that it is not for",
  };
}
