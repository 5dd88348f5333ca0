import { EnkiError } from "../../model/enki-error.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { SourceContext } from "../ecosystem.ts";
import { localPackage, readPackageJson } from "./local-package.ts";
import { joinPath, type LocalPackage, type NpmProject } from "./project.ts";

/** Reads the package.json of a folder that a `file:` dependency names; `path` is relative to the root manifest. */
export function readFolderPackage(
  context: Pick<SourceContext, "files" | "projectDirectory">,
  project: NpmProject,
  path: string,
): LocalPackage {
  const base = path.startsWith("/") ? path : joinAbsolute(context.projectDirectory, joinPath(project.directory, path));
  const file = path.startsWith("/") ? path : joinPath(project.directory, path, "package.json");
  const bytes = context.files.readFile(`${base}/package.json`);
  if (bytes === undefined) {
    throw new EnkiError("not-found", `There is no package.json in ${path}, which ${project.file} depends on`);
  }
  const diagnostics: Diagnostic[] = [];
  const reading = readPackageJson(file, bytes);
  diagnostics.push(...reading.diagnostics);
  if (reading.packageJson !== undefined) {
    const folder = path.slice(path.lastIndexOf("/") + 1);
    const local = localPackage(reading.packageJson, path, folder, diagnostics);
    if (!diagnostics.some(({ severity }) => severity === "error")) return local;
  }
  throw new EnkiError("invalid-manifest", `${file} cannot be read`, { diagnostics });
}

function joinAbsolute(base: string, relative: string): string {
  return relative === "" ? base : `${base}/${relative}`;
}
