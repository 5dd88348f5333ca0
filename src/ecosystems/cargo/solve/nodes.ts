import type { Dependency, PackageFacts, PackageIndex, Unavailable } from "../../../solver/provider.ts";
import type { LocalPackage } from "../manifest/manifest-document.ts";
import type { CrateSource } from "../package/crate-source.ts";
import type { Release } from "../package/release.ts";
import type { Catalog, CatalogEntry } from "../registry/catalog.ts";
import type { Compatibility } from "../versions/compatibility.ts";
import type { CargoRequirement } from "../versions/requirement.ts";

/** What a feature package stands for besides its base. */
export type FeatureRequest =
  /** A feature that was asked for by name: the release must have it. */
  | { readonly kind: "feature"; readonly name: string }
  /** An optional dependency that was switched on. */
  | { readonly kind: "dependency"; readonly alias: string }
  /** The default features: fulfilled too by a release without a `default` feature. */
  | { readonly kind: "default" };

/** A package of the solver's problem. */
export type Node = LocalNode | BucketNode | WideNode | FeatureNode;

/** What every node remembers of its answers, because they must never change. */
interface Answers {
  readonly index: PackageIndex;
  facts?: PackageFacts;
  readonly dependencies: (readonly Dependency[] | Unavailable | undefined)[];
}

/** A package of the workspace or one it reaches by path: exactly one candidate. */
export interface LocalNode extends Answers {
  readonly kind: "local";
  readonly local: LocalPackage;
  readonly release: Release;
  /** Members bring their dev-dependencies and all features. */
  readonly isMember: boolean;
}

/** The releases of one crate in one compatibility class, of which a resolution holds at most one. */
export interface BucketNode extends Answers {
  readonly kind: "bucket";
  readonly crate: string;
  readonly source: CrateSource;
  readonly compatibility: Compatibility;
  catalog?: Catalog | "missing";
  /** The candidates, most preferred first; set together with {@link catalog}. */
  entries: readonly CatalogEntry[];
}

/**
 * A requirement that several classes could fulfil: its candidates are the classes. Every dependent has its own, so that
 * two dependents may choose differently, while a dependency and its features choose together.
 */
export interface WideNode extends Answers {
  readonly kind: "wide";
  readonly dependent: PackageIndex;
  readonly crate: string;
  readonly source: CrateSource;
  readonly requirement: CargoRequirement;
  /** The bucket behind each candidate; set when the catalog is known. */
  buckets?: readonly BucketNode[];
}

/** A feature of a local package, a bucket or a wide requirement: the same candidates as its base. */
export interface FeatureNode extends Answers {
  readonly kind: "feature";
  readonly base: LocalNode | BucketNode | WideNode;
  readonly request: FeatureRequest;
}

/** Why candidates can't be used, or a package is missing; see `describeReason`. */
export type Reason =
  | { readonly kind: "yanked" }
  | { readonly kind: "invalid"; readonly problem: string }
  | { readonly kind: "format"; readonly formatVersion: number }
  | { readonly kind: "too-new"; readonly cutOff: string; /** What the date leaves. */ readonly newestBefore?: string }
  | { readonly kind: "unknown-time"; readonly cutOff: string }
  | {
      readonly kind: "no-feature";
      readonly feature: string;
      readonly why: "unknown" | "hidden" | "required";
      /** Where other versions can be found that have it. */
      readonly catalog: Catalog | "missing" | undefined;
    }
  | { readonly kind: "feature-cycle"; readonly feature: string }
  | { readonly kind: "no-crate"; readonly crate: string; readonly similar: readonly string[] }
  | { readonly kind: "no-version"; readonly available: readonly string[]; readonly prereleases: readonly string[] }
  | { readonly kind: "no-source"; readonly problem: string }
  | { readonly kind: "no-local"; readonly directory: string; readonly found: string | undefined };
