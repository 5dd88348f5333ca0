import type { JsonObject } from "../../model/json.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Manifest } from "../../model/manifest.ts";
import { compareBytewise } from "../../model/order.ts";
import type { EdgeKind } from "../../model/requirement.ts";
import type {
  EcosystemResolution,
  Edge,
  PackageId,
  Provenance,
  ResolvedPackage,
  ResolvedRoot,
} from "../../model/resolution.ts";
import type { CollectContext } from "../ecosystem.ts";
import type { Candidate } from "./candidates.ts";
import { commandsOf, type SelectedVersions } from "./commands.ts";
import { compilerPackages } from "./compiler-packages.ts";
import { refuseCycles } from "./cycles.ts";
import { interpretField, type OpamDefinition } from "./definition.ts";
import { conditionsText } from "./dependency-builder.ts";
import { artifactsOf, licenceOf, packageDetails, pinnedArtifact } from "./details.ts";
import { globalVariables, type OpamEnvironment } from "./environment.ts";
import type { EvaluatedPackage } from "./evaluated.ts";
import type { OpamValue } from "./file/value.ts";
import type { ForeignEdges } from "./foreign-edges.ts";
import { atomsOf, evaluateAtoms, versionFulfils, type PackageAtom } from "./formula.ts";
import { documentOf } from "./manifest.ts";
import type { OpamRepository } from "./repository/repository.ts";
import { foreignPrograms } from "./system-packages.ts";
import type { OpamSettings } from "./settings.ts";

/** There is one set of opam packages per service. */
const ENVIRONMENT = "run";

/** One selected version. */
export interface SelectedPackage {
  readonly candidate: Candidate;
  readonly evaluated: EvaluatedPackage;
}

export interface CollectParts {
  readonly selected: ReadonlyMap<string, SelectedPackage>;
  readonly collect: CollectContext;
  readonly environment: OpamEnvironment;
  readonly settings: OpamSettings;
  readonly foreignEdges: ForeignEdges;
  readonly repositories: readonly OpamRepository[];
  /** Why the crates in a package's sources are not known. */
  crateProblem(candidate: Candidate): string | undefined;
  evaluateLocal(name: string): EvaluatedPackage | undefined;
  /** The request flags that held for a package. */
  wantedFor(name: string): ReadonlySet<string>;
  report(diagnostic: Diagnostic): void;
}

/** What the selection means: packages with all facts that outputs need, and every edge. */
export function collectResolution(parts: CollectParts): EcosystemResolution {
  const registryPackages = [...parts.selected.values()]
    .filter(({ candidate }) => !candidate.isProject)
    .toSorted((left, right) => compareBytewise(left.candidate.id, right.candidate.id));
  const locals = parts.collect.manifests.flatMap((manifest) => {
    const document = documentOf(manifest);
    const evaluated = document.kind === "file" ? parts.evaluateLocal(document.definition.name) : undefined;
    return evaluated === undefined ? [] : [evaluated];
  });
  const evaluated = [...registryPackages.map((selected) => selected.evaluated), ...locals];
  parts.foreignEdges.throwUnmapped(evaluated.map(({ definition }) => definition));
  refuseCycles(evaluated, parts.environment);
  for (const { candidate } of registryPackages) reportAvoided(candidate, parts);

  const versions = selectedVersions(parts);
  const edges = [
    ...parts.collect.manifests.flatMap((manifest) => manifestEdges(manifest, parts)),
    ...registryPackages.flatMap(({ candidate, evaluated: package_ }) => packageEdges(candidate.id, package_, parts)),
  ];
  return {
    roots: parts.collect.manifests.map((manifest) => rootOf(manifest, parts)),
    packages: registryPackages.map(({ candidate, evaluated: { definition } }) => {
      const licence = licenceOf(definition);
      const package_: ResolvedPackage = {
        id: candidate.id,
        ecosystem: "opam",
        name: candidate.name,
        version: candidate.version,
        ...(licence === undefined ? {} : { licence }),
        artifacts: candidate.pinnedTo === undefined ? artifactsOf(definition) : [pinnedArtifact(candidate.pinnedTo)],
        details: packageDetails(definition, parts.environment, versions, parts.wantedFor(candidate.name)),
      };
      return package_;
    }),
    instances: registryPackages.map(({ candidate }) => ({
      package: candidate.id,
      environment: ENVIRONMENT,
      features: [],
    })),
    edges,
    provenance: parts.repositories.map((repository): Provenance => {
      const provenance = { ecosystem: "opam", registry: repository.location };
      return repository.revision === undefined ? provenance : { ...provenance, revision: repository.revision };
    }),
    fidelity: {
      ecosystem: "opam",
      gaps:
        parts.settings.order === "opam"
          ? []
          : [
              'among valid answers Enki prefers by its own order; `order = "opam"` gives those of opam\'s 0install solver',
            ],
      unverified: registryPackages.flatMap((selected) => unverifiedOf(selected, parts)),
    },
  };
}

/** What is not known of a package for certain, in words. */
function unverifiedOf({ candidate, evaluated }: SelectedPackage, parts: CollectParts): readonly string[] {
  const { name, version, pinnedTo, repository } = candidate;
  const words: string[] = [];
  if (pinnedTo !== undefined && repository !== undefined) {
    words.push(
      `${name} ${version} is pinned to ${pinnedTo}; its requirements are those that ${repository.location} states`,
    );
  }
  const problem = parts.crateProblem(candidate);
  if (problem !== undefined) {
    words.push(`the build of ${name} ${version} runs cargo, and its crates are not locked: ${problem}`);
  }
  if (foreignPrograms(evaluated.definition, parts.environment).has("npm")) {
    words.push(`the build of ${name} ${version} runs npm, whose packages are not locked: it needs the network`);
  }
  return words;
}

function rootOf(manifest: Manifest, parts: CollectParts): ResolvedRoot {
  const document = documentOf(manifest);
  const wanted = [...parts.settings.wanted].toSorted();
  const variables = Object.fromEntries(parts.settings.variables);
  const content =
    document.kind === "file"
      ? { text: document.definition.document.text, ...projectCommands(document.definition, parts) }
      : { requirements: document.requirements.map(({ name, range }) => ({ name, range })) };
  return {
    id: `root:${manifest.file}`,
    ecosystem: "opam",
    file: manifest.file,
    sha256: manifest.sha256,
    ...(manifest.name === undefined ? {} : { name: manifest.name }),
    ...(manifest.version === undefined ? {} : { version: manifest.version }),
    details: { variables, wanted, ...content },
  };
}

/** How the project itself is built. */
function projectCommands(definition: OpamDefinition, parts: CollectParts): JsonObject {
  const versions = selectedVersions(parts);
  const build = commandsOf(definition, "build", parts.environment, versions);
  const install = commandsOf(definition, "install", parts.environment, versions);
  return { ...(build.length === 0 ? {} : { build }), ...(install.length === 0 ? {} : { install }) };
}

function selectedVersions(parts: CollectParts): SelectedVersions {
  return new Map([...parts.selected].map(([name, { candidate }]) => [name, candidate.version]));
}

function manifestEdges(manifest: Manifest, parts: CollectParts): readonly Edge[] {
  const from = `root:${manifest.file}`;
  const document = documentOf(manifest);
  const edges: Edge[] = [];
  if (document.kind === "table") {
    for (const { name, range } of document.requirements) {
      const selected = parts.selected.get(name);
      if (selected !== undefined) edges.push(edge(from, selected.candidate.id, "runtime", range));
    }
  } else {
    const evaluated = parts.evaluateLocal(document.definition.name);
    if (evaluated !== undefined) edges.push(...packageEdges(from, evaluated, parts));
  }
  const reached = new Set(edges.map(({ to }) => to));
  for (const name of compilerPackages) {
    const compiler = parts.selected.get(name)?.candidate;
    if (compiler === undefined || reached.has(compiler.id)) continue;
    edges.push({ ...edge(from, compiler.id, "build", ""), why: "the compiler of the environment" });
  }
  return edges;
}

function packageEdges(from: PackageId, evaluated: EvaluatedPackage, parts: CollectParts): readonly Edge[] {
  const { definition } = evaluated;
  const edges: Edge[] = [];
  const add = (atom: PackageAtom, kind: EdgeKind): void => {
    const selected = parts.selected.get(atom.name);
    if (selected === undefined || !versionFulfils(atom.versions, selected.candidate.version)) return;
    edges.push(edge(from, selected.candidate.id, kind, conditionsText(atom.source)));
  };
  if (evaluated.depends !== undefined) {
    for (const atom of atomsOf(evaluated.depends)) add(atom, edgeKind(atom.source));
  }
  const optional = interpretField<PackageAtom[]>(definition, "depopts", [], (value) =>
    evaluateAtoms(value, globalVariables(parts.environment, definition)),
  );
  for (const atom of optional) add(atom, "optional");
  for (const { requirement, target } of parts.foreignEdges.resolved(definition, parts.environment)) {
    const to = parts.collect.foreignPackageId(target);
    if (to !== undefined) edges.push({ ...edge(from, to, requirement.kind, requirement.range), why: requirement.why });
  }
  return distinct(edges);
}

function edge(from: PackageId, to: PackageId, kind: EdgeKind, range: string): Edge {
  return { from, to, kind, range, environment: ENVIRONMENT };
}

function distinct(edges: readonly Edge[]): readonly Edge[] {
  const seen = new Set<string>();
  return edges.filter(({ to, kind, range }) => {
    const key = JSON.stringify([to, kind, range]);
    return !seen.has(key) && seen.add(key);
  });
}

/** What an atom's filter says about its use. */
function edgeKind(source: OpamValue): EdgeKind {
  if (source.kind !== "option") return "runtime";
  const names = new Set<string>();
  for (const condition of source.conditions) addIdentifiers(condition, names);
  if (names.has("with-test") || names.has("with-doc") || names.has("with-dev-setup")) return "dev";
  // Wanted beside the package, but not to build it: without such edges there would be cycles.
  if (names.has("post")) return "peer";
  return names.has("build") ? "build" : "runtime";
}

function addIdentifiers(value: OpamValue, names: Set<string>): void {
  if (value.kind === "identifier") names.add(value.name);
  if (value.kind === "logical") for (const operand of value.operands) addIdentifiers(operand, names);
  if (value.kind === "group") for (const item of value.items) addIdentifiers(item, names);
}

function reportAvoided(candidate: Candidate, parts: CollectParts): void {
  if (!candidate.isAvoided) return;
  parts.report({
    code: "opam-avoided-version",
    severity: compilerPackages.includes(candidate.name) ? "warning" : "note",
    message: `${candidate.name} ${candidate.version} was selected although its maintainers flag it as one to avoid: no other version fits`,
  });
}
