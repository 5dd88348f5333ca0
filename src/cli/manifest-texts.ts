import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { FileSystem } from "../model/file-system.ts";
import type { ManifestEdit } from "../model/manifest-edit.ts";
import { nodeFileSystem } from "../net/node-file-system.ts";
import { CONFIGURATION_FILE_NAME } from "../workspace/configuration.ts";
import { editDependencyTable } from "../workspace/edit-configuration.ts";
import type { CommandContext } from "./command-context.ts";
import { readProjectFile } from "./service.ts";

/** A manifest whose requirements change, and who knows how it is written. */
export interface EditedManifest {
  readonly ecosystem: Ecosystem;
  /** Relative to the project; enki.toml where the ecosystem has no manifest here. */
  readonly file: string;
}

/** The file that holds a manifest: those made from tables of enki.toml are called `enki.toml#npm`. */
export function fileOf(file: string): string {
  return file.startsWith(`${CONFIGURATION_FILE_NAME}#`) ? CONFIGURATION_FILE_NAME : file;
}

/** The text of a manifest; an enki.toml that is not there is empty. Throws an EnkiError (`usage`) for another one. */
export function manifestText(context: CommandContext, file: string): string {
  const text = readProjectFile(context, file);
  if (text !== undefined || file === CONFIGURATION_FILE_NAME) return text ?? "";
  throw new EnkiError("usage", `there is no ${file} in ${context.projectDirectory}`);
}

/** The text of a manifest with a change. Throws an EnkiError (`usage`) where it can't be made. */
export function editManifestText({ file, ecosystem }: EditedManifest, text: string, change: ManifestEdit): string {
  if (file === CONFIGURATION_FILE_NAME) return editDependencyTable(text, ecosystem.id, change);
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const edited = ecosystem.editManifest?.(file, text.slice(mark.length), change);
  if (edited !== undefined) return `${mark}${edited}`;
  throw new EnkiError("usage", `manifests of ${ecosystem.title} can't be edited`, { hint: `change ${file} by hand` });
}

/** The project as it would be with these files. */
export function overlayFiles(context: CommandContext, edited: ReadonlyMap<string, string>): CommandContext {
  const below = context.files ?? nodeFileSystem;
  const texts = new Map([...edited].map(([file, text]) => [`${context.projectDirectory}/${file}`, text]));
  const files: FileSystem = {
    readFile(path) {
      const text = texts.get(path);
      return text === undefined ? below.readFile(path) : new TextEncoder().encode(text);
    },
    readDirectory: (path) => below.readDirectory(path),
    kind: (path) => (texts.has(path) ? "file" : below.kind(path)),
  };
  return { ...context, files };
}
