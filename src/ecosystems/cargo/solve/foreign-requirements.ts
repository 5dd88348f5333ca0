import { EnkiError } from "../../../model/enki-error.ts";
import type { ForeignRequirement } from "../../../model/requirement.ts";
import type { RequirementTarget } from "../../ecosystem.ts";
import type { Release } from "../package/release.ts";

/**
 * What a release needs from other ecosystems: the native library behind `links`, and, when toolchain versions are
 * constraints, the rust-version of a published release. (Those of local packages belong to their manifests.)
 */
export function foreignRequirementsOf(
  release: Release,
  options: { readonly strictEngines: boolean; readonly features?: readonly string[] },
): readonly ForeignRequirement[] {
  const requirements: ForeignRequirement[] = [];
  if (release.links !== undefined && release.source.kind !== "path" && !isVendored(options.features ?? []))
    requirements.push(linkRequirement(release, release.links, options.features));
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

/**
 * The system library of a release with `links`; the table of system libraries decides which one, if any. `features` are
 * those that count: some make a crate build its own copy, some make it ask for the library in the first place.
 */
export function linkRequirement(release: Release, links: string, features: readonly string[] = []): ForeignRequirement {
  return {
    ecosystem: "nix",
    name: `crate:${release.crate}`,
    range: "*",
    features,
    kind: "link",
    why: `links = "${links}" of ${release.crate} ${release.version.text}`,
  };
}

/**
 * What a requirement means, or `undefined` when nobody knows a system library by that name. That is no reason against a
 * release while solving: it may build its own copy, or not be built on this system at all. It is an error once it is.
 */
export function knownTarget(
  foreign: (requirement: ForeignRequirement) => RequirementTarget,
  requirement: ForeignRequirement,
): RequirementTarget | undefined {
  try {
    return foreign(requirement);
  } catch (error) {
    if (error instanceof EnkiError && error.code === "unmapped-system-dependency") return undefined;
    throw error;
  }
}

const vendoringFeatures: ReadonlySet<string> = new Set(["vendored", "bundled", "static", "vendored-openssl"]);

/** Whether the release builds its own copy of the native library instead of using the system's. */
function isVendored(features: Iterable<string>): boolean {
  for (const feature of features) if (vendoringFeatures.has(feature)) return true;
  return false;
}
