import { ecosystems as ecosystemLoaders } from "../ecosystems/index.ts";
import type { TextDocument } from "../formats/text-document.ts";
import { parseTomlDocument } from "../formats/toml.ts";
import { neutralise } from "../model/neutralise.ts";
import { compareBytewise } from "../model/order.ts";
import { nodeFileSystem } from "../net/node-file-system.ts";
import { redactText } from "../net/redact.ts";
import { CONFIGURATION_FILE_NAME } from "../workspace/configuration.ts";
import { registryVariable, SETTING_VARIABLES } from "../workspace/setting-variables.ts";
import { userConfigurationFile } from "../workspace/user-configuration.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import { cacheDirectory } from "./host-system.ts";
import { openService } from "./service.ts";

/** One setting that is in force. */
interface EffectiveSetting {
  readonly name: string;
  readonly value: unknown;
  /** A variable, or a file and line. */
  readonly origin: string;
}

/** What a project requires; everything else in a configuration file is a setting. */
const REQUIREMENT_TABLES: ReadonlySet<string> = new Set(["dependencies", "edges"]);

/** Prints the settings that are in force, each with where it was said when that is asked for. */
export async function showConfig(
  context: CommandContext,
  { showOrigin = false, json = false }: { readonly showOrigin?: boolean; readonly json?: boolean },
): Promise<ExitStatus> {
  // Reading the service first says what is wrong with it.
  await openService(context);
  const { host, shell, projectDirectory } = context;
  const userFile = userConfigurationFile(host.environment, host.homeDirectory);
  const settings = new Map<string, EffectiveSetting>();
  const add = (setting: EffectiveSetting): void => void settings.set(setting.name, setting);
  add({
    name: "cache",
    value: cacheDirectory(host.environment, host.homeDirectory),
    origin: host.environment["ENKI_CACHE_DIR"] === undefined ? "default" : "ENKI_CACHE_DIR",
  });
  for (const setting of settingsIn(userFile, userFile)) add(setting);
  for (const setting of settingsIn(`${projectDirectory}/${CONFIGURATION_FILE_NAME}`, CONFIGURATION_FILE_NAME)) {
    add(setting);
  }
  const variables = [...ecosystemLoaders.keys()].map((id) => [`registries.${id}`, registryVariable(id)] as const);
  for (const [name, variable] of [...SETTING_VARIABLES, ...variables]) {
    const value = host.environment[variable];
    if (value !== undefined && value !== "") add({ name, value, origin: variable });
  }
  const sorted = [...settings.values()].toSorted((left, right) => compareBytewise(left.name, right.name));
  if (json) {
    const entries = sorted.map(({ name, value, origin }) => [name, { value, origin }]);
    shell.data(redactText(JSON.stringify(Object.fromEntries(entries), undefined, 2)));
    return 0;
  }
  for (const { name, value, origin } of sorted) {
    const line = `${name} = ${neutralise(redactText(JSON.stringify(value)))}`;
    shell.data(showOrigin ? `${line}  ${shell.dataPaint("dim", `# ${neutralise(origin)}`)}` : line);
  }
  return 0;
}

/** Every setting of a configuration file; none when there is no such file. */
function settingsIn(path: string, shownAs: string): readonly EffectiveSetting[] {
  const bytes = nodeFileSystem.readFile(path);
  if (bytes === undefined) return [];
  const { document } = parseTomlDocument(shownAs, new TextDecoder().decode(bytes));
  if (document === undefined) return [];
  return tablesOf(document.value)
    .filter(([table]) => !REQUIREMENT_TABLES.has(table))
    .flatMap(([table, value]) => tablesOf(value).map(([key, one]) => settingAt(document, shownAs, [table, key], one)));
}

function settingAt(document: TextDocument, shownAs: string, path: readonly string[], value: unknown): EffectiveSetting {
  const line = document.originOf(path, "key")?.line;
  return { name: path.join("."), value, origin: line === undefined ? shownAs : `${shownAs}:${String(line)}` };
}

function tablesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? Object.entries(value) : [];
}
