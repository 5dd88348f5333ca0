import type { PackageId } from "../../model/resolution.ts";
import type { PackageManifest } from "./packument.ts";
import type { LocalPackage } from "./project.ts";

/** What stands behind the `@` of a package id: the version, or where the package lies when it is in no registry. */
export function idVersion(manifest: PackageManifest | undefined, local: LocalPackage | undefined): string {
  if (local !== undefined) return `file:${local.path}`;
  const pin = manifest?.lockFields["pin"];
  return typeof pin === "string" ? pin : (manifest?.version ?? "");
}

/** The id of a package from a registry, of a folder in the project, or of a pinned address. */
export function packageIdOf(manifest: PackageManifest | undefined, local: LocalPackage | undefined): PackageId {
  return `npm:${local?.name ?? manifest?.name ?? ""}@${idVersion(manifest, local)}`;
}
