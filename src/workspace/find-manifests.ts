import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { FileSystem } from "../model/file-system.ts";
import { compareBytewise } from "../model/order.ts";
import type { EcosystemId } from "../model/requirement.ts";
import { CONFIGURATION_FILE_NAME } from "./configuration.ts";
import { LOCK_FILE_NAME } from "../lockfile/lock-schema.ts";

/** A file that is a manifest by its name. The path is relative to the project, with forward slashes. */
export interface FoundManifest {
  readonly path: string;
  readonly ecosystem: EcosystemId;
}

/** A manifest of an ecosystem that Enki can't resolve. */
export interface UnsupportedManifest {
  readonly path: string;
  /** `rubygems`, `go` … */
  readonly ecosystem: string;
}

/** What a search found, sorted by path. */
export interface FoundManifests {
  readonly manifests: readonly FoundManifest[];
  readonly unsupported: readonly UnsupportedManifest[];
}

/** How many directories deep manifests are searched: the project, `web/`, `services/web/`. */
const MAXIMUM_DEPTH = 3;

/** Directories that tools fill with other people's manifests, or with what they built. */
const SKIPPED_DIRECTORIES: ReadonlySet<string> = new Set([
  "node_modules",
  "target",
  "vendor",
  "dist",
  "build",
  "venv",
  "site-packages",
  "__pycache__",
  "_build",
  "_opam",
  "coverage",
  "fixtures",
]);

/** Whether a search passes over a directory of this name. */
export function isPassedOver(name: string): boolean {
  return name.startsWith(".") || SKIPPED_DIRECTORIES.has(name);
}

const UNSUPPORTED_MANIFESTS: ReadonlyMap<string, string> = new Map([
  ["Gemfile", "rubygems"],
  ["go.mod", "go"],
  ["composer.json", "composer"],
  ["pom.xml", "maven"],
  ["build.gradle", "gradle"],
  ["build.gradle.kts", "gradle"],
  ["mix.exs", "hex"],
  ["pubspec.yaml", "pub"],
  ["Package.swift", "swift"],
]);

/**
 * Searches a project for manifests. A manifest hides those of the same ecosystem in the directories below it: they are
 * members of its workspace or none of the service's business. Directories with an enki.toml of their own are other
 * services.
 */
export function findManifests(
  projectDirectory: string,
  files: FileSystem,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
): FoundManifests {
  const manifests: FoundManifest[] = [];
  const unsupported: UnsupportedManifest[] = [];
  const visit = (directory: string, depth: number, hidden: ReadonlySet<EcosystemId>): void => {
    const names = files.readDirectory(`${projectDirectory}/${directory}`) ?? [];
    if (depth > 0 && (names.includes(CONFIGURATION_FILE_NAME) || names.includes(LOCK_FILE_NAME))) return;
    const found = names
      .flatMap((name) => manifestsNamed(name, `${directory}${name}`, ecosystems))
      .filter(({ ecosystem }) => !hidden.has(ecosystem))
      .filter(({ path }) => files.kind(`${projectDirectory}/${path}`) === "file")
      .filter(({ path }) => !firstLines(`${projectDirectory}/${path}`, 1, files).some((line) => ENKI.test(line)));
    const compiled = new Set(
      found.filter(({ path }) =>
        firstLines(`${projectDirectory}/${path}`, 3, files).some((line) => COMPILED.test(line)),
      ),
    );
    // A file that another tool made of a manifest is its lock; without the manifest it is all there is.
    const own = found.filter(
      (one) => !compiled.has(one) || !found.some((other) => other.ecosystem === one.ecosystem && !compiled.has(other)),
    );
    manifests.push(...own);
    for (const name of names) {
      const ecosystem = UNSUPPORTED_MANIFESTS.get(name);
      if (ecosystem !== undefined) unsupported.push({ path: `${directory}${name}`, ecosystem });
    }
    if (depth + 1 >= MAXIMUM_DEPTH) return;
    const hiddenBelow = new Set([...hidden, ...found.map(({ ecosystem }) => ecosystem)]);
    for (const name of names) {
      if (isPassedOver(name)) continue;
      if (files.kind(`${projectDirectory}/${directory}${name}`) !== "directory") continue;
      visit(`${directory}${name}/`, depth + 1, hiddenBelow);
    }
  };
  visit("", 0, new Set());
  return { manifests: manifests.toSorted(byPath), unsupported: unsupported.toSorted(byPath) };
}

function byPath(left: { readonly path: string }, right: { readonly path: string }): number {
  return compareBytewise(left.path, right.path);
}

/** The ecosystems that a file of this name belongs to. */
export function manifestsNamed(
  name: string,
  path: string,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
): readonly FoundManifest[] {
  return [...ecosystems.values()]
    .filter((ecosystem) => ecosystem.isManifest(name))
    .map((ecosystem) => ({ path, ecosystem: ecosystem.id }));
}

/** The ecosystem of a manifest that Enki can't read, by its file name. */
export function unsupportedEcosystem(name: string): string | undefined {
  return UNSUPPORTED_MANIFESTS.get(name);
}

/** What Enki says in the first line of what it writes, which is an output. */
const ENKI = /\b(?:written|generated) by enki\b/i;
/** What pip-compile and uv say in the first lines of the requirements files that they make. */
const COMPILED = /\bautogenerated by (?:pip-compile|uv)\b/;

function firstLines(path: string, count: number, files: FileSystem): readonly string[] {
  return new TextDecoder().decode(files.readFile(path)?.subarray(0, 200)).split("\n", count);
}
