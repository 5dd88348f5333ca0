import type { RegistryLocation, ResolveOptions, TableEntry } from "../ecosystems/ecosystem.ts";
import type { JsonValue } from "../model/json.ts";
import type { Origin } from "../model/origin.ts";
import type { EcosystemId, ForeignRequirement } from "../model/requirement.ts";
import type { SystemName } from "../model/target.ts";

/** The file that describes a service, at the top of its project. */
export const CONFIGURATION_FILE_NAME = "enki.toml";

/** The systems that Enki resolves for. */
export const KNOWN_SYSTEMS: readonly SystemName[] = [
  "x86_64-linux",
  "aarch64-linux",
  "x86_64-darwin",
  "aarch64-darwin",
];

/** A manifest that enki.toml names. */
export interface NamedManifest {
  readonly path: string;
  readonly origin: Origin;
}

/** One `[[edges]]` entry: packages that match `from` also need `to`. */
export interface ConfiguredEdge {
  readonly from: { readonly ecosystem: EcosystemId; readonly name: string; readonly range?: string };
  readonly to: ForeignRequirement;
}

/** What `[resolution]` says; each field gives way to a flag and to an environment variable. */
export interface ResolutionPolicy {
  readonly versions?: NonNullable<ResolveOptions["versions"]>;
  readonly prerelease?: NonNullable<ResolveOptions["prerelease"]>;
  /** As written: a date, a moment, or a duration before now. */
  readonly excludeNewer?: string;
  readonly strictEngines?: boolean;
  readonly maxSteps?: number;
  /** Seconds. */
  readonly timeoutSeconds?: number;
}

/** What `[outputs]` says. */
export interface ConfiguredOutputs {
  /** Whether `resolve` writes the native lockfiles. */
  readonly locks?: boolean;
  /** Whether `resolve` writes the Nix files. */
  readonly nix?: boolean;
  /** Whether a flake.nix is written beside them. */
  readonly flake?: boolean;
  /** Packages whose install scripts the Nix files run, each in a derivation of its own. */
  readonly installScripts?: readonly string[];
  /** Whether the Nix files may download over plain http. */
  readonly insecureUrls?: boolean;
}

/** The content of an `enki.toml`; everything is optional. */
export interface Configuration {
  readonly name?: string;
  /** Absent: manifests are searched for. */
  readonly manifests?: readonly NamedManifest[];
  readonly systems?: readonly SystemName[];
  /** `[tools]`, as requirements of the service. */
  readonly tools: readonly ForeignRequirement[];
  /** `[dependencies.<ecosystem>]`. */
  readonly dependencies: ReadonlyMap<EcosystemId, readonly TableEntry[]>;
  readonly registries: ReadonlyMap<EcosystemId, readonly RegistryLocation[]>;
  readonly edges: readonly ConfiguredEdge[];
  /** `[<ecosystem>]`, and `[nixpkgs]` for the ecosystem that offers toolchains. */
  readonly settings: ReadonlyMap<EcosystemId, ReadonlyMap<string, JsonValue>>;
  readonly resolution: ResolutionPolicy;
  readonly outputs: ConfiguredOutputs;
}

/** The configuration of a project without an enki.toml. */
export const EMPTY_CONFIGURATION: Configuration = {
  tools: [],
  dependencies: new Map(),
  registries: new Map(),
  edges: [],
  settings: new Map(),
  resolution: {},
  outputs: {},
};

/** The words that `versions` and `prerelease` may be. */
export const VERSION_POLICIES: readonly NonNullable<ResolveOptions["versions"]>[] = [
  "highest",
  "lowest",
  "lowest-direct",
];
export const PRERELEASE_POLICIES: readonly NonNullable<ResolveOptions["prerelease"]>[] = [
  "if-necessary",
  "pep440",
  "allow",
  "disallow",
  "explicit",
];
