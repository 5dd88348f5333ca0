import type { Dependency, PackageIndex } from "./provider.ts";
import type { VersionSet } from "./version-set.ts";

/**
 * "It can't be that this package is selected inside `versions`", or, when `includesAbsent`, "… inside `versions` or not
 * selected at all".
 */
export interface Term {
  readonly package: PackageIndex;
  readonly versions: VersionSet;
  readonly includesAbsent: boolean;
}

/** Why an incompatibility holds by itself. */
export type Fact =
  /** The root must be selected. */
  | { readonly kind: "root" }
  /** The candidates `versions` of `dependent` all have this dependency. */
  | {
      readonly kind: "dependency";
      readonly dependent: PackageIndex;
      readonly versions: VersionSet;
      readonly dependency: Dependency;
    }
  /** These candidates are unusable for this reason. */
  | {
      readonly kind: "unavailable";
      readonly package: PackageIndex;
      readonly versions: VersionSet;
      readonly reason: unknown;
    }
  /** The package has no candidate at all. */
  | { readonly kind: "missing"; readonly package: PackageIndex; readonly reason: unknown };

/** A node of the proof: terms that can't all hold, because of a fact or because two earlier nodes exclude each other. */
export type DerivationNode =
  | { readonly kind: "fact"; readonly terms: readonly Term[]; readonly fact: Fact }
  /** `left` and `right` index {@link Derivation.nodes} and are smaller than this node's own index. */
  | { readonly kind: "derived"; readonly terms: readonly Term[]; readonly left: number; readonly right: number };

/** A proof that there is no selection, as a directed acyclic graph in topological order: the last node is the conclusion. */
export interface Derivation {
  readonly nodes: readonly DerivationNode[];
}
