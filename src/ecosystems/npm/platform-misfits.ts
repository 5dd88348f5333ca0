import { platformListAdmits } from "./candidates.ts";
import { stringList } from "./package-metadata.ts";
import type { PackageManifest } from "./packument.ts";
import type { nodePlatform } from "./policies.ts";
import type { InstanceNode } from "./problem-nodes.ts";
import type { NpmReason } from "./reasons.ts";
import type { GraphNode, ProjectGraph } from "./selected-graph.ts";

type Platform = ReturnType<typeof nodePlatform>;

/** Whether a package says that it is for a platform. */
export function isForPlatform({ lockFields }: PackageManifest, { os, cpu }: Platform): boolean {
  return platformListAdmits(stringList(lockFields["os"]), os) && platformListAdmits(stringList(lockFields["cpu"]), cpu);
}

/**
 * The selected packages that are not for the platform, although something needs them: npm refuses to install those
 * (EBADPLATFORM), while what is reached through optional dependencies alone is left out.
 */
export function platformMisfits(graph: ProjectGraph, platform: Platform): readonly InstanceNode[] {
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

/** Why a misfit can't be used: `is for os darwin, not for linux x64`. */
export function wrongPlatform({ lockFields }: PackageManifest, { os, cpu }: Platform): NpmReason {
  const wanted = ["os", "cpu"].flatMap((key) => {
    const list = stringList(lockFields[key]);
    return list.length === 0 ? [] : [`${key} ${list.join(", ")}`];
  });
  return {
    kind: "wrong-platform",
    problem: `is for ${wanted.join(" and ")}, not for ${os} ${cpu}`,
    remedy: "as an optional dependency (--optional) it is left out on systems that it is not for",
  };
}
