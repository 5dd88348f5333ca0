import type { Diagnostic } from "../model/diagnostic.ts";
import type { FileSystem } from "../model/file-system.ts";
import type { JsonValue } from "../model/json.ts";
import type { ManifestEdit } from "../model/manifest-edit.ts";
import type { Manifest, ManifestReading } from "../model/manifest.ts";
import type { Origin } from "../model/origin.ts";
import type { EcosystemId, ForeignRequirement } from "../model/requirement.ts";
import type {
  EcosystemResolution,
  Edge,
  OutputFile,
  PackageId,
  ResolvedPackage,
  Resolution,
  Violation,
} from "../model/resolution.ts";
import type { Target } from "../model/target.ts";
import type { GitClient } from "../net/git/git-client.ts";
import type { HttpClient } from "../net/http-client.ts";
import type { CandidateIndex, Dependency, Need, PackageIndex, Provider, RequirementIndex } from "../solver/provider.ts";
import type { VersionSet } from "../solver/version-set.ts";

/** Where an ecosystem's packages come from. */
export type RegistryLocation =
  | {
      readonly kind: "http";
      readonly url: string;
      /** The name a configuration gives it. */
      readonly name?: string;
      /** Whether it is one page that links to the files of many packages (`--find-links` of pip). */
      readonly isFlat?: boolean;
    }
  /** A directory or an archive (`.tar`, `.tar.gz`) in the registry's native layout. */
  | { readonly kind: "path"; readonly path: string; readonly name?: string };

/** What the user asked of the resolution; absent fields mean the ecosystem's own default. */
export interface ResolveOptions {
  readonly versions?: "highest" | "lowest" | "lowest-direct";
  readonly prerelease?: "if-necessary" | "pep440" | "allow" | "disallow" | "explicit";
  /** Nothing published at or after this moment exists. RFC 3339, UTC. */
  readonly excludeNewer?: string;
  /** Toolchain requirements that ecosystems only warn about become constraints. */
  readonly strictEngines?: boolean;
  /** Settings of one ecosystem, from its table in enki.toml or from flags: `peers` of npm, `order` of opam … */
  readonly settings: ReadonlyMap<string, JsonValue>;
}

/** A version that an earlier lock holds; tried first wherever it is still admissible. */
export interface LockedPreference {
  readonly name: string;
  readonly version: string;
  readonly package: ResolvedPackage;
  /** The dependencies that led to it, where the lock says so. */
  readonly edges?: readonly Edge[];
}

/** A project of one ecosystem that is built as part of a package of another: the crate of a source distribution. */
export interface NestedProject {
  readonly ecosystem: EcosystemId;
  /** The package around it. */
  readonly within: PackageId;
  /** Its manifests and its lockfile: path inside of the package to text. */
  readonly files: ReadonlyMap<string, string>;
  /** The manifest to start from, and the lockfile that counts for it, if there is one; paths of {@link files}. */
  readonly manifest: string;
  readonly lock?: string | undefined;
  /** In words, for explanations: `the crate that cryptography 43.0.0 builds`. */
  readonly why: string;
}

/** The package and the requirement that a foreign requirement means in this problem. */
export interface RequirementTarget {
  readonly package: PackageIndex;
  readonly requirement: RequirementIndex;
}

/** What a source may use while it serves one problem. */
export interface SourceContext {
  readonly target: Target;
  readonly options: ResolveOptions;
  /** In order of rank; empty means the ecosystem's own default or configuration. */
  readonly registries: readonly RegistryLocation[];
  readonly preferences: readonly LockedPreference[];
  readonly http: HttpClient;
  /** Absent where git repositories can't be read. */
  readonly git?: GitClient | undefined;
  readonly files: FileSystem;
  /** Absolute path of the project, for reading path dependencies and configuration. Never written to any output. */
  readonly projectDirectory: string;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** The time of this run, in milliseconds since 1970, for policies that speak of a release's age. */
  readonly nowMs: number;
  /** Whether nothing may be asked over the network. `http` enforces it; sources need it for messages only. */
  readonly isOffline: boolean;
  /** A new solver package that belongs to the calling source. Call it once per package and remember the answer. */
  newPackage(): PackageIndex;
  /** The solver package and requirement that stand for a requirement on another ecosystem. */
  foreign(requirement: ForeignRequirement): RequirementTarget;
  /**
   * What a package of the calling source depends on for a project of another ecosystem inside of it: the same for the
   * same `within`. Nothing, and a warning, when its manifest can't be read.
   */
  nested(project: NestedProject): readonly Dependency[];
  /** Whether `version` lies in `range`, in the range language of `syntax`. An unreadable range throws an EnkiError. */
  rangeAdmits(syntax: EcosystemId, range: string, version: string): boolean;
  report(diagnostic: Diagnostic): void;
}

/** Where a dependency was read: what {@link Dependency.origin} holds in Enki's own sources. */
export interface DependencyOrigin {
  /** The requirement as its author wrote it, without the name: `^4.18.0`, `{>= "2.0"}`. */
  readonly text: string;
  readonly kind: "manifest" | "registry" | "rule";
  /** Manifest requirements only. */
  readonly place?: Origin;
  /** Edges between ecosystems: which rule made the edge, in words. */
  readonly why?: string;
}

/** What a solver package is, for people. Synthetic kinds never show up in an explanation under a name of their own. */
export interface PackageDescription {
  readonly ecosystem: EcosystemId;
  readonly kind: "root" | "real" | "feature" | "slot" | "alternative" | "claim" | "tool";
  /** `react`, `serde[derive]`, `python`: the words in which an explanation names it. */
  readonly label: string;
  /** The package that a feature or a slot stands for. */
  readonly base?: PackageIndex;
  /** Where its candidates come from, when that explains why there are so few: `nixpkgs nixos-25.05`. */
  readonly offeredBy?: string;
  /** Which of the versions of `label` its candidates are, where there are others: `1.*`. */
  readonly among?: string;
}

/** Why a requirement may fail to find what there is, for hints. */
export type RequirementRemark =
  /** These pre-releases lie inside, but a requirement has to name a pre-release to get one. */
  | { readonly kind: "prerelease"; readonly versions: readonly string[] }
  /** The package was taken from `index` alone; `others` come after it and were not asked. */
  | { readonly kind: "first-index"; readonly index: string; readonly others: readonly string[] };

/** The versions that one solver package holds. */
export interface HeldVersions {
  /** By candidate; a candidate beyond the last means absence. */
  readonly versions: readonly string[];
  /** All versions of the package that its registry knows, these among them. */
  readonly existing: readonly string[];
  /** The candidates that its dependent could use, where every dependent has a copy of its own. */
  readonly wanted?: VersionSet;
}

/** What was selected: the solver's answer. */
export interface Selection {
  /** The selected candidate of `package`, or `undefined` when the package is not part of the answer. */
  candidate(package_: PackageIndex): CandidateIndex | undefined;
}

/** The packages of one ecosystem in one problem (one target): facts for the solver, words for people, and the result. */
export interface PackageSource extends Provider {
  /** What the manifests of this ecosystem require. Called once, first. */
  rootDependencies(manifests: readonly Manifest[]): readonly Dependency[];
  /** The solver package that another ecosystem's requirement means. Throws an EnkiError for an unreadable range. */
  accept(requirement: ForeignRequirement): RequirementTarget;
  /**
   * Fetches what the solver lacks, as concurrently as the registry allows, and may fetch what is likely next. When it
   * settles, {@link Provider.facts} or {@link Provider.dependencies} answers for every need. A package that does not
   * exist is a fact (`missing`), not an error.
   */
  load(needs: readonly Need[], signal: AbortSignal): Promise<void>;
  describe(package_: PackageIndex): PackageDescription;
  /** Words for a set of candidates, against the candidates that exist: `>=1.2.0 <2.0.0`, `1.4.0`, `1.0.0 or 1.0.2`, `*` for all of several. Empty only for candidates that mean absence. */
  describeVersions(package_: PackageIndex, versions: VersionSet): string;
  /** A requirement as it was written: `^1.2`. Empty for any version. */
  describeRequirement(package_: PackageIndex, requirement: RequirementIndex): string;
  /** Words for `Unavailable.reason`, `UnavailableCandidates.reason` and `PackageFacts.missing`, completing "… because it ": `is yanked`, `needs python >=3.12`. */
  describeReason(reason: unknown): string;
  /** What a reader should know about a requirement that no candidate of the package fulfils. */
  remarkOn?(package_: PackageIndex, requirement: RequirementIndex): RequirementRemark | undefined;
  /**
   * The id of the real package version that a selected candidate stands for; features, slots and proxies answer for the
   * package behind them. `undefined` for packages that mean nothing by themselves (claims, alternatives, absence).
   * `selection` is there once everything is selected, for proxies whose candidate leaves the version open.
   */
  packageId(package_: PackageIndex, candidate: CandidateIndex, selection?: Selection): PackageId | undefined;
  /**
   * The versions that the candidates of `package_` are, if they are versions of the package called `name` (as people
   * write it); `undefined` for other packages, and for those that stand for something else. Called once there are facts.
   */
  versionsOf(package_: PackageIndex, name: string): HeldVersions | undefined;
  /**
   * What the selection shows that facts alone did not: that some part of it cannot be carried out. The source then gives
   * other facts, and the problem is solved anew. `undefined` where nothing is wrong; absent where an answer is always good.
   */
  learnFrom?(selection: Selection): Objection | undefined;
  /** The packages, instances and edges that the selection means, with nothing unreachable. Edges into other ecosystems included. */
  collect(selection: Selection, context: CollectContext): Promise<EcosystemResolution>;
}

/** That a selection can't be carried out as it is. */
export interface Objection {
  /** What the packages are called that are in the way. */
  readonly names: readonly string[];
  /** Whether it may stand where the search for a better one is given up; its resolution then says what it lacks. */
  readonly isTolerable: boolean;
}

/** How a source names what other sources selected. */
export interface CollectContext {
  readonly manifests: readonly Manifest[];
  /** The package id selected for a foreign requirement, or `undefined` when that environment has none. */
  foreignPackageId(target: RequirementTarget): string | undefined;
  readonly signal: AbortSignal;
}

/** What the writer of native lockfiles may look at. */
export interface ExportContext {
  readonly resolution: Resolution;
  /** This ecosystem's. */
  readonly manifests: readonly Manifest[];
  /** The native lockfile that stands at `path` now, for keeping its indentation and format version. */
  existing(path: string): string | undefined;
}

/** One ecosystem. Adding one means: a folder with one of these, a line in `ecosystems/index.ts`, a file in `nix-emit/`. */
export interface Ecosystem {
  readonly id: EcosystemId;
  /** `npm`, `PyPI`, `cargo`: how messages call it. */
  readonly title: string;
  /** Whether a file of this name is a manifest of this ecosystem (`package.json`, `x.opam`). */
  isManifest(fileName: string): boolean;
  /**
   * Toolchains (`python`, `node` …) whose exact version this ecosystem must know before it can be solved, because
   * markers or preferences depend on it. They arrive in `SourceContext.target.tools`.
   */
  readonly requiredTools: readonly string[];
  /** What the table `[<id>]` of enki.toml may hold; any value when absent. */
  readonly settings?: readonly EcosystemSetting[];
  /**
   * The hosts (`files.example`, `127.0.0.1:4873`) that packages may be downloaded from with these registries, so that a
   * lock can't add one; `undefined` where an index may point anywhere and hashes vouch for what arrives.
   */
  downloadHosts?(registries: readonly RegistryLocation[], where: ConfigurationContext): ReadonlySet<string> | undefined;
  /**
   * The candidates of a toolchain, most preferred first; only the ecosystem that offers toolchains has this. `context`
   * is needed when the options name an index that lies in a file.
   */
  toolCandidates?(tool: string, options: ResolveOptions, context?: ManifestContext): readonly ToolCandidate[];
  /**
   * The part of a large index of toolchains and libraries that resolutions need, as a file to keep in the project and
   * to name in the settings. `source` says where the bytes are from: a URL, or the name of a file. `asked` are the names
   * that the project asks for itself, as requirements have them; the setting `names` of `options` may mean more.
   */
  condenseIndex?(bytes: Uint8Array, source: string, asked: readonly string[], options: ResolveOptions): OutputFile;
  /** Reads one manifest. `path` is relative to `projectDirectory`. Bad input is a diagnostic, never an exception. */
  readManifest(path: string, bytes: Uint8Array, context: ManifestContext): ManifestReading;
  /** Turns the table `[dependencies.<id>]` of enki.toml into a manifest; entries keep their places in the file. */
  readDependencyTable(entries: readonly TableEntry[], context: ManifestContext): ManifestReading;
  /**
   * The text of a manifest of this ecosystem with requirements added and removed; everything else stays as it is,
   * comments and layout included. What is to be removed and is not there changes nothing. Throws an EnkiError (`usage`)
   * where the manifest can't say what is asked. Absent where an ecosystem has no manifests of its own.
   */
  editManifest?(file: string, text: string, edit: ManifestEdit): string;
  /** The range that `enki add` writes for the version it found: what the ecosystem's own tool writes. `*` when absent. */
  rangeForNew?(version: string): string;
  /** The range that a bare version on the command line means; the version itself when absent. */
  rangeForExact?(version: string): string;
  /** The range language: whether `version` lies in `range`. Throws an EnkiError for an unreadable range. */
  rangeAdmits(range: string, version: string): boolean;
  openSource(context: SourceContext): PackageSource;
  /** Every package name of the registries, sorted bytewise; only where registries list their packages. */
  packageNames?(context: RegistryContext): Promise<readonly string[]>;
  /**
   * The independent check: every requirement of every selected package holds, judged from `details` and the manifests
   * with this ecosystem's own matcher, sharing no code with the solver or the source. `manifests` are this ecosystem's.
   */
  verify(resolution: Resolution, manifests: readonly Manifest[]): readonly Violation[];
  /**
   * Other values of one setting, the nearest first, under which packages of this ecosystem have other versions: newer
   * releases of nixpkgs. Absent where there is no such setting; empty where nothing newer is known.
   */
  otherSettings?(settings: ResolveOptions["settings"]): readonly { readonly name: string; readonly value: string }[];
  /** The native lockfiles that may stand beside a manifest, ours or the tool's own, best first; relative to the project. */
  nativeLocks?(manifest: Manifest): readonly string[];
  /**
   * What a native lockfile holds, as pins to prefer: name, version, and those details that the source reads of a
   * preference. Throws an EnkiError (`invalid-lock`).
   */
  importLock?(path: string, text: string): readonly ResolvedPackage[];
  /** The native lockfiles, from the resolution alone. Deterministic. */
  exportLocks(context: ExportContext): readonly OutputFile[];
}

/** What reading a registry as a whole needs. */
export type RegistryContext = Pick<SourceContext, "registries" | "http" | "files" | "projectDirectory">;

/** One key of an ecosystem's table in enki.toml. */
export interface EcosystemSetting {
  readonly name: string;
  readonly type: "string" | "boolean" | "number" | "strings" | "table";
  /** The only texts allowed, for `string` and `strings`. */
  readonly values?: readonly string[];
  /** What it does, in one sentence, for the documentation. */
  readonly summary: string;
}

/** One toolchain that can be chosen. */
export interface ToolCandidate {
  /** `3.12.8` */
  readonly version: string;
  /** What offers it: `python312`. */
  readonly attribute: string;
}

/** Where an ecosystem's own configuration is found. */
export interface ConfigurationContext extends ManifestContext {
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
}

export interface ManifestContext {
  readonly projectDirectory: string;
  readonly files: FileSystem;
}

/** One line of a `[dependencies.<id>]` table. */
export interface TableEntry {
  readonly name: string;
  /** The range, or `*`. */
  readonly range: string;
  readonly features: readonly string[];
  readonly origin: Origin;
}
