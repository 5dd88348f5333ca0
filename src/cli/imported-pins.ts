import { importPins, type ImportedPins } from "../resolve/imported-pins.ts";
import type { CommandContext } from "./command-context.ts";
import { readProjectFile, type Service } from "./service.ts";

/** What other tools locked a project at, before it has a lock of Enki's. */
export function importedPins(context: CommandContext, { ecosystems, workspace }: Service): ImportedPins {
  return importPins(ecosystems, workspace.manifests, (path) => readProjectFile(context, path));
}
