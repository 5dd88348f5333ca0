import type { Release } from "../package/release.ts";
import type { CatalogEntry } from "./catalog.ts";

/** A release that is known in full: a local package, or one of a git repository. */
export function knownEntry(release: Release): CatalogEntry {
  return {
    version: release.version,
    source: release.source,
    isYanked: false,
    links: release.links,
    rustVersion: release.rustVersion,
    published: undefined,
    formatVersion: 1,
    mayHaveFeature: (name) => release.features.has(name),
    release: () => release,
  };
}
