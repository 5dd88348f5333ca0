/** Reads pyproject.toml: `[project]` (PEP 621), `[dependency-groups]` (PEP 735), `[tool.uv]` and `[tool.poetry]` where they map. */
import { posix } from "node:path";
import { parseTomlDocument } from "../../../formats/toml.ts";
import type { TextDocument } from "../../../formats/text-document.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { ManifestContext } from "../../ecosystem.ts";
import { normaliseName } from "../pep/names.ts";
import { parseSpecifierSet } from "../pep/specifier.ts";
import { readDependencyGroups } from "./dependency-groups.ts";
import { ManifestProblems, requirementAt } from "./manifest-text.ts";
import { readPoetryTable } from "./poetry-table.ts";
import { emptyDocument, type PypiDocument, type RootRequirement } from "./pypi-document.ts";
import { tableOf, textOf, type Table } from "../toml-values.ts";
import { readUvTable } from "./uv-table.ts";
import { findUvWorkspace } from "./uv-workspace.ts";

/** What the file says; no document when there are errors. */
export interface PyprojectReading {
  readonly document?: PypiDocument;
  readonly name?: string;
  readonly version?: string;
  /** The manifests of the workspace's other projects, at its root. */
  readonly members?: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the text of a pyproject.toml; `context` is for what lies around it: the workspace that it is in. */
export function readPyproject(file: string, text: string, context: ManifestContext): PyprojectReading {
  const reading = parseTomlDocument(file, text);
  if (reading.document === undefined) return { diagnostics: reading.diagnostics };
  const source = reading.document;
  const problems = new ManifestProblems(file, (line) => source.lineText(line));
  const root = tableOf(source.value) ?? {};
  const project = tableOf(root["project"]);
  const tool = tableOf(root["tool"]) ?? {};
  const poetry = tableOf(tool["poetry"]);
  const groups = readDependencyGroups(root["dependency-groups"], source, problems);
  const fromPoetry =
    poetry === undefined ? undefined : readPoetryTable(poetry, source, problems, project !== undefined);
  const directory = posix.dirname(file) === "." ? "" : posix.dirname(file);
  const workspace = findUvWorkspace(directory, context);
  const uv = readUvTable(tableOf(tool["uv"]), { source, problems, directory, workspace });
  const isWorkspaceRoot = workspace?.directory === directory;
  for (const missing of isWorkspaceRoot ? workspace.missing : []) {
    const origin = source.originOf(["tool", "uv", "workspace", "members"]);
    problems.add("error", "pypi-unknown-member", `there is no pyproject.toml with a [project] in ${missing}`, origin);
  }
  const projectRequirements = project === undefined ? [] : readProjectRequirements(project, source, problems);
  const name = textOf(project?.["name"]) ?? textOf(poetry?.["name"]);
  const version = textOf(project?.["version"]) ?? textOf(poetry?.["version"]);
  const requirements = [
    ...projectRequirements,
    ...(fromPoetry?.requirements ?? []),
    ...groups.requirements,
    ...uv.developmentRequirements,
  ];
  const optional = tableOf(project?.["optional-dependencies"]) ?? tableOf(poetry?.["extras"]) ?? {};
  const allGroups = [...new Set([...groups.groups, ...(fromPoetry?.groups ?? []), ...uv.groups])];
  const defaultGroups = uv.defaultGroups === "all" ? allGroups : uv.defaultGroups;
  for (const unknown of defaultGroups.filter((group) => !allGroups.includes(group))) {
    const origin = source.originOf(["tool", "uv", "default-groups"]);
    problems.add("error", "pypi-unknown-group", `there is no dependency group ${unknown}`, origin);
  }
  const document: PypiDocument = {
    ...emptyDocument,
    ...fromPoetry?.document,
    ...uv.document,
    sources: [...(uv.document.sources ?? []), ...(fromPoetry?.document.sources ?? [])],
    packageIndexes: [...(uv.document.packageIndexes ?? []), ...(fromPoetry?.document.packageIndexes ?? [])],
    requirements: name === undefined ? requirements : flattenSelfExtras(requirements, normaliseName(name)),
    requiresPython: readRequiresPython(project, fromPoetry?.requiresPython, source, problems),
    extras: Object.keys(optional).map(normaliseName),
    groups: allGroups,
    defaultGroups,
  };
  const diagnostics = [...reading.diagnostics, ...problems.diagnostics];
  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics };
  return {
    document,
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(isWorkspaceRoot ? { members: [...workspace.members.values()].map((path) => `${path}/pyproject.toml`) } : {}),
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
  for (const [extra, value] of Object.entries(tableOf(project["optional-dependencies"]) ?? {})) {
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
