import type { DeclaredEdge } from "./declared-edges.ts";
import type { JointProblem } from "./joint-problem.ts";
import type { Selection } from "../ecosystems/ecosystem.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ForeignRequirement } from "../model/requirement.ts";
import type { Edge, EcosystemResolution } from "../model/resolution.ts";

/** The root that stands for requirements of the service itself. */
export const SERVICE_ROOT = "root:service";

/** A settled toolchain, and a manifest whose ecosystem can't be solved without it; absent where only edges lead there. */
export interface ManifestPin {
  readonly manifest?: Manifest;
  readonly requirement: ForeignRequirement;
}

/**
 * The edges that no source knows about: from manifests and from the service to other ecosystems, and the declared ones
 * of enki.toml. Each names the package that the solver selected for it.
 */
export function jointEdges(
  problem: JointProblem,
  selection: Selection,
  manifests: readonly Manifest[],
  serviceRequirements: readonly ForeignRequirement[],
  declaredEdges: readonly DeclaredEdge[],
  toolPins: readonly ManifestPin[],
  parts: readonly EcosystemResolution[],
  rangeAdmits: (syntax: string, range: string, version: string) => boolean,
): readonly Edge[] {
  const edges: Edge[] = [];
  const add = (from: string, requirement: ForeignRequirement): void => {
    const target = problem.source(requirement.ecosystem).accept(requirement);
    const to = problem.packageId(target, selection);
    if (to === undefined) return;
    edges.push({
      from,
      to,
      kind: requirement.kind,
      range: requirement.range,
      environment: requirement.environment ?? "run",
      why: requirement.why,
    });
  };
  for (const manifest of manifests) {
    for (const requirement of manifest.foreign) add(`root:${manifest.file}`, requirement);
  }
  for (const requirement of serviceRequirements) add(SERVICE_ROOT, requirement);
  for (const { manifest, requirement } of toolPins) {
    // A root that states its own requirement on the toolchain has its edge already.
    const stated = manifest === undefined ? serviceRequirements : manifest.foreign;
    const root = manifest === undefined ? SERVICE_ROOT : `root:${manifest.file}`;
    if (stated.every((own) => own.name !== requirement.name)) add(root, requirement);
  }
  for (const package_ of parts.flatMap((part) => part.packages)) {
    for (const { from, to } of declaredEdges) {
      const isMatch =
        package_.ecosystem === from.ecosystem &&
        package_.name === from.name &&
        (from.range === undefined || rangeAdmits(from.ecosystem, from.range, package_.version));
      if (isMatch) add(package_.id, to);
    }
  }
  return edges;
}
