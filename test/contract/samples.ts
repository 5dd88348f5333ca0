import type { Packages } from "../../scripts/registry-layouts.mjs";
import { registryFiles } from "../../scripts/registry-layouts.mjs";
import type { Ecosystem } from "../../src/ecosystems/ecosystem.ts";
import { ecosystems } from "../../src/ecosystems/index.ts";
import type { Manifest, ManifestReading } from "../../src/model/manifest.ts";
import { resolveService } from "../../src/resolve.ts";
import type { ResolveResult } from "../../src/resolve/request.ts";
import { memoryFileSystem } from "../helpers/memory-file-system.ts";
import { resolveRequest } from "../helpers/resolve-request.ts";

/** A small honest project of one ecosystem, which tests then damage. */
export interface Sample {
  readonly manifestFile: string;
  /** The manifest that requires `names`, each with any version. */
  manifest(names: readonly string[]): string;
  /** What a package that depends on `dependencies` looks like in the recorded form of fixtures/README.md. */
  facts(dependencies: readonly string[]): Readonly<Record<string, unknown>>;
  /** A name that the ecosystem itself accepts, for the honest sample. */
  readonly names: readonly [string, string];
}

/** One sample for each ecosystem that has a registry of its own. */
export const samples: ReadonlyMap<string, Sample> = new Map<string, Sample>([
  [
    "npm",
    {
      manifestFile: "package.json",
      names: ["left", "@scope/right"],
      manifest: (names) =>
        `{"name": "root", "version": "1.0.0", "engines": {"node": ">=18"}, "dependencies": ${record(names, "*")}, "devDependencies": {}, "overrides": {}}`,
      facts: (dependencies) => ({
        ...(dependencies.length > 0 && { dependencies: parsed(record(dependencies, "^1.0.0")) }),
        bin: "x.js",
        engines: { node: ">=18" },
        os: ["linux"],
        license: "MIT",
        peerDependenciesMeta: { y: { optional: true } },
        peerDependencies: { y: "*" },
      }),
    },
  ],
  [
    "pypi",
    {
      manifestFile: "pyproject.toml",
      names: ["left", "right-side"],
      manifest: (names) =>
        `[project]\nname = "root"\nversion = "1.0"\nrequires-python = ">=3.9"\ndependencies = ${JSON.stringify(names)}\n[project.optional-dependencies]\nx = []\n[dependency-groups]\ndev = []\n`,
      facts: (dependencies) => ({
        requires: dependencies.map((name) => `${name}>=1`),
        python: ">=3.9",
        extras: ["x"],
        license: "MIT",
      }),
    },
  ],
  [
    "cargo",
    {
      manifestFile: "Cargo.toml",
      names: ["left", "right_side"],
      manifest: (names) =>
        `[package]\nname = "root"\nversion = "1.0.0"\nedition = "2021"\nrust-version = "1.70"\n[features]\nx = []\n[dependencies]\n${names.map((name) => `${JSON.stringify(name)} = { version = "1", default-features = false }\n`).join("")}`,
      facts: (dependencies) => ({
        deps: dependencies.map((name) => ({ name, req: "^1", features: [] })),
        features: { default: ["x"], x: [] },
        rust_version: "1.60",
      }),
    },
  ],
  [
    "opam",
    {
      manifestFile: "root.opam",
      names: ["left", "right-side"],
      manifest: (names) =>
        `opam-version: "2.0"\nname: "root"\nversion: "1.0"\ndepends: [${names.map((name) => `"${name}" {>= "1"}`).join(" ")}]\nbuild: [["make"]]\n`,
      facts: (dependencies) => ({
        depends: `[${dependencies.map((name) => `"${name}" {>= "1" & os != "win32"}`).join(" ")}]`,
        conflicts: '["other" {< "1"}]',
        depexts: '[["libx-dev"] {os-distribution = "none"}]',
        available: 'arch != "s390"',
      }),
    },
  ],
]);

/** Two packages, the first of which needs the second. */
export function samplePackages(sample: Sample, names: readonly [string, string] = sample.names): Packages {
  const [first, second] = names;
  const packages: Record<string, Packages[string]> = Object.create(null);
  packages[first] = { "1.0.0": sample.facts([second]) };
  packages[second] = { "1.0.0": sample.facts([]), "1.1.0": sample.facts([]) };
  return packages;
}

/** Reads the manifest and resolves it over a registry in memory (path in the registry -> content). */
export async function resolveSample(
  id: string,
  manifestText: string | Uint8Array,
  registry: ReadonlyMap<string, string | Uint8Array>,
): Promise<ManifestReading & { readonly result?: ResolveResult }> {
  const sample = samples.get(id);
  const all = await loadAll();
  const ecosystem = all.get(id);
  if (sample === undefined || ecosystem === undefined) throw new Error(`there is no sample of ${id}`);
  const files = new Map<string, string | Uint8Array>();
  for (const [path, content] of registry) files.set(`/registry/${path}`, content);
  const fileSystem = memoryFileSystem(files.set(`/project/${sample.manifestFile}`, manifestText));
  const context = { projectDirectory: "/project", files: fileSystem };
  const bytes = typeof manifestText === "string" ? new TextEncoder().encode(manifestText) : manifestText;
  const reading = ecosystem.readManifest(sample.manifestFile, bytes, context);
  if (reading.manifest === undefined) return reading;
  return { ...reading, result: await resolveManifest(all, reading.manifest, fileSystem) };
}

async function resolveManifest(
  all: ReadonlyMap<string, Ecosystem>,
  manifest: Manifest,
  files: ReturnType<typeof memoryFileSystem>,
): Promise<ResolveResult> {
  const request = resolveRequest([...all.values()], [manifest], {
    projectDirectory: "/project",
    files,
    registries: new Map([[manifest.ecosystem, [{ kind: "path", path: "/registry" }]]]),
    limits: { maxSteps: 20_000 },
  });
  return await resolveService(request);
}

let loaded: Promise<ReadonlyMap<string, Ecosystem>> | undefined;

/** Every registered ecosystem. */
export function loadAll(): Promise<ReadonlyMap<string, Ecosystem>> {
  loaded ??= Promise.all([...ecosystems].map(async ([id, load]) => [id, await load()] as const)).then(
    (entries) => new Map(entries),
  );
  return loaded;
}

/** The honest registry of a sample. */
export function sampleRegistry(id: string, sample: Sample): ReadonlyMap<string, string | Uint8Array> {
  return registryFiles(id, samplePackages(sample));
}

function record(names: readonly string[], value: string): string {
  return `{${names.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(", ")}}`;
}

/** `JSON.parse` makes `__proto__` a key; an object literal would not. */
function parsed(json: string): unknown {
  return JSON.parse(json);
}
