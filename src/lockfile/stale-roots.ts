import type { Manifest } from "../model/manifest.ts";
import type { Resolution } from "../model/resolution.ts";

/** How the manifests on disk differ from those that a lock was made for. */
export interface StaleRoots {
  /** Manifests that the lock does not know. */
  readonly added: readonly string[];
  /** Manifests that the lock knows and that are gone. */
  readonly removed: readonly string[];
  /** Manifests whose content is another. */
  readonly changed: readonly string[];
}

/** Compares the content hashes in a lock with the manifests; all lists are empty when the lock is fresh. */
export function findStaleRoots(resolution: Resolution, manifests: readonly Manifest[]): StaleRoots {
  // The root that stands for the service itself is no manifest and has no hash.
  const manifestRoots = resolution.roots.filter((root) => root.sha256 !== "");
  const locked = new Map(manifestRoots.map((root) => [root.file, root.sha256]));
  const present = new Map(manifests.map((manifest) => [manifest.file, manifest.sha256]));
  return {
    added: [...present.keys()].filter((file) => !locked.has(file)),
    removed: [...locked.keys()].filter((file) => !present.has(file)),
    changed: [...present].filter(([file, sha256]) => (locked.get(file) ?? sha256) !== sha256).map(([file]) => file),
  };
}
