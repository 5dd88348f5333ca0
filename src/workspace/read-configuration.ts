import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { parseTomlDocument } from "../formats/toml.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { EcosystemId } from "../model/requirement.ts";
import type { Configuration, ConfiguredOutputs, NamedManifest, ResolutionPolicy } from "./configuration.ts";
import { CONFIGURATION_FILE_NAME, KNOWN_SYSTEMS, PRERELEASE_POLICIES, VERSION_POLICIES } from "./configuration.ts";
import { readDependencyTables } from "./read-dependency-tables.ts";
import { readEdges } from "./read-edges.ts";
import { readRegistries } from "./read-registries.ts";
import { readSettings } from "./read-settings.ts";
import { readTools } from "./read-tools.ts";
import { isTable, ProblemCollector, TableReader } from "./table-reader.ts";

/** What reading an enki.toml gives; with an error among the diagnostics there is no configuration. */
export interface ConfigurationReading {
  readonly configuration?: Configuration;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the text of an enki.toml. Unknown keys, wrong types and bad values are diagnostics with their place; all of
 * them are reported at once. Relative registry paths count from `projectDirectory`; `file` is what diagnostics call it.
 */
export function readConfiguration(
  text: string,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  projectDirectory: string,
  file: string = CONFIGURATION_FILE_NAME,
): ConfigurationReading {
  const { document, diagnostics } = parseTomlDocument(file, text);
  if (document === undefined || !isTable(document.value)) return { diagnostics };
  const problems = new ProblemCollector(file, document);
  const top = new TableReader(document.value, [], problems);
  const service = top.table("service");
  const name = service?.string("name");
  const manifests = service === undefined ? undefined : readManifestPaths(service);
  service?.refuseOthers("[service]");
  const targets = top.table("targets");
  const systems = targets === undefined ? undefined : readSystems(targets);
  targets?.refuseOthers("[targets]");
  const configuration: Configuration = {
    ...(name === undefined ? {} : { name }),
    ...(manifests === undefined ? {} : { manifests }),
    ...(systems === undefined ? {} : { systems }),
    tools: readTools(top.table("tools"), ecosystems),
    dependencies: readDependencyTables(top.table("dependencies"), ecosystems),
    registries: readRegistries(top.table("registries"), ecosystems, projectDirectory),
    edges: readEdges(top.tables("edges"), ecosystems),
    settings: readSettings(top, ecosystems),
    resolution: readPolicy(top.table("resolution")),
    outputs: readOutputs(top.table("outputs")),
  };
  top.refuseOthers("enki.toml");
  const all = [...diagnostics, ...problems.diagnostics];
  return all.some(({ severity }) => severity === "error") ? { diagnostics: all } : { configuration, diagnostics: all };
}

function readManifestPaths(service: TableReader): readonly NamedManifest[] | undefined {
  const paths = service.strings("manifests");
  paths?.forEach((path, index) => {
    const isInside = path !== "" && !/^(?:[/\\]|[A-Za-z]:)/.test(path) && !path.split(/[/\\]/).includes("..");
    if (isInside) return;
    service.problem(["manifests", index], {
      code: "invalid-value",
      message: `${JSON.stringify(path)} is not a path inside the project`,
      help: "manifests are named relative to enki.toml, which stands above all of them",
    });
  });
  return paths?.map((path, index) => ({
    path: path.replaceAll("\\", "/").replace(/^(?:\.\/)+/, ""),
    origin: service.origin(["manifests", index]),
  }));
}

function readSystems(targets: TableReader): readonly string[] | undefined {
  const systems = targets.strings("systems");
  systems?.forEach((system, index) => {
    if (!KNOWN_SYSTEMS.includes(system)) targets.invalidValue(["systems", index], system, KNOWN_SYSTEMS);
  });
  if (systems?.length === 0) {
    targets.problem(["systems"], { code: "invalid-value", message: "targets.systems must name at least one system" });
  }
  return systems === undefined ? undefined : [...new Set(systems)];
}

function readPolicy(table: TableReader | undefined): ResolutionPolicy {
  if (table === undefined) return {};
  const policy: ResolutionPolicy = withoutUndefined({
    versions: table.choice("versions", VERSION_POLICIES),
    prerelease: table.choice("prerelease", PRERELEASE_POLICIES),
    excludeNewer: table.string("exclude-newer"),
    strictEngines: table.boolean("strict-engines"),
    maxSteps: table.count("max-steps"),
    timeoutSeconds: table.count("timeout"),
  });
  table.refuseOthers("[resolution]");
  return policy;
}

function readOutputs(table: TableReader | undefined): ConfiguredOutputs {
  if (table === undefined) return {};
  const outputs: ConfiguredOutputs = withoutUndefined({
    locks: table.boolean("locks"),
    nix: table.boolean("nix"),
    flake: table.boolean("flake"),
    installScripts: table.strings("install-scripts"),
    insecureUrls: table.boolean("insecure-urls"),
  });
  table.refuseOthers("[outputs]");
  return outputs;
}

/** The same record without the fields that have no value. */
function withoutUndefined<T extends object>(record: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only fields without a value were taken away
  return Object.fromEntries(entries) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}
