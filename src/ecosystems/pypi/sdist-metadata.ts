/** What a source distribution says without being built: PKG-INFO, pyproject.toml, Cargo.toml. No code of it runs. */
import { parseTomlDocument } from "../../formats/toml.ts";
import { readExternal, type ExternalLine } from "./external.ts";
import { licenceOf } from "./licence.ts";
import { archiveTree, type SourceTree } from "./source-tree.ts";
import { parseMetadata, type CoreMetadata } from "./pep/metadata.ts";
import { strings, tableOf, type Table } from "./toml-values.ts";

/** A crate inside of a source distribution. */
export interface InnerCrate {
  readonly manifest: string;
  /** The Cargo.lock that counts for it, if there is one. */
  readonly lock?: string;
  readonly rustVersion?: string;
  /** Every Cargo.toml, and that lock: path to text. */
  readonly files: ReadonlyMap<string, string>;
}

/** Facts of one source distribution. */
export interface SdistFacts {
  /** Static core metadata, or why there is none. */
  readonly metadata: CoreMetadata | { readonly problem: string };
  /** `build-system.requires`, or what PEP 517 assumes. */
  readonly buildRequires: readonly string[];
  readonly buildBackend: string | undefined;
  /** The crate that a Rust backend builds. */
  readonly cargo: InnerCrate | undefined;
  /** What it needs from outside of PyPI, as written. */
  readonly external: readonly ExternalLine[];
}

/** What PEP 518 assumes of a project without pyproject.toml. */
const legacyBuildRequires: readonly string[] = ["setuptools>=40.8.0"];

/** Reads the facts from the bytes of a `.tar.gz` or `.zip`. */
export async function readSdistFacts(fileName: string, archive: Uint8Array): Promise<SdistFacts> {
  return await readSourceFacts(archiveTree(fileName, archive));
}

/** Reads the facts of a source tree. `assumedVersion` stands for a version that is the only thing unknown without a build. */
export async function readSourceFacts(tree: SourceTree, assumedVersion?: string): Promise<SdistFacts> {
  const read = (path: string): Promise<string | undefined> => tree.read(path);
  const packageInfo = await read("PKG-INFO");
  const project = await read("pyproject.toml");
  const pyproject = project === undefined ? undefined : tomlTable(project);
  const buildSystem = tableOf(pyproject?.["build-system"]);
  const backend = buildSystem?.["build-backend"];
  const buildBackend = typeof backend === "string" ? backend : undefined;
  const requires = strings(buildSystem?.["requires"]);
  return {
    metadata: staticMetadata(packageInfo, pyproject, assumedVersion),
    buildRequires: buildSystem === undefined ? legacyBuildRequires : requires,
    buildBackend,
    cargo: await findCrate(pyproject, [buildBackend ?? "", ...requires], tree),
    external: readExternal(tableOf(pyproject?.["external"])),
  };
}

/** The dynamic fields that would make requirements unknown. */
const decisiveFields: ReadonlySet<string> = new Set([
  "requires-dist",
  "requires-python",
  "provides-extra",
  // These may never be dynamic (PEP 643): a file that says so is not to be believed.
  "name",
  "version",
  "metadata-version",
]);

/**
 * Core metadata that a build can't change: PKG-INFO of Metadata 2.2 and later when the fields are not dynamic, else the
 * `[project]` table when it is complete (PEP 643, PEP 621).
 */
function staticMetadata(
  packageInfo: string | undefined,
  pyproject: Table | undefined,
  assumedVersion: string | undefined,
): CoreMetadata | { readonly problem: string } {
  const parsed = packageInfo === undefined ? undefined : parseMetadata(packageInfo);
  if (parsed !== undefined && !("problem" in parsed)) {
    const isStatic = !/^1\.|^2\.[01]$/.test(parsed.metadataVersion);
    if (isStatic && !parsed.dynamic.some((field) => decisiveFields.has(field))) return parsed;
  }
  const project = tableOf(pyproject?.["project"]);
  const dynamic = strings(project?.["dynamic"]);
  const name = project?.["name"];
  const written = parsed !== undefined && !("problem" in parsed) ? parsed.version : project?.["version"];
  const version = written ?? (dynamic.includes("version") ? assumedVersion : undefined);
  const isUnknown = ["dependencies", "optional-dependencies", "requires-python"].some((key) => dynamic.includes(key));
  if (project !== undefined && typeof name === "string" && typeof version === "string" && !isUnknown) {
    return projectMetadata(name, version, project);
  }
  return { problem: "its source distribution has no static metadata, and Enki runs no build to find it" };
}

function projectMetadata(name: string, version: string, project: Table): CoreMetadata {
  const extras = Object.entries(tableOf(project["optional-dependencies"]) ?? {});
  const requiresDist = [...strings(project["dependencies"])];
  for (const [extra, requirements] of extras) {
    for (const text of strings(requirements)) requiresDist.push(withExtra(text, extra));
  }
  const requiresPython = project["requires-python"];
  const licence = project["license"];
  const words = tableOf(licence)?.["text"];
  return {
    metadataVersion: "2.2",
    name,
    version,
    requiresDist,
    requiresPython: typeof requiresPython === "string" ? requiresPython : undefined,
    providesExtra: extras.map(([extra]) => extra),
    dynamic: [],
    licence: licenceOf({
      expression: typeof licence === "string" ? licence : undefined,
      words: typeof words === "string" ? words : undefined,
      classifiers: strings(project["classifiers"]),
    }),
    requiresExternal: [],
  };
}

/** `a>1; os_name == "x"` under the extra `e` as metadata writes it. */
function withExtra(requirement: string, extra: string): string {
  const semicolon = requirement.lastIndexOf(";");
  const condition = `extra == "${extra}"`;
  if (semicolon < 0) return `${requirement}; ${condition}`;
  return `${requirement.slice(0, semicolon)}; (${requirement.slice(semicolon + 1).trim()}) and ${condition}`;
}

const rustBackends = ["maturin", "setuptools-rust", "setuptools_rust", "puccinialin"];

/** The crate of a project that maturin or setuptools-rust builds. */
async function findCrate(
  pyproject: Table | undefined,
  buildWords: readonly string[],
  tree: SourceTree,
): Promise<InnerCrate | undefined> {
  if (!buildWords.some((word) => rustBackends.some((backend) => word.startsWith(backend)))) return undefined;
  const tool = tableOf(pyproject?.["tool"]);
  const modules = tableOf(tool?.["setuptools-rust"])?.["ext-modules"];
  const configured = [
    tableOf(tool?.["maturin"])?.["manifest-path"],
    ...(Array.isArray(modules) ? modules.map((module: unknown) => tableOf(module)?.["path"]) : []),
  ].filter((path): path is string => typeof path === "string");
  const candidates = [...configured, "Cargo.toml", "rust/Cargo.toml", "src/rust/Cargo.toml"];
  const files = await tree.readAll((path) => /(?:^|\/)Cargo\.(?:toml|lock)$/.test(path));
  const manifest = candidates.find((path) => files.has(path));
  if (manifest === undefined) return undefined;
  const rustVersion = rustVersionOf(manifest, files);
  const lock = lockOf(manifest, files);
  return {
    manifest,
    ...(lock === undefined ? {} : { lock }),
    ...(rustVersion === undefined ? {} : { rustVersion }),
    files: new Map([...files].filter(([path]) => path.endsWith(".toml") || path === lock)),
  };
}

/** The `rust-version` of a crate: its own, or the one that it takes from its workspace. */
function rustVersionOf(manifest: string, files: ReadonlyMap<string, string>): string | undefined {
  const own = tableOf(tomlTable(files.get(manifest) ?? "")?.["package"])?.["rust-version"];
  if (tableOf(own)?.["workspace"] !== true) return typeof own === "string" ? own : undefined;
  for (const path of upwards(manifest, "Cargo.toml")) {
    const workspace = tableOf(tomlTable(files.get(path) ?? "")?.["workspace"]);
    const shared = tableOf(workspace?.["package"])?.["rust-version"];
    if (workspace !== undefined) return typeof shared === "string" ? shared : undefined;
  }
  return undefined;
}

/** The nearest Cargo.lock beside or above a manifest: cargo keeps it at the root of the workspace. */
function lockOf(manifest: string, files: ReadonlyMap<string, string>): string | undefined {
  return upwards(manifest, "Cargo.lock").find((path) => files.has(path));
}

/** The paths of `name` in the folder of `path` and in those above it, the nearest first. */
function upwards(path: string, name: string): readonly string[] {
  const folders = path.split("/").slice(0, -1);
  return [...folders.keys(), folders.length].toReversed().map((depth) => [...folders.slice(0, depth), name].join("/"));
}

function tomlTable(text: string): Table | undefined {
  return tableOf(parseTomlDocument("pyproject.toml", text).document?.value);
}
