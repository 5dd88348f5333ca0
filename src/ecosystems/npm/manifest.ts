import { createHash } from "node:crypto";

import type { Diagnostic } from "../../model/diagnostic.ts";
import type { JsonValue } from "../../model/json.ts";
import type { Manifest, ManifestReading } from "../../model/manifest.ts";
import type { EdgeKind, ForeignRequirement, ManifestRequirement } from "../../model/requirement.ts";
import type { ManifestContext, TableEntry } from "../ecosystem.ts";
import { localPackage, packageJsonProblem, readPackageJson, type PackageJson } from "./local-package.ts";
import { effectiveSpec, rootOverrides } from "./overrides.ts";
import { isJsonObject, stringList } from "./package-metadata.ts";
import { parseDependencySpec } from "./dependency-spec.ts";
import { joinPath, type LocalPackage, type NpmEdgeKind, type NpmProject } from "./project.ts";
import { rangeHolds } from "./version-range.ts";
import { workspaceFolders } from "./workspaces.ts";

const edgeKinds: Readonly<Record<NpmEdgeKind, EdgeKind>> = {
  prod: "runtime",
  dev: "dev",
  optional: "optional",
  peer: "peer",
  peerOptional: "peer",
};

/** Enki's word for npm's kind of dependency. */
export function modelEdgeKind(kind: NpmEdgeKind): EdgeKind {
  return edgeKinds[kind];
}

function requirementsOf(package_: LocalPackage): ManifestRequirement[] {
  return package_.edges.map(({ name, spec, kind, origin }) => ({ name, range: spec, kind: edgeKinds[kind], origin }));
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

function folderName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** npm gives the lock the indentation and line ends of package.json; two spaces where that lies on one line. */
function layoutOf(text: string): { indentation: string; newline: string } {
  const match = /^\s*[{[]((?:\r?\n)+)([ \t]+)/.exec(text);
  if (match === null) return { indentation: "  ", newline: "\n" };
  return { indentation: match[2] ?? "", newline: (match[1] ?? "\n").startsWith("\r") ? "\r\n" : "\n" };
}

function readWorkspaces(
  packageJson: PackageJson,
  directory: string,
  context: ManifestContext,
  diagnostics: Diagnostic[],
): LocalPackage[] {
  const given = packageJson.value["workspaces"];
  const patterns = stringList(isJsonObject(given) ? given["packages"] : given);
  const base = joinAbsolute(context.projectDirectory, directory);
  const workspaces = new Map<string, LocalPackage>();
  for (const folder of workspaceFolders(context.files, base, patterns)) {
    const file = joinPath(directory, folder, "package.json");
    const bytes = context.files.readFile(`${base}/${folder}/package.json`);
    if (bytes === undefined) continue;
    const reading = readPackageJson(file, bytes);
    diagnostics.push(...reading.diagnostics);
    if (reading.packageJson === undefined) continue;
    const workspace = localPackage(reading.packageJson, folder, folderName(folder), diagnostics);
    const twin = workspaces.get(workspace.name);
    if (twin !== undefined) {
      const message = `two workspaces are called \`${workspace.name}\`: ${twin.path} and ${folder}`;
      diagnostics.push(packageJsonProblem(reading.packageJson, ["name"], { code: "npm-duplicate-workspace", message }));
      continue;
    }
    workspaces.set(workspace.name, workspace);
  }
  return [...workspaces.values()];
}

function joinAbsolute(base: string, relative: string): string {
  return relative === "" ? base : `${base}/${relative}`;
}

/** Where a root asks for another version of a name than the workspace has that npm links there nevertheless. */
function checkWorkspaceRanges(
  packageJson: PackageJson,
  root: LocalPackage,
  workspaces: readonly LocalPackage[],
  diagnostics: Diagnostic[],
): void {
  const versions = new Map(workspaces.map(({ name, version }) => [name, version]));
  for (const { name, spec, origin } of root.edges) {
    const version = versions.get(name);
    const parsed = parseDependencySpec(name, spec);
    if (version === undefined || parsed.kind !== "range" || rangeHolds(parsed.range, version)) continue;
    const message = `the requirement ${name} ${spec} has no effect: the workspace ${name} ${version} lies there`;
    const help = "change the range, the version of the workspace, or its name";
    const { code, severity } = { code: "npm-workspace-range", severity: "warning" } as const;
    const sourceLine = origin.line === undefined ? undefined : packageJson.document.lineText(origin.line);
    diagnostics.push({ code, severity, message, help, origin, ...(sourceLine !== undefined && { sourceLine }) });
  }
}

/** What is wrong with the overrides of a root; what npm refuses as EOVERRIDE among it. */
function checkOverrides(
  packageJson: PackageJson,
  root: LocalPackage,
  workspaces: readonly LocalPackage[],
  diagnostics: Diagnostic[],
): void {
  const own = new Map(root.edges.map(({ name, spec }) => [name, spec]));
  checkOverrideValues(packageJson, packageJson.value["overrides"], ["overrides"], own, diagnostics);
  const rules = rootOverrides(packageJson.value["overrides"]);
  const conflict = (name: string, spec: string, words: string, help: string): void => {
    const effective = effectiveSpec(rules, name, spec, own);
    if (!effective.isOverridden || effective.text === spec || effective.rule === undefined) return;
    const message = `the override of \`${effective.rule.key}\` to ${effective.text} contradicts ${words}`;
    const path = ["overrides", effective.rule.key];
    diagnostics.push(packageJsonProblem(packageJson, path, { code: "npm-override-conflict", message, help }));
  };
  const isWorkspace = new Set(workspaces.map(({ name }) => name));
  for (const { name, spec } of root.edges) {
    if (isWorkspace.has(name)) continue;
    const help = `write "$${name}" as the override, or change the direct requirement`;
    conflict(name, spec, `the direct requirement ${spec}`, help);
  }
  for (const { name, path } of workspaces) {
    conflict(
      name,
      `file:${path}`,
      `the workspace ${path} of that name`,
      "leave the override out, or rename the workspace",
    );
  }
}

/** An override is a specification, a reference (`$name`) to a direct requirement, or an object of overrides. */
function checkOverrideValues(
  packageJson: PackageJson,
  value: JsonValue | undefined,
  path: readonly string[],
  own: ReadonlyMap<string, string>,
  diagnostics: Diagnostic[],
): void {
  if (value === undefined) return;
  const problem = (message: string): void => {
    diagnostics.push(packageJsonProblem(packageJson, path, { code: "npm-override", message }));
  };
  if (isJsonObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      checkOverrideValues(packageJson, inner, [...path, key], own, diagnostics);
    }
    return;
  }
  const key = path.at(-1) ?? "";
  if (path.length === 1) problem("`overrides` must be an object");
  else if (typeof value !== "string") problem(`the override of \`${key}\` must be a string or an object`);
  else if (value.startsWith("$") && !own.has(value.slice(1))) {
    problem(`the override ${value} refers to a direct requirement on \`${value.slice(1)}\`, and there is none`);
  }
}

/** `engines.node`, and those of `devEngines.runtime` that npm refuses to work without. */
function enginesRequirements(packageJson: PackageJson, package_: LocalPackage): ForeignRequirement[] {
  const wanted: { readonly range: string; readonly path: readonly (string | number)[] }[] = [];
  if (package_.nodeEngine !== undefined) wanted.push({ range: package_.nodeEngine, path: ["engines", "node"] });
  const devEngines = packageJson.value["devEngines"];
  const runtime = isJsonObject(devEngines) ? devEngines["runtime"] : undefined;
  const runtimes: readonly unknown[] = Array.isArray(runtime) ? runtime : [runtime];
  // Of several runtimes any one will do, so none is required.
  const [only, ...others] = runtimes;
  if (others.length === 0 && isJsonObject(only) && only["name"] === "node" && typeof only["version"] === "string") {
    const isRequired = only["onFail"] === undefined || only["onFail"] === "error";
    if (isRequired) wanted.push({ range: only["version"], path: ["devEngines", "runtime"] });
  }
  return wanted.flatMap(({ range, path }) => {
    if (range.trim() === "") return [];
    const origin = packageJson.document.originOf(path);
    const why = `${path.join(".")} of ${packageJson.file}`;
    return [
      {
        ecosystem: "nix",
        name: "tool:node",
        range,
        rangeSyntax: "npm",
        kind: "tool",
        why,
        ...(origin !== undefined && { origin }),
      },
    ];
  });
}

/** Reads a package.json with its workspaces. */
export function readNpmManifest(path: string, bytes: Uint8Array, context: ManifestContext): ManifestReading {
  const reading = readPackageJson(path, bytes);
  const diagnostics: Diagnostic[] = [...reading.diagnostics];
  const { packageJson } = reading;
  if (packageJson === undefined) return { diagnostics };
  const directory = directoryOf(path);
  const projectName = folderName(joinAbsolute(context.projectDirectory, directory));
  const root = localPackage(packageJson, "", projectName, diagnostics);
  const workspaces = readWorkspaces(packageJson, directory, context, diagnostics);
  checkWorkspaceRanges(packageJson, root, workspaces, diagnostics);
  checkOverrides(packageJson, root, workspaces, diagnostics);
  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics };
  const overrides = packageJson.value["overrides"];
  const project: NpmProject = {
    file: path,
    directory,
    root,
    workspaces,
    overrides: isJsonObject(overrides) ? overrides : undefined,
    ...layoutOf(packageJson.text),
  };
  return {
    manifest: {
      ecosystem: "npm",
      file: path,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      ...(typeof packageJson.value["name"] === "string" && { name: root.name }),
      ...(root.version !== "" && { version: root.version }),
      requirements: [root, ...workspaces].flatMap(requirementsOf),
      foreign: enginesRequirements(packageJson, root),
      document: project,
    },
    diagnostics,
  };
}

/** Turns the npm table of enki.toml into a manifest that has those requirements and nothing else. */
export function readNpmTable(entries: readonly TableEntry[]): ManifestReading {
  const diagnostics: Diagnostic[] = [];
  const file = entries[0]?.origin.file ?? "enki.toml";
  const edges = entries.map(({ name, range, origin }) => {
    const parsed = parseDependencySpec(name, range);
    if (parsed.kind === "invalid") {
      const message = `the requirement on \`${name}\` ${parsed.reason}`;
      diagnostics.push({ code: "npm-invalid-range", severity: "error", message, origin });
    }
    return { name, spec: range, kind: "prod" as const, origin };
  });
  if (diagnostics.length > 0) return { diagnostics };
  const dependencies = Object.fromEntries(edges.map(({ name, spec }) => [name, spec]));
  const root: LocalPackage = { path: "", name: "", version: "", edges, lockFields: { dependencies } };
  const project: NpmProject = {
    file,
    directory: "",
    root,
    workspaces: [],
    overrides: undefined,
    indentation: "  ",
    newline: "\n",
    isSynthetic: true,
  };
  const text = JSON.stringify(edges.map(({ name, spec }) => [name, spec]));
  return {
    manifest: {
      ecosystem: "npm",
      file,
      sha256: createHash("sha256").update(text).digest("hex"),
      requirements: requirementsOf(root),
      foreign: [],
      document: project,
    },
    diagnostics,
  };
}

/** The project behind a manifest that this ecosystem read. */
export function projectOf(manifest: Manifest): NpmProject {
  // The workspace may know the manifest under another name than the text that it was read from.
  return { ...(manifest.document as NpmProject), file: manifest.file };
}
