/** Workspaces of uv (`[tool.uv.workspace]`): projects that require one another and share one lock. */
import { posix } from "node:path";
import { matchDirectories } from "../../../formats/match-directories.ts";
import { parseTomlDocument } from "../../../formats/toml.ts";
import type { ManifestContext } from "../../ecosystem.ts";
import { normaliseName } from "../pep/names.ts";
import { strings, tableOf } from "../toml-values.ts";

/** One workspace. Directories are relative to the service's, which is "". */
export interface UvWorkspace {
  readonly directory: string;
  /** The projects of the workspace besides the one at its root: normalised name to directory. */
  readonly members: ReadonlyMap<string, string>;
  /** Entries of `members` without wildcards that lead to no pyproject.toml. */
  readonly missing: readonly string[];
}

/** Workspaces lie no deeper above a project than this. */
const MAXIMUM_HEIGHT = 16;

/** The workspace that a project is in: that of its own pyproject.toml, or the nearest one above that lists it. */
export function findUvWorkspace(directory: string, context: ManifestContext): UvWorkspace | undefined {
  let at = directory;
  for (let height = 0; height < MAXIMUM_HEIGHT; height++) {
    const workspace = workspaceIn(at, context);
    if (workspace !== undefined) {
      const isMember = at === directory || [...workspace.members.values()].includes(directory);
      return isMember ? workspace : undefined;
    }
    if (at === "" || at.startsWith("..")) return undefined;
    at = parentOf(at);
  }
  return undefined;
}

function workspaceIn(directory: string, context: ManifestContext): UvWorkspace | undefined {
  const table = tableOf(tableOf(tableOf(pyprojectIn(directory, context)?.["tool"])?.["uv"])?.["workspace"]);
  if (table === undefined) return undefined;
  const tree = { subdirectories: (path: string) => subdirectories(path, context) };
  const directoriesOf = (key: string): readonly ReturnType<typeof matchDirectories>[] =>
    strings(table[key]).map((glob) => matchDirectories(directory, glob, tree));
  const excluded = new Set(directoriesOf("exclude").flatMap(({ directories }) => directories));
  const members = new Map<string, string>();
  const missing: string[] = [];
  for (const { isPattern, directories } of directoriesOf("members")) {
    for (const member of directories) {
      if (excluded.has(member) || member === directory) continue;
      const name = nameIn(member, context);
      if (name !== undefined) members.set(name, member);
      else if (!isPattern) missing.push(member);
    }
  }
  return { directory, members: new Map([...members].toSorted(([left], [right]) => (left < right ? -1 : 1))), missing };
}

function nameIn(directory: string, context: ManifestContext): string | undefined {
  const name = tableOf(pyprojectIn(directory, context)?.["project"])?.["name"];
  return typeof name === "string" ? normaliseName(name) : undefined;
}

function pyprojectIn(directory: string, context: ManifestContext): Readonly<Record<string, unknown>> | undefined {
  const body = context.files.readFile(absolute(posix.join(directory, "pyproject.toml"), context));
  return body === undefined
    ? undefined
    : tableOf(parseTomlDocument("pyproject.toml", new TextDecoder().decode(body)).document?.value);
}

function subdirectories(directory: string, { files, projectDirectory }: ManifestContext): readonly string[] {
  const path = absolute(directory, { files, projectDirectory });
  return (files.readDirectory(path) ?? []).filter((name) => files.kind(`${path}/${name}`) === "directory");
}

function absolute(path: string, { projectDirectory }: ManifestContext): string {
  return path === "" || path === "." ? projectDirectory : `${projectDirectory}/${path}`;
}

function parentOf(directory: string): string {
  const parent = posix.dirname(directory);
  return parent === "." ? "" : parent;
}
