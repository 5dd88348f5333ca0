import type { EdgeKind, ManifestRequirement } from "../../../model/requirement.ts";
import type { CrateDependencyKind } from "../package/release.ts";
import type { ManifestDependency } from "./manifest-document.ts";

/** The kind of an edge that a dependency of this kind makes. */
export const edgeKinds: Readonly<Record<CrateDependencyKind, EdgeKind>> = {
  normal: "runtime",
  build: "build",
  dev: "dev",
};

/** A declared dependency as every ecosystem tells it. */
export function toRequirement(dependency: ManifestDependency): ManifestRequirement {
  return {
    name: dependency.crate,
    range: dependency.requirement.text,
    kind: edgeKinds[dependency.kind],
    features: dependency.features,
    ...(dependency.target === undefined ? {} : { condition: dependency.target }),
    origin: dependency.origin,
  };
}
