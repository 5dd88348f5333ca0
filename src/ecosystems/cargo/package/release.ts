import type { CargoRequirement } from "../versions/requirement.ts";
import type { CargoVersion } from "../versions/version.ts";
import type { CrateSource } from "./crate-source.ts";

/** When a dependency is needed: always, to run the build script, or to work on the crate itself. */
export type CrateDependencyKind = "normal" | "build" | "dev";

/** One dependency declaration of one release. */
export interface CrateDependency {
  /** The name in Cargo.toml, by which features refer to it. */
  readonly alias: string;
  /** The crate's own name, in its exact spelling. */
  readonly crate: string;
  readonly source: CrateSource;
  readonly requirement: CargoRequirement;
  readonly kind: CrateDependencyKind;
  readonly isOptional: boolean;
  readonly usesDefaultFeatures: boolean;
  readonly features: readonly string[];
  /** The `cfg(…)` expression or target triple under which it is needed. Locks hold it whatever the target. */
  readonly target: string | undefined;
}

/** What a feature switches on. */
export type FeatureValue =
  /** Another feature of the same release. */
  | { readonly kind: "feature"; readonly feature: string }
  /** `dep:alias` */
  | { readonly kind: "dependency"; readonly alias: string }
  /** `alias/feature`, or `alias?/feature` when it is weak. */
  | { readonly kind: "dependency-feature"; readonly alias: string; readonly feature: string; readonly isWeak: boolean };

/** The features of one release, implicit ones included. */
export type FeatureTable = ReadonlyMap<string, readonly FeatureValue[]>;

/** Everything that resolving needs to know about one release of a crate. */
export interface Release {
  readonly crate: string;
  readonly version: CargoVersion;
  readonly source: CrateSource;
  /** Lower-case hexadecimal SHA-256 of the `.crate` file; registry releases only. */
  readonly checksum: string | undefined;
  readonly dependencies: readonly CrateDependency[];
  readonly features: FeatureTable;
  /** The native library that this release claims for itself. */
  readonly links: string | undefined;
  readonly rustVersion: string | undefined;
  /** Where it stands in a git repository; git releases only. */
  readonly checkout?: Checkout;
}

/** A package within a git repository at one commit. */
export interface Checkout {
  /** The full commit. */
  readonly commit: string;
  /** The directory of the package, relative to the repository's root; empty for the root itself. */
  readonly directory: string;
  readonly url: string;
  /** The hash of the whole tree as Nix makes it; absent where a checkout differs from what is stored. */
  readonly treeIntegrity: string | undefined;
}
