import type { Dependency, PackageIndex } from "../../../solver/provider.ts";

/**
 * Which members of a workspace need a package, as far as is known: dependents are followed upwards through what is
 * selected. cargo counts all members instead, so that a member which has nothing to do with a package can hold it back
 * (cargo#13873).
 */
export class ReachingMembers {
  readonly #dependents = new Map<PackageIndex, Set<PackageIndex>>();

  /** Remembers what a package needs. */
  record(dependent: PackageIndex, dependencies: readonly Dependency[]): void {
    for (const { package: target, kind } of dependencies) {
      if (kind === "constrains") continue;
      const known = this.#dependents.get(target);
      if (known === undefined) this.#dependents.set(target, new Set([dependent]));
      else known.add(dependent);
    }
  }

  /** The selected packages among `members` from which `package_` is reached. */
  of(
    package_: PackageIndex,
    members: ReadonlySet<PackageIndex>,
    isSelected: (package_: PackageIndex) => boolean,
  ): ReadonlySet<PackageIndex> {
    const reached = new Set([package_]);
    const found = new Set<PackageIndex>();
    // A set that grows while it is walked: everything added is visited too.
    for (const current of reached) {
      for (const dependent of this.#dependents.get(current) ?? []) {
        if (!isSelected(dependent)) continue;
        if (members.has(dependent)) found.add(dependent);
        else reached.add(dependent);
      }
    }
    return found;
  }
}
