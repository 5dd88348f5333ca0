import type { DeclaredEdge } from "./declared-edges.ts";
import type { Ecosystem, RegistryLocation, ResolveOptions } from "../ecosystems/ecosystem.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { FileSystem } from "../model/file-system.ts";
import type { Manifest } from "../model/manifest.ts";
import type { EcosystemId, ForeignRequirement } from "../model/requirement.ts";
import type { OutputFile, Resolution, Violation } from "../model/resolution.ts";
import type { SystemName } from "../model/target.ts";
import type { GitClient } from "../net/git/git-client.ts";
import type { HttpClient } from "../net/http-client.ts";
import type { Derivation } from "../solver/derivation.ts";
import type { SolverLimits, SolverStatistics } from "../solver/outcome.ts";
import type { CapturedProblem } from "./captured-problem.ts";
import type { Narrator } from "./narrator.ts";
import type { VersionQuestion } from "./version-question.ts";

/** How far a resolution has come; for a progress line. */
export interface ResolveProgress {
  readonly phase: "solving" | "loading" | "collecting" | "checking";
  readonly system: SystemName;
  /** Facts that the solver is waiting for in this round. */
  readonly waitingFor: number;
  /** Rounds of loading so far. */
  readonly rounds: number;
}

/** Everything that a resolution depends on. Same request, same answer. */
export interface ResolveRequest {
  /** Absolute path; never appears in any output. */
  readonly projectDirectory: string;
  readonly ecosystems: ReadonlyMap<EcosystemId, Ecosystem>;
  readonly manifests: readonly Manifest[];
  /** Requirements of the service itself that no manifest holds: toolchains, system libraries. */
  readonly serviceRequirements: readonly ForeignRequirement[];
  /** `[[edges]]`: dependencies that the registries' metadata does not know. */
  readonly declaredEdges: readonly DeclaredEdge[];
  /** At least one. */
  readonly systems: readonly SystemName[];
  readonly registries: ReadonlyMap<EcosystemId, readonly RegistryLocation[]>;
  readonly options: ResolveOptions;
  /** Settings of single ecosystems; they win over `options.settings`. */
  readonly settings?: ReadonlyMap<EcosystemId, ResolveOptions["settings"]>;
  /** The resolution of an earlier lock, to be kept wherever it is still admissible. */
  readonly previous?: Resolution;
  readonly http: HttpClient;
  /** Reads git repositories; requirements on them are errors without it. */
  readonly git?: GitClient | undefined;
  readonly files: FileSystem;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** The time of this run, in milliseconds since 1970; only policies that speak of a release's age depend on it. */
  readonly nowMs: number;
  readonly isOffline: boolean;
  /** Whether files without a strong hash are downloaded for one; without it the lock may hold none for them. */
  readonly locksMissingHashes?: boolean;
  /** What must be at a certain version; for `enki why-not`. */
  readonly question?: VersionQuestion | undefined;
  /** Whether the result holds the problems that were solved, for `enki snapshot`. */
  readonly capturesProblems?: boolean;
  readonly limits: SolverLimits;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ResolveProgress) => void;
}

/** An answer that was found and checked. */
export interface Resolved {
  readonly kind: "resolved";
  readonly resolution: Resolution;
  /** Requirements that do not hold although the solver says so; an empty list unless Enki itself is wrong. */
  readonly violations: readonly Violation[];
  /** The native lockfiles, made when they are first asked for. */
  readonly locks: readonly OutputFile[];
  readonly diagnostics: readonly Diagnostic[];
  readonly statistics: readonly TargetStatistics[];
}

/** There is no answer on one of the systems; the derivation proves it in the narrator's words. */
export interface Unresolvable {
  readonly kind: "unsatisfiable";
  readonly system: SystemName;
  readonly derivation: Derivation;
  readonly narrator: Narrator;
  /** Toolchain versions that were tried and excluded for the same reason: `python 3.11.9`. */
  readonly alsoTried: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly statistics: readonly TargetStatistics[];
}

/** A limit was reached before there was an answer; with `answers` before there was one that can be carried out. */
export interface Unfinished {
  readonly kind: "stopped";
  readonly system: SystemName;
  readonly reason: "steps" | "time" | "memory" | "answers" | "aborted";
  /** How many packages were decided when it stopped, and how many more were known to be needed. */
  readonly decided: number;
  readonly undecided: number;
  /** What the packages are called that took part in most conflicts or stood in the way, most first; a few at most. */
  readonly contested: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly statistics: readonly TargetStatistics[];
}

export type ResolveResult = (Resolved | Unresolvable | Unfinished) & {
  /** One per system that was tried, where {@link ResolveRequest.capturesProblems} asks for them. */
  readonly problems?: readonly CapturedProblem[];
};

/** The work that one solve took. */
export interface TargetStatistics extends SolverStatistics {
  readonly system: SystemName;
  readonly tools: ReadonlyMap<string, string>;
  readonly rounds: number;
  readonly packages: number;
}
