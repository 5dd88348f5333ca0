import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { indexPath } from "../../../../src/ecosystems/cargo/registry/index-path.ts";
import type { FileSystem } from "../../../../src/model/file-system.ts";

/** One dependency of a hand-written release: `"name requirement"`, or that with more said. */
export type WrittenDependency =
  | string
  | {
      readonly on: string;
      readonly as?: string;
      readonly features?: readonly string[];
      readonly noDefault?: boolean;
      readonly optional?: boolean;
      readonly kind?: "normal" | "build" | "dev";
      readonly target?: string;
    };

/** A hand-written release of a crate. */
export interface WrittenRelease {
  readonly id: string;
  readonly deps: readonly WrittenDependency[];
  readonly features?: Readonly<Record<string, readonly string[]>>;
  readonly links?: string;
  readonly yanked?: boolean;
  readonly rustVersion?: string;
  readonly published?: string;
}

/** `release("foo 1.0.0", ["bar ^1"], { features: … })` */
export function release(
  id: string,
  deps: readonly WrittenDependency[] = [],
  extra: Omit<WrittenRelease, "id" | "deps"> = {},
): WrittenRelease {
  return { id, deps, ...extra };
}

/** The lines of an index, in the layout of the public registry. */
function indexLine(written: WrittenRelease): { readonly crate: string; readonly line: string } {
  const [crate = "", version = ""] = written.id.split(" ");
  const line = {
    name: crate,
    vers: version,
    deps: written.deps.map(dependencyLine),
    cksum: checksumOf(written.id),
    features: {},
    yanked: written.yanked ?? false,
    ...(written.links === undefined ? {} : { links: written.links }),
    v: 2,
    features2: written.features ?? {},
    ...(written.rustVersion === undefined ? {} : { rust_version: written.rustVersion }),
    ...(written.published === undefined ? {} : { pubtime: written.published }),
  };
  return { crate, line: JSON.stringify(line) };
}

function dependencyLine(written: WrittenDependency): object {
  const full = typeof written === "string" ? { on: written } : written;
  const space = full.on.indexOf(" ");
  const crate = space === -1 ? full.on : full.on.slice(0, space);
  return {
    name: full.as ?? crate,
    req: space === -1 ? "*" : full.on.slice(space + 1),
    features: full.features ?? [],
    optional: full.optional ?? false,
    default_features: full.noDefault !== true,
    target: full.target ?? null,
    kind: full.kind ?? "normal",
    ...(full.as === undefined ? {} : { package: crate }),
  };
}

/** A made-up but stable SHA-256. */
export function checksumOf(id: string): string {
  let state = 7;
  let text = "";
  for (let index = 0; text.length < 64; index++) {
    state = (Math.imul(state, 31) + id.charCodeAt(index % id.length)) >>> 0;
    text += (state % 16).toString(16);
  }
  return text;
}

/** Every file of an index: path to content. */
export function indexFiles(releases: readonly WrittenRelease[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { crate, line } of releases.map(indexLine)) {
    const path = indexPath(crate);
    files.set(path, `${files.get(path) ?? ""}${line}\n`);
  }
  return files;
}

/** Writes a local registry that the real cargo can use too. */
export function writeIndex(directory: string, releases: readonly WrittenRelease[]): void {
  for (const [path, content] of indexFiles(releases)) {
    const file = join(directory, "index", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** A file system in memory with a project in `/project` and an index in `/registry`. */
export function memoryFiles(
  releases: readonly WrittenRelease[],
  project: Readonly<Record<string, string>>,
): FileSystem {
  const files = new Map<string, string>();
  for (const [path, content] of indexFiles(releases)) files.set(`/registry/${path}`, content);
  for (const [path, content] of Object.entries(project)) files.set(`/project/${path}`, content);
  const encoder = new TextEncoder();
  const childrenOf = (path: string): Set<string> => {
    const names = new Set<string>();
    for (const file of files.keys()) {
      if (file.startsWith(`${path}/`)) names.add(file.slice(path.length + 1).split("/")[0] ?? "");
    }
    return names;
  };
  return {
    readFile(path) {
      const content = files.get(path);
      return content === undefined ? undefined : encoder.encode(content);
    },
    readDirectory(path) {
      const names = childrenOf(path);
      return names.size === 0 ? undefined : [...names].toSorted();
    },
    kind(path) {
      if (files.has(path)) return "file";
      return childrenOf(path).size > 0 ? "directory" : undefined;
    },
  };
}
