import { canonicalIntegrity } from "../../formats/integrity.ts";
import type { ResolvedPackage } from "../../model/resolution.ts";

/** What one entry of a lockfile says of a package; the hostile values of a file as they are. */
export interface LockEntry {
  readonly name: string;
  readonly version: unknown;
  readonly url?: unknown;
  readonly integrity?: unknown;
}

/** Gathers the pins of one lockfile, each version once. */
export class LockedPins {
  readonly #pins = new Map<string, ResolvedPackage>();

  /** Entries without a version of a registry are passed over: git repositories, tarballs, links. */
  add({ name, version, url, integrity }: LockEntry): void {
    if (name === "" || typeof version !== "string" || !/^\d+\.\d+\.\d+/.test(version)) return;
    const id = `npm:${name}@${version}`;
    const hash = typeof integrity === "string" ? canonicalIntegrity(integrity) : undefined;
    // The hashes of old locks are by SHA-1, which shows nothing.
    const isStrong = hash?.startsWith("sha512-") === true;
    const address = typeof url === "string" ? url : `${name}/-/${version}.tgz`;
    const artifacts = isStrong ? [{ kind: "tarball", url: address, integrity: hash }] : [];
    this.#pins.set(id, { id, ecosystem: "npm", name, version, artifacts, details: {} });
  }

  get all(): readonly ResolvedPackage[] {
    return [...this.#pins.values()];
  }
}
