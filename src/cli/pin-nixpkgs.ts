import { relative, resolve } from "node:path";
import { EnkiError } from "../model/enki-error.ts";
import type { JsonValue } from "../model/json.ts";
import { didYouMean } from "../model/suggestion.ts";
import { nodeFileSystem } from "../net/node-file-system.ts";
import { CONFIGURATION_FILE_NAME } from "../workspace/configuration.ts";
import { setTableText } from "../workspace/edit-configuration.ts";
import { toolEcosystem } from "../workspace/ecosystem-names.ts";
import { TOOL_FLAGS } from "../workspace/settings.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import { writeFiles } from "./project-files.ts";
import { loadEcosystems, readProjectFile } from "./service.ts";

/** Writes a nixpkgs release, or the path of a channel's index, into enki.toml, after a look at what it offers. */
export async function pinNixpkgs(context: CommandContext, what: string, release: string): Promise<ExitStatus> {
  if (what !== "nixpkgs") {
    const hint = didYouMean(what, ["nixpkgs"]) ?? "enki pin nixpkgs RELEASE";
    throw new EnkiError("usage", `there is nothing called ${JSON.stringify(what)} to pin`, { hint });
  }
  const { host, shell, projectDirectory } = context;
  const file = resolve(host.directory, release);
  const isFile = nodeFileSystem.kind(file) === "file";
  const value = isFile ? withSlash(relative(projectDirectory, file).replaceAll("\\", "/")) : release;
  const offering = toolEcosystem(await loadEcosystems());
  const settings = new Map<string, JsonValue>([["release", value]]);
  const tools = [...TOOL_FLAGS.values()].flatMap((tool) => {
    // Throws for a release that is unknown or can't be read, before anything is written.
    const candidates =
      offering?.toolCandidates?.(tool, { settings }, { files: nodeFileSystem, projectDirectory }) ?? [];
    return candidates.length === 0 ? [] : [`${tool} ${candidates.map(({ version }) => version).join(", ")}`];
  });
  const before = readProjectFile(context, CONFIGURATION_FILE_NAME) ?? "";
  const after = setTableText(before, "nixpkgs", "release", value);
  writeFiles(context, [{ path: CONFIGURATION_FILE_NAME, content: after }]);
  shell.talk(`${shell.paint("good", "Pinned")} nixpkgs to ${value} in ${CONFIGURATION_FILE_NAME}`);
  for (const tool of tools) shell.talk(`  ${tool}`);
  shell.talk("run `enki resolve` to use it");
  return 0;
}

/** A path is told from a release by its slash. */
function withSlash(path: string): string {
  return path.includes("/") ? path : `./${path}`;
}
