import { createHash } from "node:crypto";
import { posix } from "node:path";

import { nix } from "../../../src/ecosystems/nix/index.ts";
import { npm } from "../../../src/ecosystems/npm/index.ts";
import type { FileSystem } from "../../../src/model/file-system.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import { resolveService } from "../../../src/resolve.ts";
import type { ResolveRequest, ResolveResult } from "../../../src/resolve/request.ts";
import { resolveRequest } from "../../helpers/resolve-request.ts";

/** The versions of one package of a synthetic registry, with what their package.json says. */
export interface SyntheticPackage {
  readonly latest?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly time?: Readonly<Record<string, string>>;
  readonly v: Readonly<Record<string, object>>;
}

export type SyntheticRegistry = Readonly<Record<string, SyntheticPackage>>;

const projectDirectory = "/project";
const registryDirectory = "/registry";

/** The packument of a synthetic package, with tarballs on `base`. */
export function syntheticPackument(name: string, package_: SyntheticPackage, base: string): object {
  const versions = Object.entries(package_.v).map(([version, manifest]) => {
    const integrity = `sha512-${createHash("sha512")
      .update(name + version)
      .digest("base64")}`;
    const dist = { tarball: `${base}/${name}/-/${name}-${version}.tgz`, integrity, shasum: "0".repeat(40) };
    return [version, { name, version, ...manifest, dist }];
  });
  return {
    name,
    "dist-tags": { latest: package_.latest ?? Object.keys(package_.v).at(-1), ...package_.tags },
    versions: Object.fromEntries(versions),
    ...(package_.time !== undefined && { time: package_.time }),
  };
}

/** A file system that holds nothing but the given texts. */
export function memoryFiles(texts: ReadonlyMap<string, string>): FileSystem {
  const folders = new Map<string, Set<string>>();
  for (const path of texts.keys()) {
    for (let child = path; child !== "/"; child = posix.dirname(child)) {
      const parent = posix.dirname(child);
      folders.set(parent, (folders.get(parent) ?? new Set()).add(posix.basename(child)));
    }
  }
  return {
    readFile: (path) => {
      const text = texts.get(posix.normalize(path));
      return text === undefined ? undefined : Buffer.from(text);
    },
    readDirectory: (path) => {
      const names = folders.get(posix.normalize(path));
      return names === undefined ? undefined : [...names].toSorted();
    },
    kind: (path) => {
      const normal = posix.normalize(path).replace(/(.)\/$/, "$1");
      if (texts.has(normal)) return "file";
      return folders.has(normal) ? "directory" : undefined;
    },
  };
}

/** A project with a package.json, more files, and the registry it sees. */
export interface SyntheticProject {
  readonly packageJson: object;
  readonly registry: SyntheticRegistry;
  readonly files?: Readonly<Record<string, object | string>>;
  /** URL under which tarballs are said to lie. */
  readonly base?: string;
}

/** The request that resolves a synthetic project; throws when its package.json has errors. */
export function projectRequest(project: SyntheticProject, extra: Partial<ResolveRequest> = {}): ResolveRequest {
  const texts = new Map<string, string>();
  for (const [name, package_] of Object.entries(project.registry)) {
    const document = syntheticPackument(name, package_, project.base ?? "https://npm.example");
    texts.set(`${registryDirectory}/${name.replace("/", "%2f")}.json`, JSON.stringify(document));
  }
  texts.set(`${registryDirectory}/-.json`, "{}");
  const text = `${JSON.stringify({ name: "root", version: "1.0.0", private: true, ...project.packageJson }, undefined, 2)}\n`;
  texts.set(`${projectDirectory}/package.json`, text);
  for (const [path, content] of Object.entries(project.files ?? {})) {
    texts.set(`${projectDirectory}/${path}`, typeof content === "string" ? content : JSON.stringify(content));
  }
  const files = memoryFiles(texts);
  return resolveRequest([npm, nix], [readManifest(text, files)], {
    projectDirectory,
    files,
    registries: new Map([["npm", [{ kind: "path", path: registryDirectory }]]]),
    ...extra,
  });
}

function readManifest(text: string, files: FileSystem): Manifest {
  const reading = npm.readManifest("package.json", Buffer.from(text), { projectDirectory, files });
  if (reading.manifest === undefined) throw new Error(reading.diagnostics.map(({ message }) => message).join("; "));
  return reading.manifest;
}

/** Resolves a synthetic project. */
export function resolveProject(project: SyntheticProject, extra: Partial<ResolveRequest> = {}): Promise<ResolveResult> {
  return resolveService(projectRequest(project, extra));
}

/** A lock entry as far as a summary shows it. */
interface SummarisedEntry {
  readonly version?: string;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly [flag: string]: unknown;
}

/** One line for a package-lock: `a@1.0.0 b@2.0.0:dev x->pk/x`, paths without `node_modules/`. */
export function summariseLock(text: string): string {
  const lock: { packages: Record<string, SummarisedEntry> } = JSON.parse(text);
  return Object.entries(lock.packages)
    .filter(([path]) => path !== "")
    .map(([path, entry]) => {
      const place = path.replaceAll("node_modules/", "");
      const what = entry.link === true ? `->${entry.resolved ?? ""}` : `@${entry.version ?? ""}`;
      const flags = ["dev", "optional", "devOptional", "peer", "extraneous"].filter((flag) => entry[flag] === true);
      return [place + what, ...flags].join(":");
    })
    .join(" ");
}

/** The summary of a result's package-lock; `unsatisfiable` when there is none. */
export function summary(result: ResolveResult): string {
  if (result.kind !== "resolved") return result.kind;
  if (result.violations.length > 0) return `violations: ${JSON.stringify(result.violations)}`;
  return summariseLock(result.locks.find(({ path }) => path === "package-lock.json")?.content ?? "");
}
