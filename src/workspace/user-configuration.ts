import { dirname } from "node:path";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { parseTomlDocument } from "../formats/toml.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { EcosystemId } from "../model/requirement.ts";
import type { Configuration } from "./configuration.ts";
import type { ConfigurationReading } from "./read-configuration.ts";
import { readConfiguration } from "./read-configuration.ts";

/** Tables that say what a service is: they belong to it, not to a user. */
const PROJECT_TABLES = ["service", "targets", "tools", "dependencies", "nixpkgs", "edges"];

/** Where the user's own settings are: `ENKI_CONFIG_FILE`, else `enki/enki.toml` in the user's configuration directory. */
export function userConfigurationFile(
  environment: Readonly<Record<string, string | undefined>>,
  homeDirectory: string,
): string {
  const own = environment["ENKI_CONFIG_FILE"];
  if (own !== undefined && own !== "") return own;
  const shared = environment["XDG_CONFIG_HOME"];
  // The base directory specification: relative paths are invalid and must be ignored.
  return `${shared?.startsWith("/") === true ? shared : `${homeDirectory}/.config`}/enki/enki.toml`;
}

/** Reads the user's settings, which may say everything of an enki.toml but what a service is. */
export function readUserConfiguration(
  file: string,
  text: string,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
): ConfigurationReading {
  const reading = readConfiguration(text, ecosystems, dirname(file), file);
  const { document } = parseTomlDocument(file, text);
  const refused = PROJECT_TABLES.flatMap((table): readonly Diagnostic[] => {
    const origin = document?.originOf([table], "key");
    if (origin === undefined) return [];
    const message = `[${table}] is part of a service and can't be a setting of a user`;
    const help = "move it to the enki.toml of the project";
    const sourceLine = document?.lineText(origin.line ?? 1) ?? "";
    return [{ code: "configuration-project-table", severity: "error", message, help, origin, sourceLine }];
  });
  if (refused.length === 0) return reading;
  return { diagnostics: [...reading.diagnostics, ...refused] };
}

/** A project's configuration over a user's: each setting of the project wins. */
export function overUserConfiguration(project: Configuration, user: Configuration): Configuration {
  const settings = new Map(user.settings);
  for (const [ecosystem, own] of project.settings) {
    settings.set(ecosystem, new Map([...(user.settings.get(ecosystem) ?? []), ...own]));
  }
  return {
    ...project,
    registries: new Map([...user.registries, ...project.registries]),
    resolution: { ...user.resolution, ...project.resolution },
    outputs: { ...user.outputs, ...project.outputs },
    settings,
  };
}
