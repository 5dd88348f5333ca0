import type { CrateSource } from "../package/crate-source.ts";
import type { Release } from "../package/release.ts";
import type { Compatibility } from "../versions/compatibility.ts";
import type { CargoVersion } from "../versions/version.ts";
import type { InvalidRelease } from "./index-line.ts";

/** One release that could be chosen, of which only the outside has been read. */
export interface CatalogEntry {
  readonly version: CargoVersion;
  /** Where this very release comes from: a patch may put a release of another source into a catalog. */
  readonly source: CrateSource;
  readonly isYanked: boolean;
  readonly links: string | undefined;
  readonly rustVersion: string | undefined;
  /** When it was published, RFC 3339, where the index says so. */
  readonly published: string | undefined;
  /** The version of the index format that the entry needs. */
  readonly formatVersion: number;
  /** Whether a feature of this name may exist; `false` is certain, without decoding the entry. */
  mayHaveFeature(name: string): boolean;
  /** The decoded entry; decoded once. */
  release(): Release | InvalidRelease;
}

/** All releases of one crate from one source. */
export interface Catalog {
  readonly crate: string;
  readonly source: CrateSource;
  /** Every release, highest version first. */
  readonly entries: readonly CatalogEntry[];
  /** The releases of one compatibility class, highest version first. */
  entriesOf(compatibility: Compatibility): readonly CatalogEntry[];
  /** The classes that have releases, highest first. */
  readonly compatibilities: readonly Compatibility[];
  /** Where the `.crate` file of a version is downloaded from. */
  downloadUrl(release: Release): string | undefined;
}
