import type { JsonObject } from "./json.ts";
import type { EcosystemId, EdgeKind, EnvironmentId } from "./requirement.ts";
import type { SystemName } from "./target.ts";

/** `<ecosystem>:<name>@<version>`; a root is `root:<manifest file>`. Sorts bytewise in every output. */
export type PackageId = string;

/** One file that a package is installed from. */
export interface Artifact {
  /** `tarball`, `wheel`, `sdist`, `crate`, `source` … in the ecosystem's words. */
  readonly kind: string;
  readonly url: string;
  /** One canonical Subresource Integrity string, sha256 or sha512; absent when the registry publishes no usable hash. */
  readonly integrity?: string;
  readonly sizeBytes?: number;
  /** The weak hash (`sha1-…`, `md5-…`) that {@link integrity} replaced after the bytes were verified against it. */
  readonly upgradedFrom?: string;
  /** The systems it is for; all when absent. */
  readonly systems?: readonly SystemName[];
}

/** One selected package version, with every fact that native lockfiles and Nix need: outputs are written from the lock alone. */
export interface ResolvedPackage {
  readonly id: PackageId;
  readonly ecosystem: EcosystemId;
  readonly name: string;
  readonly version: string;
  readonly licence?: string;
  readonly artifacts: readonly Artifact[];
  /** Facts in the ecosystem's own shape (npm: bin, engines, os …; cargo: features, checksum …). */
  readonly details: JsonObject;
}

/** One use of a package: which features in which environment, and where it is placed. */
export interface Instance {
  readonly package: PackageId;
  readonly environment: EnvironmentId;
  readonly features: readonly string[];
  /** npm: the path below the root, `web/node_modules/a/node_modules/b`. */
  readonly path?: string;
  /** The systems on which this use exists; all when absent. */
  readonly systems?: readonly SystemName[];
}

/** One dependency that was followed. */
export interface Edge {
  readonly from: PackageId;
  readonly to: PackageId;
  readonly kind: EdgeKind;
  /** The name by which the dependent knows the package, when it is another than the package's own. */
  readonly alias?: string;
  /** The range as written by the dependent. */
  readonly range: string;
  /** The environment in which the edge was followed. */
  readonly environment: EnvironmentId;
  /** For edges between ecosystems: which rule made the edge, in words. */
  readonly why?: string;
  readonly systems?: readonly SystemName[];
}

/** One manifest that was resolved. */
export interface ResolvedRoot {
  readonly id: PackageId;
  readonly ecosystem: EcosystemId;
  readonly file: string;
  readonly sha256: string;
  readonly name?: string;
  readonly version?: string;
  /** What native lockfiles repeat of the manifest (npm: the root entry), in the ecosystem's own shape. */
  readonly details: JsonObject;
}

/** Where the facts of an ecosystem came from. */
export interface Provenance {
  readonly ecosystem: EcosystemId;
  /** Index URL without credentials, or a path relative to the project. */
  readonly registry: string;
  /** Commit, ETag or content hash of the whole index, where it has one. */
  readonly revision?: string;
}

/** How far an ecosystem's answer can be trusted: `exact`, or the gaps that are known. */
export interface Fidelity {
  readonly ecosystem: EcosystemId;
  readonly gaps: readonly string[];
  /** Edges that could not be verified from metadata, as sentences. */
  readonly unverified: readonly string[];
}

/** Everything that was decided: the content of `enki.lock`. */
export interface Resolution {
  readonly roots: readonly ResolvedRoot[];
  readonly packages: readonly ResolvedPackage[];
  readonly instances: readonly Instance[];
  readonly edges: readonly Edge[];
  readonly targets: readonly { readonly system: SystemName; readonly tools: JsonObject }[];
  readonly provenance: readonly Provenance[];
  readonly fidelity: readonly Fidelity[];
  /** The cut-off date that was in force, RFC 3339 in UTC. */
  readonly excludeNewer?: string;
}

/** The part of a {@link Resolution} that one ecosystem contributes. */
export interface EcosystemResolution {
  readonly roots: readonly ResolvedRoot[];
  readonly packages: readonly ResolvedPackage[];
  readonly instances: readonly Instance[];
  readonly edges: readonly Edge[];
  readonly provenance: readonly Provenance[];
  readonly fidelity: Fidelity;
}

/** A requirement of a resolution that does not hold; found by the independent check. */
export interface Violation {
  readonly from: PackageId;
  readonly message: string;
}

/** A file that Enki writes. */
export interface OutputFile {
  /** Relative to the project's root, with forward slashes. */
  readonly path: string;
  readonly content: string;
}
