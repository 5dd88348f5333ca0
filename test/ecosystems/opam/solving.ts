import type { SourceContext, RequirementTarget } from "../../../src/ecosystems/ecosystem.ts";
import { readOpamTable } from "../../../src/ecosystems/opam/manifest.ts";
import { OpamSource } from "../../../src/ecosystems/opam/source.ts";
import { memoryFiles } from "./memory-files.ts";
import type { OpamUniverse } from "../../../src/ecosystems/opam/universe.ts";
import type { Diagnostic } from "../../../src/model/diagnostic.ts";
import { EnkiError } from "../../../src/model/enki-error.ts";
import type { FileSystem } from "../../../src/model/file-system.ts";
import type { JsonValue } from "../../../src/model/json.ts";
import type { ForeignRequirement } from "../../../src/model/requirement.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import type { EcosystemResolution, Resolution } from "../../../src/model/resolution.ts";
import {
  ANY_VERSION,
  fullSet,
  Solver,
  type Dependency,
  type Outcome,
  type Provider,
} from "../../../src/solver/index.ts";

/** The environment under which the recorded answers of opam 2.6.1 were taken. */
export const debianSettings: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ["os-distribution", "debian"],
  ["os-family", "debian"],
  ["os-version", "12"],
]);

export interface OpamProblem {
  readonly manifests: readonly Manifest[];
  /** Repositories that are open already, or where to open one. */
  readonly universe?: OpamUniverse;
  readonly files?: FileSystem;
  readonly registry?: string;
  readonly settings: ReadonlyMap<string, JsonValue>;
  /** Toolchains that are settled. */
  readonly tools?: ReadonlyMap<string, string>;
  /** Foreign names that nobody knows. */
  readonly unmapped?: ReadonlySet<string>;
}

/** A source with everything that it needs around it; system packages are always there. */
export function openOpam(problem: OpamProblem): {
  readonly source: OpamSource;
  readonly diagnostics: Diagnostic[];
  /** The packages of other ecosystems that were asked for, by `ecosystem:name`. */
  readonly foreign: ReadonlyMap<string, number>;
  readonly asked: readonly ForeignRequirement[];
} {
  const foreign = new Map<string, number>();
  const asked: ForeignRequirement[] = [];
  let next = 1;
  const newPackage = (): number => next++;
  const diagnostics: Diagnostic[] = [];
  const context: SourceContext = {
    target: { system: "x86_64-linux", tools: problem.tools ?? new Map() },
    options: { settings: problem.settings },
    registries: [{ kind: "path", path: problem.registry ?? "/repository" }],
    preferences: [],
    http: { fetch: () => Promise.reject(new EnkiError("offline", "no network in this test")) },
    files: problem.files ?? memoryFiles({}),
    projectDirectory: "/project",
    environmentVariables: {},
    nested: () => [],
    nowMs: 0,
    isOffline: true,
    newPackage,
    foreign: (requirement): RequirementTarget => {
      asked.push(requirement);
      if (problem.unmapped?.has(requirement.name) === true) {
        throw new EnkiError("unmapped-system-dependency", `no attribute for ${requirement.name}`);
      }
      const key = `${requirement.ecosystem}:${requirement.name}`;
      const package_ = foreign.get(key) ?? newPackage();
      foreign.set(key, package_);
      return { package: package_, requirement: ANY_VERSION };
    },
    rangeAdmits: () => true,
    report: (diagnostic) => diagnostics.push(diagnostic),
  };
  const { universe } = problem;
  const open = universe === undefined ? undefined : () => Promise.resolve(universe);
  return { source: new OpamSource(context, open), diagnostics, foreign, asked };
}

/** Requirements as `[dependencies.opam]` gives them. */
export function tableManifest(requirements: Readonly<Record<string, string>>): Manifest {
  const entries = Object.entries(requirements).map(([name, range], index) => ({
    name,
    range,
    features: [],
    origin: { file: "enki.toml", line: index + 2, column: 1 },
  }));
  const { manifest } = readOpamTable(entries);
  if (manifest === undefined) throw new Error("the requirements cannot be read");
  return manifest;
}

/** The source as a provider whose package 0 is the service; packages of other ecosystems have one candidate. */
function rooted(source: OpamSource, root: readonly Dependency[], foreign: ReadonlyMap<string, number>): Provider {
  const others = { has: (package_: number): boolean => package_ === 0 || isForeign(foreign, package_) };
  return {
    order: source.order,
    facts: (package_) => (others.has(package_) ? { count: 1 } : source.facts(package_)),
    dependencies: (package_, candidate) => {
      if (package_ === 0) return root;
      return others.has(package_) ? [] : source.dependencies(package_, candidate);
    },
    matches: (package_, requirement) => (others.has(package_) ? fullSet(1) : source.matches(package_, requirement)),
    choose: (package_, admissible, isSelected) =>
      others.has(package_) ? 0 : source.choose(package_, admissible, isSelected),
    priority: (package_) => (others.has(package_) ? 0 : source.priority(package_)),
  };
}

function isForeign(foreign: ReadonlyMap<string, number>, package_: number): boolean {
  for (const other of foreign.values()) if (other === package_) return true;
  return false;
}

export type OpamAnswer =
  | {
      readonly kind: "solved";
      readonly selected: readonly string[];
      readonly resolution: Resolution;
      /** Reading, evaluating and solving, without opening the repository. */
      readonly solvingMs: number;
    }
  | { readonly kind: "failed"; readonly outcome: Outcome; readonly solvingMs: number };

/** Solves a problem; the selection as sorted `name.version` texts. */
export async function solveOpam(problem: OpamProblem): Promise<OpamAnswer> {
  const { source, foreign } = openOpam(problem);
  const root = source.rootDependencies(problem.manifests);
  await source.load([], new AbortController().signal);
  const started = performance.now();
  const solver = new Solver(rooted(source, root, foreign));
  solver.start(0, 0);
  let outcome = solver.run();
  while (outcome.kind === "needs") {
    // Packages whose build runs cargo are read again once their sources are there.
    // oxlint-disable-next-line no-await-in-loop -- each run tells what the next one needs
    await source.load(outcome.needs, new AbortController().signal);
    outcome = solver.run();
  }
  const solvingMs = performance.now() - started;
  if (outcome.kind !== "solved") return { kind: "failed", outcome, solvingMs };
  const part = await source.collect(
    { candidate: (package_) => outcome.decisions.get(package_) },
    { manifests: problem.manifests, foreignPackageId: () => undefined, signal: new AbortController().signal },
  );
  return { kind: "solved", selected: selectedOf(part), resolution: resolutionOf(part), solvingMs };
}

function selectedOf(part: EcosystemResolution): readonly string[] {
  return part.packages.map(({ name, version }) => `${name}.${version}`).toSorted();
}

function resolutionOf(part: EcosystemResolution): Resolution {
  return {
    ...part,
    fidelity: [part.fidelity],
    targets: [{ system: "x86_64-linux", tools: {} }],
  };
}
