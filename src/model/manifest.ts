import type { Diagnostic } from "./diagnostic.ts";
import type { EcosystemId, ForeignRequirement, ManifestRequirement } from "./requirement.ts";

/** One manifest that was read. `document` is the ecosystem's own decoded form of it; nobody else looks inside. */
export interface Manifest {
  readonly ecosystem: EcosystemId;
  /** Path relative to the project's root, with forward slashes. */
  readonly file: string;
  /** Lower-case hexadecimal SHA-256 of the file's bytes, so that a lock can tell whether it is stale. */
  readonly sha256: string;
  /** The project's own name as the manifest gives it. */
  readonly name?: string;
  readonly version?: string;
  readonly requirements: readonly ManifestRequirement[];
  /** Requirements on other ecosystems: toolchains, system libraries. */
  readonly foreign: readonly ForeignRequirement[];
  readonly document: unknown;
}

/** What reading a manifest gives. With an error among the diagnostics there is no manifest. */
export interface ManifestReading {
  readonly manifest?: Manifest;
  /** Manifests of the same ecosystem that belong to this one and are read with it: the members of a workspace of uv. */
  readonly members?: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}
