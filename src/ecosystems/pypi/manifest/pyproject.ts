/** Reads pyproject.toml: `[project]` (PEP 621), `[dependency-groups]` (PEP 735), `[tool.uv]` and `[tool.poetry]` where they map. */
import { parseTomlDocument } from "../../../formats/toml.ts";
import type { TextDocument } from "../../../formats/text-document.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import { normaliseName } from "../pep/names.ts";
import { parseSpecifierSet } from "../pep/specifier.ts";
import { readDependencyGroups } from "./dependency-groups.ts";
import { ManifestProblems, requirementAt } from "./manifest-text.ts";
import { readPoetryTable } from "./poetry-table.ts";
import { emptyDocument, type PypiDocument, type RootRequirement } from "./pypi-document.ts";
import { readUvTable } from "./uv-table.ts";

/** What the file says; no document when there are errors. */
export interface PyprojectReading {
  readonly document?: PypiDocument;
  readonly name?: string;
  readonly version?: string;
  readonly diagnostics: readonly Diagnostic[];
}

type Table = Readonly<Record<string, unknown>>;

/** Reads the text of a pyproject.toml. */
export function readPyproject(file: string, text: string): PyprojectReading {
  const reading = parseTomlDocument(file, text);
  if (reading.document === undefined) return { diagnostics: reading.diagnostics };
  const source = reading.document;
  const problems = new ManifestProblems(file, (line) => source.lineText(line));
  const root = asTable(source.value) ?? {};
  const project = asTable(root["project"]);
  const tool = asTable(root["tool"]) ?? {};
  const poetry = asTable(tool["poetry"]);
  const groups = readDependencyGroups(root["dependency-groups"], source, problems);
  const fromPoetry =
    poetry === undefined ? undefined : readPoetryTable(poetry, source, problems, project !== undefined);
  const uv = readUvTable(asTable(tool["uv"]), source, problems);
  const projectRequirements = project === undefined ? [] : readProjectRequirements(project, source, problems);
  const name = textOf(project?.["name"]) ?? textOf(poetry?.["name"]);
  const version = textOf(project?.["version"]) ?? textOf(poetry?.["version"]);
  const requirements = [
    ...projectRequirements,
    ...(fromPoetry?.requirements ?? []),
    ...groups.requirements,
    ...uv.developmentRequirements,
  ];
  const optional = asTable(project?.["optional-dependencies"]) ?? asTable(poetry?.["extras"]) ?? {};
  const document: PypiDocument = {
    ...emptyDocument,
    ...fromPoetry?.document,
    ...uv.document,
    requirements: name === undefined ? requirements : flattenSelfExtras(requirements, normaliseName(name)),
    requiresPython: readRequiresPython(project, fromPoetry?.requiresPython, source, problems),
    extras: Object.keys(optional).map(normaliseName),
    groups: [...new Set([...groups.groups, ...(fromPoetry?.groups ?? []), ...uv.groups])],
  };
  const diagnostics = [...reading.diagnostics, ...problems.diagnostics];
  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics };
  return {
    document,
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    diagnostics,
  };
}

function readProjectRequirements(
  project: Table,
  source: TextDocument,
  problems: ManifestProblems,
): readonly RootRequirement[] {
  const requirements: RootRequirement[] = [];
  const readList = (value: unknown, path: readonly string[], extra: string | undefined): void => {
    if (value === undefined) return;
    if (!Array.isArray(value)) {
      problems.add("error", "pypi-invalid-manifest", `${path.join(".")} must be a list`, source.originOf(path));
      return;
    }
    for (const [index, text] of value.entries()) {
      const place = [...path, index];
      if (typeof text !== "string") {
        problems.add("error", "pypi-invalid-manifest", "a requirement must be a string", source.originOf(place));
        continue;
      }
      const read = requirementAt(text, place, source, problems);
      if (read === undefined) continue;
      requirements.push(extra === undefined ? { ...read, kind: "runtime" } : { ...read, kind: "optional", extra });
    }
  };
  readList(project["dependencies"], ["project", "dependencies"], undefined);
  for (const [extra, value] of Object.entries(asTable(project["optional-dependencies"]) ?? {})) {
    readList(value, ["project", "optional-dependencies", extra], normaliseName(extra));
  }
  if (Array.isArray(project["dynamic"]) && project["dynamic"].includes("dependencies")) {
    problems.add(
      "warning",
      "pypi-dynamic-dependencies",
      "the dependencies are dynamic: only a build could tell them, and Enki runs none",
      source.originOf(["project", "dynamic"]),
      "list them in project.dependencies, or in a requirements file",
    );
  }
  return requirements;
}

function readRequiresPython(
  project: Table | undefined,
  poetry: { readonly text: string; readonly path: readonly string[] } | undefined,
  source: TextDocument,
  problems: ManifestProblems,
): PypiDocument["requiresPython"] {
  const written = textOf(project?.["requires-python"]);
  const found = written === undefined ? poetry : { text: written, path: ["project", "requires-python"] };
  if (found === undefined || found.text === "") return undefined;
  const origin = source.originOf(found.path) ?? { file: problems.file };
  const parsed = parseSpecifierSet(found.text);
  if (!parsed.ok) {
    problems.addInside(parsed.problem, found.text, origin, 1);
    return undefined;
  }
  return { text: found.text, origin };
}

/** `project[all]` inside an extra of the project itself stands for what that extra lists. */
function flattenSelfExtras(requirements: readonly RootRequirement[], project: string): readonly RootRequirement[] {
  const expand = (one: RootRequirement, open: readonly string[]): readonly RootRequirement[] => {
    if (one.requirement.name !== project || one.requirement.extras.length === 0) return [one];
    return one.requirement.extras
      .filter((extra) => !open.includes(extra))
      .flatMap((extra) =>
        requirements.filter((other) => other.extra === extra).flatMap((other) => expand(other, [...open, extra])),
      )
      .map((other) => ({
        ...other,
        kind: one.kind,
        ...(one.extra === undefined ? {} : { extra: one.extra }),
        ...(one.group === undefined ? {} : { group: one.group }),
      }));
  };
  return requirements.flatMap((one) => expand(one, one.extra === undefined ? [] : [one.extra]));
}

function asTable(value: unknown): Table | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
