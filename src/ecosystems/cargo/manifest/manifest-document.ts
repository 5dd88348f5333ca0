import type { TextDocument } from "../../../formats/text-document.ts";
import type { Origin } from "../../../model/origin.ts";
import type { CargoRequirement } from "../versions/requirement.ts";
import type { CargoVersion } from "../versions/version.ts";
import type { CrateDependencyKind } from "../package/release.ts";
import type { GitReference } from "../package/crate-source.ts";

/** Where a manifest says that a dependency comes from, before configuration is applied. */
export type DeclaredSource =
  /** A registry: the default one when it has no name. */
  | { readonly kind: "registry"; readonly name: string | undefined; readonly indexUrl: string | undefined }
  | { readonly kind: "git"; readonly url: string; readonly reference: GitReference }
  /** Relative to the project's root; `..` parts only when it lies outside. */
  | { readonly kind: "path"; readonly directory: string };

/** One entry of a dependency table, with inheritance already applied. */
export interface ManifestDependency {
  readonly alias: string;
  readonly crate: string;
  readonly source: DeclaredSource;
  readonly requirement: CargoRequirement;
  readonly kind: CrateDependencyKind;
  readonly isOptional: boolean;
  readonly usesDefaultFeatures: boolean;
  readonly features: readonly string[];
  readonly target: string | undefined;
  readonly origin: Origin;
}

/** One entry of `[patch.…]`. */
export interface ManifestPatch {
  /** What is patched: `crates-io`, the name of a registry or a URL. */
  readonly of: string;
  readonly dependency: ManifestDependency;
}

/** One entry of `[replace]`: a single release of a registry, and where its content is taken from instead. */
export interface ManifestReplacement {
  /** The index URL of the registry; the public one when absent. */
  readonly registry: string | undefined;
  readonly version: CargoVersion;
  readonly dependency: ManifestDependency;
}

/** A `[package]` with its dependencies. */
export interface LocalPackage {
  readonly name: string;
  readonly version: CargoVersion;
  readonly edition: Edition;
  readonly rustVersion: string | undefined;
  readonly links: string | undefined;
  /** Path of its Cargo.toml and the directory that holds it, relative to the project's root. */
  readonly file: string;
  readonly directory: string;
  /** Lower-case hexadecimal SHA-256 of the file. */
  readonly sha256: string;
  readonly dependencies: readonly ManifestDependency[];
  readonly features: ReadonlyMap<string, readonly string[]>;
  /** Where the name, the rust-version and the links key stand. */
  readonly origins: {
    readonly name: Origin;
    readonly rustVersion: Origin | undefined;
    readonly links: Origin | undefined;
  };
}

export type Edition = "2015" | "2018" | "2021" | "2024";
export type ResolverVersion = "1" | "2" | "3";
export type LockVersion = 1 | 2 | 3 | 4;

/** Everything that shares one Cargo.lock: what `Manifest.document` holds for cargo. */
export interface CargoWorkspace {
  /** Path of the Cargo.toml at its root and the directory that holds it, relative to the project's root. */
  readonly file: string;
  readonly directory: string;
  /** Lower-case hexadecimal SHA-256 of that file. */
  readonly sha256: string;
  /** The format of Cargo.lock that the oldest toolchain of the members can read. */
  readonly lockVersion: LockVersion;
  /** Its packages, sorted by file. Dependencies for development count for these only. */
  readonly members: readonly LocalPackage[];
  /** Packages that members depend on by path but that are not members, sorted by file. */
  readonly localPackages: readonly LocalPackage[];
  readonly resolver: ResolverVersion;
  readonly patches: readonly ManifestPatch[];
  readonly replacements: readonly ManifestReplacement[];
}

/** A Cargo.toml as text, for reading more of it. */
export interface ManifestFile {
  readonly file: string;
  readonly directory: string;
  readonly sha256: string;
  readonly document: TextDocument;
}
