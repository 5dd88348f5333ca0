/** Packages that a manifest takes from a URL or a path instead of an index (PEP 508, PEP 440 "Direct references"). */
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { digestOf } from "../../formats/integrity.ts";
import { EnkiError } from "../../model/enki-error.ts";
import type { FileSystem } from "../../model/file-system.ts";
import type { SourceContext } from "../ecosystem.ts";
import { checkName, plainFile, tableOf } from "./direct-page.ts";
import { openGitSource } from "./git-source.ts";
import type { DirectSource } from "./manifest/pypi-document.ts";
import { parseWheelName } from "./pep/file-name.ts";
import { readSdistFacts, readSourceFacts, type SdistFacts } from "./sdist-metadata.ts";
import type { SourceTree } from "./source-tree.ts";
import { HttpRepository } from "./simple/http-repository.ts";
import type { IndexFile } from "./simple/index-file.ts";
import type { ProjectPage, Repository, RepositoryContext } from "./simple/repository.ts";
import { wheelMetadata } from "./wheel-metadata.ts";

/** The page of a project whose only version is the given source. `from` is the manifest's directory. */
export async function openDirectSource(
  name: string,
  source: DirectSource,
  context: SourceContext,
  from: string,
): Promise<ProjectPage> {
  if (source.kind === "git") return await openGitSource(name, source, context);
  if (source.kind === "url") return await openUrl(name, source, context);
  return await openPath(name, source, context, from);
}

async function openUrl(
  name: string,
  source: DirectSource & { kind: "url" },
  context: RepositoryContext,
): Promise<ProjectPage> {
  const [address = "", fragment = ""] = source.url.split("#");
  const url = new URL(address);
  const repository = new HttpRepository(`${url.origin}/`, undefined, context);
  const fileName = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf("/") + 1));
  const bytes = await repository.download(address, fileName);
  if (bytes === undefined) throw new EnkiError("not-found", `${name} is not at ${address}`);
  const sha256 = digestOf("sha256", bytes).hex;
  const promised = /(?:^|&)sha256=([0-9a-f]{64})/.exec(fragment)?.[1];
  if (promised !== undefined && promised !== sha256) {
    throw new EnkiError("integrity-mismatch", `${address} does not have the SHA-256 that its requirement names`);
  }
  const version = await versionOfArchive(name, fileName, bytes);
  const file: IndexFile = {
    ...plainFile(name, version, fileName),
    url: address,
    hashes: new Map([["sha256", sha256]]),
    sizeBytes: bytes.length,
  };
  const page = repository.directPage(file, tableOf(file, name), source);
  // The file keeps its own name for people, and has one that tells the version for the table.
  return {
    ...page,
    readMetadata: async () => await archiveMetadata(fileName, bytes),
    readSource: async () => await sourceFacts(fileName, bytes),
  };
}

async function openPath(
  name: string,
  source: DirectSource & { kind: "path" },
  context: SourceContext,
  from: string,
): Promise<ProjectPage> {
  const path = isAbsolute(source.path) ? source.path : resolve(context.projectDirectory, from, source.path);
  const shown = relative(context.projectDirectory, path).split(sep).join("/") || ".";
  const repository: Repository = { name: undefined, url: shown, project: async () => undefined };
  if (context.files.kind(path) === "file") {
    const bytes = context.files.readFile(path) ?? new Uint8Array();
    const fileName = path.slice(path.lastIndexOf(sep) + 1);
    const version = await versionOfArchive(name, fileName, bytes);
    const hashes = new Map([["sha256", digestOf("sha256", bytes).hex]]);
    const file: IndexFile = { ...plainFile(name, version, fileName), url: shown, hashes, sizeBytes: bytes.length };
    return {
      repository,
      table: tableOf(file, name),
      direct: { ...source, path: shown },
      fileUrl: () => shown,
      readMetadata: async () => await archiveMetadata(fileName, bytes),
      readSource: async () => await sourceFacts(fileName, bytes),
    };
  }
  if (context.files.kind(path) !== "directory") throw new EnkiError("not-found", `${name} is not at ${shown}`);
  const facts = await factsOfDirectory(name, shown, directoryTree(path, context.files), context);
  if ("problem" in facts.metadata) {
    throw new EnkiError("invalid-manifest", `${shown} does not say what ${name} requires without being built`, {
      hint: "give it a [project] table with name, version and dependencies in pyproject.toml",
    });
  }
  checkName(name, facts.metadata.name, shown);
  const file: IndexFile = { ...plainFile(name, facts.metadata.version, ""), url: shown };
  return {
    repository,
    table: tableOf(file, name),
    direct: { ...source, path: shown },
    fileUrl: () => shown,
    readMetadata: async () => undefined,
    readSource: async () => facts,
  };
}

/** Stands for the version of a local project that only a build could tell. */
const UNKNOWN_VERSION = "0";

/** A version from a tag or a file is common, and nothing but a requirement on that version depends on it. */
async function factsOfDirectory(
  name: string,
  shown: string,
  tree: SourceTree,
  context: SourceContext,
): Promise<SdistFacts> {
  const facts = await readSourceFacts(tree);
  if (!("problem" in facts.metadata)) return facts;
  const assumed = await readSourceFacts(tree, UNKNOWN_VERSION);
  if (!("problem" in assumed.metadata)) {
    context.report({
      code: "pypi-dynamic-version",
      severity: "warning",
      message: `the version of ${name} in ${shown} is dynamic: only a build could tell it, and ${UNKNOWN_VERSION} stands for it`,
    });
  }
  return assumed;
}

/** Folders that hold no sources of the project itself. */
const SKIPPED_FOLDERS = new Set(["target", "node_modules", "venv", "__pycache__"]);
const MAXIMUM_DEPTH = 12;

/** The files below a directory, for facts about the project there. */
function directoryTree(root: string, files: FileSystem): SourceTree {
  const read = (path: string): string | undefined => {
    const body = files.readFile(join(root, path));
    return body === undefined ? undefined : new TextDecoder().decode(body);
  };
  const walk = function* (folder: string, depth: number): Generator<string> {
    for (const name of files.readDirectory(join(root, folder)) ?? []) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (files.kind(join(root, path)) !== "directory") yield path;
      else if (depth < MAXIMUM_DEPTH && !name.startsWith(".") && !SKIPPED_FOLDERS.has(name))
        yield* walk(path, depth + 1);
    }
  };
  return {
    read: async (path) => read(path),
    readAll: async (isWanted) =>
      new Map([...walk("", 0)].filter(isWanted).map((path) => [path, read(path) ?? ""] as const)),
  };
}

async function versionOfArchive(name: string, fileName: string, bytes: Uint8Array): Promise<string> {
  const wheel = parseWheelName(fileName);
  if (wheel !== undefined) {
    checkName(name, wheel.name, fileName);
    return wheel.version.text;
  }
  const { metadata } = await readSdistFacts(fileName, bytes);
  if ("problem" in metadata) throw new EnkiError("invalid-manifest", `${fileName}: ${metadata.problem}`);
  checkName(name, metadata.name, fileName);
  return metadata.version;
}

async function archiveMetadata(fileName: string, bytes: Uint8Array): Promise<string | undefined> {
  if (!fileName.endsWith(".whl")) return undefined;
  return await wheelMetadata(fileName, {
    tail: async () => undefined,
    range: async () => new Uint8Array(),
    whole: async () => bytes,
  });
}

async function sourceFacts(fileName: string, bytes: Uint8Array): Promise<SdistFacts | undefined> {
  return fileName.endsWith(".whl") ? undefined : await readSdistFacts(fileName, bytes);
}
