import { mkdirSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import { EnkiError } from "../model/enki-error.ts";
import type { OutputFile } from "../model/resolution.ts";
import { writeFileAtomically } from "../net/atomic-write.ts";
import { nodeFileSystem } from "../net/node-file-system.ts";
import type { CommandContext } from "./command-context.ts";

/** The files whose content on disk is another, or that are not there. */
export function changedFiles(
  { projectDirectory }: CommandContext,
  files: readonly OutputFile[],
): readonly OutputFile[] {
  return files.filter(({ path, content }) => {
    const bytes = nodeFileSystem.readFile(`${projectDirectory}/${path}`);
    return bytes === undefined || !Buffer.from(content).equals(bytes);
  });
}

/** Writes files below the project, each atomically. Throws an EnkiError (`internal`) for a path that leads out of it. */
export function writeFiles({ projectDirectory }: CommandContext, files: readonly OutputFile[]): void {
  for (const { path, content } of files) {
    const absolute = resolve(projectDirectory, path);
    if (!absolute.startsWith(projectDirectory.endsWith(sep) ? projectDirectory : `${projectDirectory}${sep}`)) {
      throw new EnkiError("internal", `${path} lies outside of the project, so it was not written`);
    }
    try {
      mkdirSync(dirname(absolute), { recursive: true });
      writeFileAtomically(absolute, content);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new EnkiError("usage", `${path} can't be written: ${reason}`, { cause });
    }
  }
}

/** The paths for a report; a folder that Enki owns whole is one entry, with the number of its files. */
export function groupedPaths(files: readonly OutputFile[], ownFolder: string): readonly string[] {
  const inside = files.filter(({ path }) => path.startsWith(`${ownFolder}/`));
  const outside = files.filter((file) => !inside.includes(file)).map(({ path }) => path);
  if (inside.length <= 1) return [...outside, ...inside.map(({ path }) => path)];
  return [...outside, `${ownFolder} (${String(inside.length)} files)`];
}
