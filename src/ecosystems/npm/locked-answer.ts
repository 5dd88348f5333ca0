import type { LockedPreference } from "../ecosystem.ts";
import { parseDependencySpec } from "./dependency-spec.ts";
import type { SlotNode } from "./problem-nodes.ts";

/** What an earlier lock says of one dependency. */
interface LockedDependency {
  /** As its author wrote it then. */
  readonly range: string;
  readonly version: string;
  /** Whether that only stands for a package that was not to be had (decision 0203). */
  readonly isMissing: boolean;
}

/** What an earlier lock holds: versions by name, and where it says so, the version that each dependency led to. */
export class LockedAnswer {
  readonly versions: ReadonlyMap<string, ReadonlySet<string>>;
  /** `undefined` where a package is there twice and its dependency led to different versions. */
  readonly #dependencies = new Map<string, LockedDependency | undefined>();

  constructor(preferences: readonly LockedPreference[]) {
    const versions = new Map<string, Set<string>>();
    for (const { name, version, package: package_, edges = [] } of preferences) {
      const isMissing = package_.details["isMissing"] === true;
      if (!isMissing) versions.set(name, (versions.get(name) ?? new Set()).add(version));
      for (const { from, alias, range } of edges) {
        const key = keyOf(from, alias ?? name);
        const other = this.#dependencies.get(key);
        const isAmbiguous =
          this.#dependencies.has(key) && (other?.version !== version || other.isMissing !== isMissing);
        this.#dependencies.set(key, isAmbiguous ? undefined : { range, version, isMissing });
      }
    }
    this.versions = versions;
  }

  /** The version that the dependency of a slot had, whatever its range was. */
  versionFor(slot: SlotNode): string | undefined {
    const locked = this.#dependencyOf(slot);
    return locked?.isMissing === true ? undefined : locked?.version;
  }

  /** Whether the dependency of a slot was done without. */
  isMissing(slot: SlotNode): boolean {
    return this.#dependencyOf(slot)?.isMissing === true;
  }

  /** The version that a tag led to: it stays, whatever the tag points to since then, like everything in a lock. */
  versionForTag(slot: SlotNode): string | undefined {
    const locked = slot.spec.kind === "tag" ? this.#dependencyOf(slot) : undefined;
    const then = locked === undefined ? undefined : parseDependencySpec(slot.name, locked.range);
    return then?.kind === "tag" && slot.spec.kind === "tag" && then.tag === slot.spec.tag ? locked?.version : undefined;
  }

  #dependencyOf({ owner, name, peerOf }: SlotNode): LockedDependency | undefined {
    if (this.#dependencies.size === 0) return undefined;
    const { instance, state, label, folder } = owner;
    const dependent = peerOf ?? instance?.manifest;
    if (dependent !== undefined) {
      return this.#dependencies.get(keyOf(`npm:${dependent.name}@${dependent.version}`, name));
    }
    if (folder === "") return this.#dependencies.get(keyOf(`root:${state.project.file}`, name));
    return this.#dependencies.get(keyOf(`npm:${label}@${state.workspaces.get(label)?.version ?? ""}`, name));
  }
}

function keyOf(from: string, name: string): string {
  return `${from}\n${name}`;
}
