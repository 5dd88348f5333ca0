import { parseTomlDocument } from "../../../formats/toml.ts";
import type { RegistryLocation, SourceContext } from "../../ecosystem.ts";
import type { CrateSource } from "../package/crate-source.ts";
import { publicRegistry } from "../package/crate-source.ts";

/** What cargo's own configuration says about registries. */
export interface CargoConfiguration {
  /** Registry name to index URL: `[registries.<name>] index`. */
  readonly indexes: ReadonlyMap<string, string>;
  /** What stands in for the public registry: `[source.crates-io] replace-with`. */
  readonly replacement: RegistryLocation | undefined;
  /** `resolver.incompatible-rust-versions` */
  readonly incompatibleRustVersions: "allow" | "fallback" | undefined;
  tokenOf(
    source: CrateSource,
    name: string | undefined,
    environment: Readonly<Record<string, string | undefined>>,
  ): string | undefined;
}

interface Table {
  readonly [key: string]: unknown;
}

/**
 * Reads the project's `.cargo/config.toml`, the one in `$CARGO_HOME`, and the environment, which wins. Tokens come from
 * the environment only. Unreadable files are ignored: they do not belong to the input.
 */
export function readConfiguration(
  context: Pick<SourceContext, "files" | "projectDirectory" | "environmentVariables">,
): CargoConfiguration {
  const { files, projectDirectory, environmentVariables } = context;
  const home = environmentVariables["CARGO_HOME"];
  const places = [
    { directory: projectDirectory, file: `${projectDirectory}/.cargo/config.toml` },
    ...(home === undefined ? [] : [{ directory: home, file: `${home}/config.toml` }]),
  ];
  const indexes = new Map<string, string>();
  let replacement: RegistryLocation | undefined;
  let rustVersions: string | undefined = environmentVariables["CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS"];
  for (const { directory, file } of places) {
    const bytes = files.readFile(file);
    const value =
      bytes === undefined ? undefined : parseTomlDocument(file, new TextDecoder().decode(bytes)).document?.value;
    const root = asTable(value);
    for (const [name, registry] of Object.entries(asTable(root?.["registries"]) ?? {})) {
      const index = asTable(registry)?.["index"];
      if (typeof index === "string" && !indexes.has(name)) indexes.set(name, index);
    }
    replacement ??= replacementIn(asTable(root?.["source"]), directory);
    const configured = asTable(root?.["resolver"])?.["incompatible-rust-versions"];
    if (typeof configured === "string") rustVersions ??= configured;
  }
  for (const [key, value] of Object.entries(environmentVariables)) {
    const name = /^CARGO_REGISTRIES_([A-Z0-9_]+)_INDEX$/u.exec(key)?.[1];
    if (name === undefined || value === undefined) continue;
    const known = [...indexes.keys()].find((other) => environmentName(other) === name);
    indexes.set(known ?? name.toLowerCase().replaceAll("_", "-"), value);
  }
  return {
    indexes,
    replacement,
    incompatibleRustVersions: rustVersions === "allow" || rustVersions === "fallback" ? rustVersions : undefined,
    tokenOf(source, name, environment) {
      if (source.id === publicRegistry.id) return environment["CARGO_REGISTRY_TOKEN"];
      return name === undefined ? undefined : environment[`CARGO_REGISTRIES_${environmentName(name)}_TOKEN`];
    },
  };
}

function replacementIn(sources: Table | undefined, directory: string): RegistryLocation | undefined {
  let name = asTable(sources?.["crates-io"])?.["replace-with"];
  for (let hops = 0; typeof name === "string" && hops < 8; hops++) {
    const source = asTable(sources?.[name]);
    const local = source?.["local-registry"];
    if (typeof local === "string")
      return { kind: "path", path: local.startsWith("/") ? local : `${directory}/${local}` };
    const url = source?.["registry"];
    if (typeof url === "string") return { kind: "http", url };
    name = source?.["replace-with"];
  }
  return undefined;
}

function environmentName(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}

function asTable(value: unknown): Table | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : undefined;
}
