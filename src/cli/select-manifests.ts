import { relative, resolve } from "node:path";
import { EnkiError } from "../model/enki-error.ts";
import { nodeFileSystem } from "../net/node-file-system.ts";
import type { CommandContext } from "./command-context.ts";

/** What positional arguments select. */
export interface SelectedManifests {
  readonly context: CommandContext;
  /** Relative to the project, with forward slashes; empty for all. */
  readonly manifests: readonly string[];
}

/**
 * The project and manifests that arguments mean: nothing is the whole project, one directory is another project, and
 * files are manifests of this project. Throws an EnkiError (`usage`) for files outside of it.
 */
export function selectManifests(context: CommandContext, given: readonly string[]): SelectedManifests {
  const { host, projectDirectory } = context;
  const absolute = given.map((path) => resolve(host.directory, path));
  const [first] = absolute;
  if (first !== undefined && absolute.length === 1 && nodeFileSystem.kind(first) === "directory") {
    return { context: { ...context, projectDirectory: first }, manifests: [] };
  }
  const manifests = absolute.map((path) => relative(projectDirectory, path).replaceAll("\\", "/"));
  const outside = manifests.find((path) => path.startsWith("../") || path === "..");
  if (outside !== undefined) {
    throw new EnkiError("usage", `${outside} lies outside of the project ${projectDirectory}`, {
      hint: "choose the project with --directory",
    });
  }
  return { context, manifests };
}
