import type { PlannedSource } from "./source-table.ts";

/** What is only for some systems; for all when absent. */
export type ForSystems = {
  readonly systems?: readonly string[];
};

/** System packages of one build, as attributes of nixpkgs. */
export type PlannedInputs = {
  /** Run while building. */
  readonly native: readonly string[];
  /** Linked against. */
  readonly link: readonly string[];
  /** Variables for the build; `@attribute@` stands for a store path. */
  readonly environment: ReadonlyMap<string, string>;
};

/** What `meta` of a derivation says. */
export type PlannedMeta = {
  readonly licence?: string;
  /** The SPDX identifiers that the licence is made of; empty when it is no expression of such. */
  readonly spdx?: readonly string[];
  readonly description?: string;
  readonly homepage?: string;
};

/** One folder of a node_modules tree. */
export type PlannedNode = ForSystems & {
  /** Below the project's folder: `node_modules/a/node_modules/b`. */
  readonly path: string;
  /** Absent for a link. */
  readonly source?: string;
  /** What a link points to, below the project's folder. */
  readonly link?: string;
  readonly bin: ReadonlyMap<string, string>;
  /** Whether its install scripts are run, in a derivation of their own. */
  readonly isBuilt?: true;
};

export type NpmProject = {
  readonly kind: "npm";
  readonly pname: string;
  readonly version: string;
  /** Below the root of the sources; absent when there is no such folder. */
  readonly directory?: string;
  readonly nodes: readonly PlannedNode[];
  readonly inputs: PlannedInputs;
  readonly meta: PlannedMeta;
};

export type PlannedCrate = ForSystems & {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  /** Hexadecimal SHA-256 of the archive, as cargo checks it; absent for a checkout. */
  readonly checksum?: string;
  /** Where the crate lies in its checkout. */
  readonly subdirectory?: string;
};

/** A Git source that cargo is told to find in the vendor directory. */
export type PlannedGitSource = {
  readonly url: string;
  /** `branch`, `tag` or `rev`, where the dependent gave one. */
  readonly reference?: readonly [string, string];
};

export type CargoProject = {
  readonly kind: "cargo";
  readonly pname: string;
  readonly version: string;
  readonly directory: string;
  readonly crates: readonly PlannedCrate[];
  readonly gitSources: readonly PlannedGitSource[];
  readonly inputs: PlannedInputs;
  readonly meta: PlannedMeta;
};

/** A crate from a registry that is built for its programs. */
export type PlannedProgram = {
  readonly id: string;
  readonly pname: string;
  readonly version: string;
  /** The crate itself, … */
  readonly crate: PlannedCrate;
  /** … what takes the place of the dependencies and features of its manifest (TOML), … */
  readonly manifest: string;
  readonly features: readonly string[];
  /** … and what it is built of. */
  readonly crates: readonly PlannedCrate[];
  readonly gitSources: readonly PlannedGitSource[];
  readonly inputs: PlannedInputs;
  readonly meta: PlannedMeta;
};

/** The programs of the crates that enki.toml asks for. */
export type CargoPrograms = {
  readonly kind: "cargo-programs";
  readonly pname: string;
  readonly version: string;
  readonly programs: readonly DistributionUse[];
  readonly meta: PlannedMeta;
};

/** A file that a distribution is installed from; the first that is for a system counts. */
export type PlannedFile = ForSystems & {
  readonly kind: "wheel" | "sdist";
  /** Key of a fetch; absent for what lies in the project itself. */
  readonly source?: string;
  /** A folder or file of the project. */
  readonly path?: string;
  /** Where the project lies in a checkout; its root when absent. */
  readonly subdirectory?: string;
  /** A wheel with compiled code: on Linux its libraries are pointed to those of nixpkgs. */
  readonly isNative?: true;
};

export type PlannedDistribution = {
  readonly id: string;
  readonly pname: string;
  readonly version: string;
  readonly files: readonly PlannedFile[];
  /** The locked build environment of a source distribution. */
  readonly build: readonly DistributionUse[];
  /** Crates that the build needs. */
  readonly crates: readonly PlannedCrate[];
  readonly gitSources: readonly PlannedGitSource[];
  readonly inputs: PlannedInputs;
  readonly meta: PlannedMeta;
};

export type DistributionUse = ForSystems & {
  readonly id: string;
};

export type PypiProject = {
  readonly kind: "pypi";
  readonly pname: string;
  readonly version: string;
  readonly distributions: readonly DistributionUse[];
  readonly meta: PlannedMeta;
};

export type PlannedOpamPackage = {
  readonly id: string;
  /** As opam has them, for the variables of commands. */
  readonly name: string;
  readonly version: string;
  /** As the store allows them. */
  readonly pname: string;
  readonly storeVersion: string;
  /** Absent for packages without files: they only carry dependencies. */
  readonly source?: string;
  readonly extraSources: readonly { readonly name: string; readonly source: string }[];
  readonly patches: readonly string[];
  readonly substs: readonly string[];
  readonly build: readonly (readonly string[])[];
  readonly install: readonly (readonly string[])[];
  /** What its build runs cargo for. */
  readonly crates: readonly PlannedCrate[];
  readonly gitSources: readonly PlannedGitSource[];
  readonly dependencies: readonly DistributionUse[];
  readonly inputs: PlannedInputs;
  readonly meta: PlannedMeta;
};

export type OpamProject = {
  readonly kind: "opam";
  readonly pname: string;
  readonly version: string;
  /** Absent when the project has nothing of its own to build. */
  readonly directory?: string;
  readonly build: readonly (readonly string[])[];
  readonly install: readonly (readonly string[])[];
  readonly packages: readonly DistributionUse[];
  readonly inputs: PlannedInputs;
  readonly meta: PlannedMeta;
};

export type PlannedProject = NpmProject | CargoProject | CargoPrograms | PypiProject | OpamProject;

/** Everything that the constant Nix library needs, decided: the content of plan.json. */
export type Plan = {
  readonly schema: 1;
  readonly lockSha256: string;
  /** Absent when nothing of nixpkgs was locked. */
  readonly nixpkgs?: { readonly release: string };
  readonly systems: readonly string[];
  /** Toolchain to attribute. */
  readonly toolchains: ReadonlyMap<string, string>;
  /** Attributes of nixpkgs that builds use. */
  readonly attributes: readonly string[];
  readonly sources: ReadonlyMap<string, PlannedSource>;
  readonly distributions: ReadonlyMap<string, PlannedDistribution>;
  readonly opam: ReadonlyMap<string, PlannedOpamPackage>;
  /** By the id of the crate. */
  readonly programs: ReadonlyMap<string, PlannedProgram>;
  readonly projects: ReadonlyMap<string, PlannedProject>;
};
