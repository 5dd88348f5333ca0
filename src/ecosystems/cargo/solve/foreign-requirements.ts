import type { ForeignRequirement } from "../../../model/requirement.ts";
import type { Release } from "../package/release.ts";

/**
 * What a release needs from other ecosystems: the native library behind `links`, and, when toolchain versions are
 * constraints, the rust-version of a published release. (Those of local packages belong to their manifests.)
 */
export function foreignRequirementsOf(
  release: Release,
  options: { readonly strictEngines: boolean },
): readonly ForeignRequirement[] {
  const requirements: ForeignRequirement[] = [];
  if (release.links !== undefined && release.source.kind !== "path")
    requirements.push(linkRequirement(release, release.links));
  if (options.strictEngines && release.rustVersion !== undefined && release.source.kind !== "path") {
    requirements.push({
      ecosystem: "nix",
      name: "tool:rustc",
      range: `>=${release.rustVersion}`,
      rangeSyntax: "cargo",
      kind: "tool",
      why: `rust-version of ${release.crate} ${release.version.text}`,
    });
  }
  return requirements;
}

/** The system library of a release with `links`; the table of system libraries decides which one, if any. */
export function linkRequirement(release: Release, links: string): ForeignRequirement {
  return {
    ecosystem: "nix",
    name: `crate:${release.crate}`,
    range: "*",
    kind: "link",
    why: `links = "${links}" of ${release.crate} ${release.version.text}`,
  };
}

const vendoringFeatures: ReadonlySet<string> = new Set(["vendored", "bundled", "static", "vendored-openssl"]);

/** Whether the release builds its own copy of the native library instead of using the system's. */
export function isVendored(features: Iterable<string>): boolean {
  for (const feature of features) if (vendoringFeatures.has(feature)) return true;
  return false;
}
