import { basename, relative, resolve } from "node:path";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { JsonValue } from "../model/json.ts";
import type { EcosystemId } from "../model/requirement.ts";
import { didYouMean } from "../model/suggestion.ts";
import { createHttpClient } from "../net/client.ts";
import { nodeFileSystem } from "../net/node-file-system.ts";
import { type Configuration, CONFIGURATION_FILE_NAME, EMPTY_CONFIGURATION } from "../workspace/configuration.ts";
import { setTableText } from "../workspace/edit-configuration.ts";
import { readConfiguration } from "../workspace/read-configuration.ts";
import { toolEcosystem } from "../workspace/ecosystem-names.ts";
import { TOOL_FLAGS } from "../workspace/settings.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import { writeFiles } from "./project-files.ts";
import { loadEcosystems, readProjectFile } from "./service.ts";

/** The limit on a channel's index, compressed or not, in bytes. */
const MAXIMUM_INDEX_BYTES = 512 * 1024 * 1024;

/** A table that was condensed before is small; an index of a channel is not. */
const MINIMUM_INDEX_BYTES = 1024 * 1024;

/**
 * Writes a nixpkgs release into enki.toml, after a look at what it offers. The index of a channel, a file or a URL, is
 * condensed into a table beside enki.toml first.
 */
export async function pinNixpkgs(context: CommandContext, what: string, release: string): Promise<ExitStatus> {
  if (what !== "nixpkgs") {
    const hint = didYouMean(what, ["nixpkgs"]) ?? "enki pin nixpkgs RELEASE";
    throw new EnkiError("usage", `there is nothing called ${JSON.stringify(what)} to pin`, { hint });
  }
  const { shell, projectDirectory } = context;
  const ecosystems = await loadEcosystems();
  const offering = toolEcosystem(ecosystems);
  const value = await settingFor(context, ecosystems, release);
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

/** What the setting says: a release, or the path of a table that lies in the project. */
async function settingFor(
  context: CommandContext,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  release: string,
): Promise<string> {
  const { host, projectDirectory } = context;
  const offering = toolEcosystem(ecosystems);
  const condense = (bytes: Uint8Array, source: string): string => {
    const configuration = ownConfiguration(context, ecosystems);
    const settings = configuration.settings.get(offering?.id ?? "") ?? new Map<string, JsonValue>();
    const table = offering?.condenseIndex?.(bytes, source, askedNames(configuration, offering.id), { settings });
    if (table === undefined) throw new EnkiError("unsupported", "no ecosystem reads the index of a channel");
    writeFiles(context, [table]);
    return withSlash(table.path);
  };
  if (/^https?:\/\//.test(release)) {
    const http = createHttpClient({ environmentVariables: host.environment, signal: host.signal });
    const document = await http.fetch({ url: release, cache: "none", maxBytes: MAXIMUM_INDEX_BYTES, what: "nixpkgs" });
    if (document.status !== 200) throw new EnkiError("not-found", `there is no index of nixpkgs at ${release}`);
    return condense(document.body, release);
  }
  const file = resolve(host.directory, release);
  if (nodeFileSystem.kind(file) !== "file") return release;
  const bytes = nodeFileSystem.readFile(file) ?? new Uint8Array();
  const isIndex = bytes.length >= MINIMUM_INDEX_BYTES || file.endsWith(".br");
  return isIndex ? condense(bytes, basename(file)) : withSlash(relative(projectDirectory, file).replaceAll("\\", "/"));
}

/** What enki.toml says now; nothing where there is none, or where it can't be read: the next resolve will say why. */
function ownConfiguration(context: CommandContext, ecosystems: ReadonlyMap<EcosystemId, Ecosystem>): Configuration {
  const text = readProjectFile(context, CONFIGURATION_FILE_NAME) ?? "";
  return readConfiguration(text, ecosystems, context.projectDirectory).configuration ?? EMPTY_CONFIGURATION;
}

/** The names of one ecosystem that enki.toml asks for: its table of dependencies, and the ends of declared edges. */
function askedNames({ dependencies, edges }: Configuration, ecosystem: EcosystemId): readonly string[] {
  return [
    ...(dependencies.get(ecosystem) ?? []).map(({ name }) => name),
    ...edges.flatMap(({ to }) => (to.ecosystem === ecosystem ? [to.name] : [])),
  ];
}

/** A path is told from a release by its slash. */
function withSlash(path: string): string {
  return path.includes("/") ? path : `./${path}`;
}
