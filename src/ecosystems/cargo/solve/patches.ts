import type { CargoWorkspace, ManifestPatch } from "../manifest/manifest-document.ts";
import type { CrateSource } from "../package/crate-source.ts";
import { publicRegistry, registrySource } from "../package/crate-source.ts";
import type { Release } from "../package/release.ts";
import type { Catalog, CatalogEntry } from "../registry/catalog.ts";
import { GroupedCatalog } from "../registry/grouped-catalog.ts";
import { declaredSource } from "../package/local-release.ts";
import type { CargoRequirement } from "../versions/requirement.ts";
import type { CargoVersion } from "../versions/version.ts";
import { knownEntry } from "../registry/known-entry.ts";

/** One `[patch]` or `[replace]`: releases of `source` stand in for those of the crate in the patched source. */
export interface Patch {
  readonly crate: string;
  readonly patched: CrateSource;
  readonly source: CrateSource;
  /** Which releases of that source are meant; the newest of them counts. */
  readonly requirement: CargoRequirement;
  /**
   * `[replace]`: the one version that it stands in for. It must exist in the patched source, is preferred to no other,
   * and stays in the lock, pointing to what replaces it.
   */
  readonly replaces?: CargoVersion;
}

/** Reads what the patches of workspaces mean; `named` knows the configured registries. */
export function patchesOf(
  workspaces: readonly CargoWorkspace[],
  named: (name: string) => CrateSource | undefined,
): readonly Patch[] {
  return workspaces.flatMap(({ patches, replacements }) => [
    ...patches.map((patch) => ({
      crate: patch.dependency.crate,
      patched: patchedSource(patch, named),
      source: declaredSource(patch.dependency, named),
      requirement: patch.dependency.requirement,
    })),
    ...replacements.map(({ registry, version, dependency }) => ({
      crate: dependency.crate,
      patched: registry === undefined ? publicRegistry : registrySource(registry),
      source: declaredSource(dependency, named),
      requirement: dependency.requirement,
      replaces: version,
    })),
  ]);
}

function patchedSource({ of }: ManifestPatch, named: (name: string) => CrateSource | undefined): CrateSource {
  const known = named(of);
  if (known !== undefined) return known;
  // An address may be that of a git repository (all of its branches and tags are meant) or of an index.
  const isPlain = of.includes("://") && !/^(?:sparse|registry)\+/.test(of);
  return isPlain ? { kind: "registry", id: `git+${of}` } : registrySource(of);
}

/** Whether a patch is for crates of `source`. */
export function isPatchOf({ patched }: Patch, source: CrateSource): boolean {
  if (source.kind === "git") return patched.id === `git+${source.url}`;
  const { id } = source.id === "" ? publicRegistry : source;
  return patched.id === id || patched.id === id.replace(/^registry\+/, "git+");
}

/** A catalog in which releases of other sources take part; they replace releases of the same version. */
export function patchedCatalog(
  crate: string,
  source: CrateSource,
  base: Catalog | undefined,
  patches: readonly CatalogEntry[],
): Catalog {
  const replaced = new Set(patches.map(({ version }) => version.text));
  const kept = (base?.entries ?? []).filter(({ version }) => !replaced.has(version.text));
  return new GroupedCatalog(crate, source, [...kept, ...patches], (release) => base?.downloadUrl(release));
}

/** The same release seen from the catalog that it was patched into: there it claims no library, because it is elsewhere. */
export function standInEntry(release: Release): CatalogEntry {
  return { ...knownEntry(release), links: undefined };
}
