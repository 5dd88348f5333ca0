import type { LockedPreference } from "../../ecosystem.ts";
import type { CrateSource } from "../package/crate-source.ts";
import type { Compatibility } from "../versions/compatibility.ts";
import { compatibilityOf } from "../versions/compatibility.ts";
import type { CargoVersion } from "../versions/version.ts";
import { parseVersion } from "../versions/version.ts";
import { versionInId } from "../package/package-id.ts";
import { readDetails } from "../package/details.ts";
import type { CrateDetails } from "../package/details.ts";
import type { Node } from "./nodes.ts";

/** What an earlier lock holds. */
export class LockedReleases {
  readonly #held = new Map<string, CrateDetails>();
  /** Versions that are asked for by name alone, whatever source has them: `enki update serde@1.0.200`. */
  readonly #named = new Set<string>();

  constructor(preferences: readonly LockedPreference[]) {
    for (const { name, version, package: package_ } of preferences) {
      const details = readDetails(package_.details);
      if (details === undefined) this.#named.add(releaseKey(name, version, ""));
      else this.#held.set(releaseKey(name, version, details.source), details);
    }
  }

  /** Whether the lock holds this very release, or it was asked for. */
  has(crate: string, version: CargoVersion, source: CrateSource): boolean {
    if (this.#held.size > 0 && this.#held.has(releaseKey(crate, version.text, source.id))) return true;
    return this.#named.size > 0 && this.#named.has(releaseKey(crate, version.text, ""));
  }

  /** The commit that the lock holds for a git source. */
  commitOf(source: CrateSource): string | undefined {
    for (const details of this.#held.values()) {
      if (details.source === source.id && details.commit !== undefined) return details.commit;
    }
    return undefined;
  }

  /** The class of versions of `crate` that the lock gave to a dependent, when the dependent is locked itself. */
  chosenBy(dependent: Node | undefined, crate: string): Compatibility | undefined {
    if (this.#held.size === 0 || dependent?.kind !== "bucket") return undefined;
    for (const { version, source } of dependent.entries) {
      const details = this.#held.get(releaseKey(dependent.crate, version.text, source.id));
      const edge = details?.dependencies.find((dependency) => dependency.crate === crate);
      const resolved = edge === undefined ? undefined : parseVersion(versionInId(edge.resolved));
      if (resolved !== undefined) return compatibilityOf(resolved);
    }
    return undefined;
  }
}

function releaseKey(crate: string, version: string, source: string): string {
  return `${crate} ${version} ${source}`;
}
