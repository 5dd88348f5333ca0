import type { PackageId } from "../../../model/resolution.ts";
import type { CargoVersion } from "../versions/version.ts";
import type { CrateSource } from "./crate-source.ts";
import { publicRegistry } from "./crate-source.ts";

/** The id of a release; releases that are not from the public registry carry their source, because names repeat. */
export function packageIdOf(release: {
  readonly crate: string;
  readonly version: CargoVersion;
  readonly source: CrateSource;
}): PackageId {
  const { crate, version, source } = release;
  const suffix = source.id === publicRegistry.id ? "" : `?source=${source.id}`;
  return `cargo:${crate}@${version.text}${suffix}`;
}

/** The version in the id of a release. */
export function versionInId(id: PackageId): string {
  const question = id.indexOf("?");
  const end = question === -1 ? id.length : question;
  return id.slice(id.lastIndexOf("@", end) + 1, end);
}
