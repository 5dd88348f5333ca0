import { createHash } from "node:crypto";

import type { PackageId } from "../../model/resolution.ts";
import type { PackageManifest } from "./packument.ts";
import type { LocalPackage } from "./project.ts";

/** What tells packages of one name apart while a tree is built: the version, or where the package lies when it is in no registry. */
export function sourceKey(manifest: PackageManifest | undefined, local: LocalPackage | undefined): string {
  const name = local?.name ?? manifest?.name ?? "";
  if (local !== undefined) return `${name}@file:${local.path}`;
  const pin = manifest?.lockFields["pin"];
  return `${name}@${typeof pin === "string" ? pin : (manifest?.version ?? "")}`;
}

/** The version in a package's id: its own, or 0.0.0 for folders that have none. */
function idVersion(manifest: PackageManifest | undefined, local: LocalPackage | undefined): string {
  return (local?.version ?? manifest?.version ?? "") || "0.0.0";
}

/** The id of a package. */
export function packageIdOf(manifest: PackageManifest | undefined, local: LocalPackage | undefined): PackageId {
  return `npm:${local?.name ?? manifest?.name ?? ""}@${idVersion(manifest, local)}`;
}

/**
 * Hands out ids so that a package from elsewhere does not share one with the same version from the registry: it then
 * has build metadata (which never counts in a range) of its own.
 */
export class PackageIds {
  readonly #owners = new Map<PackageId, string>();
  readonly #versions = new Map<string, string>();

  /** Call it for packages of the registry first. Gives the version that the id ends with. */
  version(manifest: PackageManifest | undefined, local: LocalPackage | undefined): string {
    const key = sourceKey(manifest, local);
    const known = this.#versions.get(key);
    if (known !== undefined) return known;
    const id = packageIdOf(manifest, local);
    const isTaken = this.#owners.has(id);
    const version = idVersion(manifest, local);
    const distinct = isTaken ? `${version}+${createHash("sha256").update(key).digest("hex").slice(0, 12)}` : version;
    if (!isTaken) this.#owners.set(id, key);
    this.#versions.set(key, distinct);
    return distinct;
  }
}
