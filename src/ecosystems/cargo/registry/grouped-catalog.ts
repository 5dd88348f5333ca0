import type { CrateSource } from "../package/crate-source.ts";
import type { Release } from "../package/release.ts";
import type { Compatibility } from "../versions/compatibility.ts";
import { compatibilityOf } from "../versions/compatibility.ts";
import { compareVersions } from "../versions/version.ts";
import type { Catalog, CatalogEntry } from "./catalog.ts";

/** A catalog over a list of releases, grouped by compatibility class: highest first, in the classes and among them. */
export class GroupedCatalog implements Catalog {
  readonly crate: string;
  readonly source: CrateSource;
  readonly entries: readonly CatalogEntry[];
  readonly #groups = new Map<Compatibility, CatalogEntry[]>();
  readonly #downloadUrl: (release: Release) => string | undefined;

  constructor(
    crate: string,
    source: CrateSource,
    entries: readonly CatalogEntry[],
    downloadUrl: (release: Release) => string | undefined,
  ) {
    this.crate = crate;
    this.source = source;
    this.#downloadUrl = downloadUrl;
    this.entries = entries.toSorted((left, right) => compareVersions(right.version, left.version));
    for (const entry of this.entries) {
      const compatibility = compatibilityOf(entry.version);
      const group = this.#groups.get(compatibility);
      if (group === undefined) this.#groups.set(compatibility, [entry]);
      else group.push(entry);
    }
  }

  get compatibilities(): readonly Compatibility[] {
    return [...this.#groups.keys()];
  }

  entriesOf(compatibility: Compatibility): readonly CatalogEntry[] {
    return this.#groups.get(compatibility) ?? [];
  }

  downloadUrl(release: Release): string | undefined {
    return this.#downloadUrl(release);
  }
}
