/** Small real wheels and source distributions, and an index of them over HTTP. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Documents } from "../../helpers/registry-server.ts";
import { writeTar } from "../../helpers/tar-writer.ts";
import { writeZip, type ZipMember } from "../../helpers/zip-writer.ts";
import { metadataText, type MemoryVersion } from "./memory-index.ts";

/** One file of a project. */
export interface WrittenFile {
  readonly name: string;
  readonly body: Uint8Array;
  readonly metadata: string;
  readonly requiresPython: string | undefined;
  /** Whether the index offers the metadata by itself. */
  readonly hasMetadata: boolean;
}

/** A wheel with metadata and nothing else in it. */
export function writeWheel(
  name: string,
  version: string,
  facts: MemoryVersion,
  tag = "py3-none-any",
  more: readonly ZipMember[] = [],
): WrittenFile {
  const stem = `${name.replaceAll("-", "_")}-${version}`;
  const metadata = metadataText(name, version, facts);
  const information = `${stem}.dist-info`;
  const body = writeZip([
    ...more,
    { path: `${name.replaceAll("-", "_")}/__init__.py`, body: "" },
    { path: `${information}/METADATA`, body: metadata },
    { path: `${information}/WHEEL`, body: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n` },
    { path: `${information}/RECORD`, body: "" },
  ]);
  return { name: `${stem}-${tag}.whl`, body, metadata, requiresPython: facts.requiresPython, hasMetadata: true };
}

/** A source distribution with the given texts beside its PKG-INFO. */
export function writeSdist(
  name: string,
  version: string,
  facts: MemoryVersion,
  texts: Readonly<Record<string, string>>,
): WrittenFile {
  const stem = `${name.replaceAll("-", "_")}-${version}`;
  const metadata = metadataText(name, version, facts);
  const files = Object.entries({ "PKG-INFO": metadata, ...texts });
  const tar = writeTar(files.map(([path, body]) => ({ path: `${stem}/${path}`, body })));
  const body = gzipSync(tar, { level: 1 });
  return { name: `${stem}.tar.gz`, body, metadata, requiresPython: facts.requiresPython, hasMetadata: false };
}

/** Serves files as a Simple index in JSON below `/simple/`, and the files below `/files/`. */
export function simpleIndex(projects: ReadonlyMap<string, readonly WrittenFile[]>): Documents {
  const files = new Map([...projects.values()].flat().map((file) => [file.name, file]));
  return (path) => {
    const project = /^\/simple\/([^/]+)\/$/.exec(path)?.[1];
    const listed = project === undefined ? undefined : projects.get(project);
    if (listed !== undefined) {
      const body = JSON.stringify({ meta: { "api-version": "1.1" }, name: project, files: listed.map(entry) });
      return { body, headers: { "content-type": "application/vnd.pypi.simple.v1+json" } };
    }
    const name = /^\/files\/([^/]+)$/.exec(path)?.[1] ?? "";
    const file = files.get(name) ?? files.get(name.replace(/\.metadata$/, ""));
    if (file === undefined) return undefined;
    if (!name.endsWith(".metadata")) return { body: file.body };
    return file.hasMetadata ? { body: file.metadata } : undefined;
  };
}

function entry(file: WrittenFile): Readonly<Record<string, unknown>> {
  return {
    filename: file.name,
    url: `../../files/${file.name}`,
    size: file.body.length,
    "upload-time": "2024-05-01T12:00:00.000000Z",
    hashes: { sha256: sha256(file.body) },
    ...(file.hasMetadata ? { "core-metadata": { sha256: sha256(file.metadata) } } : {}),
    ...(file.requiresPython === undefined ? {} : { "requires-python": file.requiresPython }),
  };
}

export function sha256(body: string | Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}
