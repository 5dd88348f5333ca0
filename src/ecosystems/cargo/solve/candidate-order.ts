import { isRustCompatible } from "../manifest/rust-version.ts";
import type { CrateSource } from "../package/crate-source.ts";
import type { CatalogEntry } from "../registry/catalog.ts";
import type { CargoVersion } from "../versions/version.ts";
import { compareVersions } from "../versions/version.ts";

/** Everything that decides which candidate is tried first. */
export interface OrderOptions {
  /** Whether an earlier lock or a patch prefers this very release. */
  readonly isPreferred: (crate: string, version: CargoVersion, source: CrateSource) => boolean;
  /** The toolchains to stay compatible with, one per member; empty when nobody asked for that. */
  readonly rustVersions: readonly CargoVersion[];
  readonly direction: "highest" | "lowest";
}

/**
 * Puts candidates into the order in which cargo tries them: those of the lock and of patches, then those that work with
 * more of the members' rust-versions, then the highest (or lowest) version.
 */
export function orderEntries(
  crate: string,
  entries: readonly CatalogEntry[],
  options: OrderOptions,
): readonly CatalogEntry[] {
  return entries.toSorted((left, right) => compareEntries(crate, left, right, options));
}

/** Negative when `left` is tried before `right`. */
export function compareEntries(crate: string, left: CatalogEntry, right: CatalogEntry, options: OrderOptions): number {
  const isLeftPreferred = options.isPreferred(crate, left.version, left.source);
  const isRightPreferred = options.isPreferred(crate, right.version, right.source);
  if (isLeftPreferred !== isRightPreferred) return isLeftPreferred ? -1 : 1;
  const byRust = compatibleCount(right, options) - compatibleCount(left, options);
  if (byRust !== 0) return byRust;
  const byVersion = compareVersions(right.version, left.version);
  return options.direction === "highest" ? byVersion : -byVersion;
}

function compatibleCount(entry: CatalogEntry, { rustVersions }: OrderOptions): number {
  if (rustVersions.length === 0) return 0;
  const rustVersion = entry.rustVersion;
  return rustVersions.filter((rustc) => isRustCompatible(rustVersion, rustc)).length;
}
