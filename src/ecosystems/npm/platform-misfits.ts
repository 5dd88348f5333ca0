import { type NodePlatform, platformAdmits, type PlatformLists } from "./node-platform.ts";
import { stringList } from "./package-metadata.ts";
import type { PackageManifest } from "./packument.ts";
import type { InstanceNode, SlotNode } from "./problem-nodes.ts";
import type { NpmReason } from "./reasons.ts";
import type { GraphNode, ProjectGraph } from "./selected-graph.ts";

/** Whether a package says that it is for a platform. */
export function isForPlatform(manifest: PackageManifest, platform: NodePlatform): boolean {
  return platformAdmits(listsOf(manifest), platform);
}

/** What a package says of the systems that it is for. */
export function listsOf({ lockFields }: PackageManifest): PlatformLists {
  const list = (field: string): readonly string[] => stringList(lockFields[field]);
  return { os: list("os"), cpu: list("cpu"), libc: list("libc") };
}

/** A selected package that is not for the platform, as something needs it. */
export interface PlatformMisfit {
  readonly instance: InstanceNode;
  /** Where it was taken from a list of versions. */
  readonly slot: SlotNode | undefined;
}

/**
 * The selected packages that are not for the platform, although something needs them: npm refuses to install those
 * (EBADPLATFORM), while what is reached through optional dependencies alone is left out.
 */
export function platformMisfits(graph: ProjectGraph, platform: NodePlatform): readonly PlatformMisfit[] {
  const isMisfit = ({ instance, manifest }: GraphNode): boolean =>
    instance !== undefined && manifest !== undefined && !isForPlatform(manifest, platform);
  if (!graph.nodes.some(isMisfit)) return [];
  const misfits: PlatformMisfit[] = [];
  const needed = new Set<GraphNode>([graph.root, ...graph.workspaces]);
  // A set that grows while it is walked: everything added is visited too.
  for (const { edges } of needed) {
    for (const { kind, to, slot } of edges) {
      if (to === undefined || kind === "optional" || kind === "peerOptional") continue;
      needed.add(to);
      if (isMisfit(to) && to.instance !== undefined) misfits.push({ instance: to.instance, slot });
    }
  }
  return misfits;
}

/** Why a misfit can't be used: `is for os darwin, not for linux x64`, `is for libc musl, not for linux x64 with glibc`. */
export function wrongPlatform(lists: PlatformLists, { os, cpu, libc }: NodePlatform): NpmReason {
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
