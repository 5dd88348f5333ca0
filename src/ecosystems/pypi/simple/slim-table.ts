/**
 * The compact form of an index page: what a resolution needs of every version in columns that are cheap to split, and
 * the records of the files behind them, decoded only for the versions that are looked at. It is what the cache keeps.
 *
 * Layout, all integers little endian: length of the text in bytes (4 bytes), number of versions (4 bytes), for each
 * version flags, number of its requires-python and end of its records (4 bytes each), the text, the records. The text
 * (UTF-8) has four lines: a header in JSON; the versions, highest first, separated by tabs; their keys; the times of their
 * first uploads, empty when there are none.
 */
import { sdistVersionOf } from "../pep/file-name.ts";
import { normaliseName } from "../pep/names.ts";
import { isPrerelease, parseVersion, type Version } from "../pep/version.ts";
import type { IndexFile, IndexPage } from "./index-file.ts";
import { decodeHtmlPage } from "./html-page.ts";
import { decodeJsonPage } from "./index-file.ts";

/** Name of the form and its version, for the key of the cache. */
export const slimFormat = "pypi-slim-2";

/** One version in the table. */
export interface SlimVersion {
  readonly text: string;
  readonly key: string;
  readonly isPrerelease: boolean;
  /** Whether every file of the version is yanked. */
  readonly isYanked: boolean;
  /** The requires-python that all files share; `undefined` when they have none; `mixed` when they differ. */
  readonly requiresPython: string | undefined | typeof mixed;
  /** The earliest upload among the files, RFC 3339, when the index tells any. */
  readonly firstUpload: string | undefined;
}

/** Stands for "the files of this version differ". */
export const mixed: unique symbol = Symbol("mixed");

/** Parses a page in either form and gives the compact form. */
export function slimPage(body: Uint8Array, project: string): Uint8Array {
  const text = new TextDecoder().decode(body);
  const page = /^\s*\{/.test(text) ? decodeJsonPage(text, project) : decodeHtmlPage(text, project);
  return encodeSlimTable(page, project);
}

/** The compact form of a decoded page. Files whose names tell no version of the project are skipped. */
export function encodeSlimTable(page: IndexPage, project: string): Uint8Array {
  const byKey = new Map<string, { version: Version; files: IndexFile[] }>();
  const versions = new Map<string, Version | undefined>();
  for (const file of page.files) {
    const version = versionOf(file.fileName, project, versions);
    if (version === undefined) continue;
    const group = byKey.get(version.key);
    if (group === undefined) byKey.set(version.key, { version, files: [file] });
    else group.files.push(file);
  }
  const groups = [...byKey.values()].toSorted((left, right) => (left.version.key < right.version.key ? 1 : -1));
  const pythons = new Map<string, number>();
  const records: Buffer[] = [];
  const facts = Buffer.alloc(FACT_BYTES * groups.length);
  let end = 0;
  const uploads = groups.map(({ version, files }, index) => {
    const record = Buffer.from(JSON.stringify(files.map(encodeFile)));
    end += record.length;
    records.push(record);
    facts.writeInt32LE(flagsOf(version, files), FACT_BYTES * index);
    facts.writeInt32LE(pythonNumber(files, pythons), FACT_BYTES * index + 4);
    facts.writeInt32LE(end, FACT_BYTES * index + 8);
    return files.flatMap((file) => file.uploadTime ?? []).toSorted()[0] ?? "";
  });
  const header = JSON.stringify({ base: page.base, status: page.status, pythons: [...pythons.keys()] });
  const columns = [groups.map(({ version }) => version.text), groups.map(({ version }) => version.key)];
  const hasUploads = uploads.some((upload) => upload !== "");
  const lines = [header, ...columns.map((column) => column.join("\t")), hasUploads ? uploads.join("\t") : ""];
  const text = Buffer.from(lines.join("\n"));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(text.length);
  lengths.writeUInt32LE(groups.length, 4);
  return Buffer.concat([lengths, facts, text, ...records]);
}

const FACT_BYTES = 12;
const PRERELEASE = 1;
const YANKED = 2;
const MIXED = -2;

function flagsOf(version: Version, files: readonly IndexFile[]): number {
  return (isPrerelease(version) ? PRERELEASE : 0) | (files.every((file) => file.yanked !== undefined) ? YANKED : 0);
}

/** The number of the requires-python that all files share, -1 for none. */
function pythonNumber(files: readonly IndexFile[], pythons: Map<string, number>): number {
  const [only = "", ...more] = new Set(files.map((file) => file.requiresPython ?? ""));
  if (more.length > 0) return MIXED;
  if (only === "") return -1;
  const number = pythons.get(only) ?? pythons.size;
  pythons.set(only, number);
  return number;
}

/** A page in its compact form. */
export class SlimTable {
  readonly versions: readonly SlimVersion[];
  readonly base: string | undefined;
  readonly status: string | undefined;
  readonly #bytes: Buffer;
  readonly #recordsStart: number;

  /** Reads what {@link encodeSlimTable} wrote. */
  constructor(bytes: Uint8Array) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = buffer.readUInt32LE(4);
    const textStart = 8 + FACT_BYTES * count;
    this.#bytes = buffer;
    this.#recordsStart = textStart + buffer.readUInt32LE(0);
    const [head = "{}", texts = "", keys = "", uploads = ""] = buffer
      .toString("utf8", textStart, this.#recordsStart)
      .split("\n");
    const header: { base?: string; status?: string; pythons: readonly string[] } = JSON.parse(head);
    this.base = header.base;
    this.status = header.status;
    this.versions = count === 0 ? [] : this.#versions(texts.split("\t"), keys.split("\t"), uploads, header.pythons);
  }

  #versions(
    texts: readonly string[],
    keys: readonly string[],
    uploads: string,
    pythons: readonly string[],
  ): readonly SlimVersion[] {
    const firstUploads = uploads === "" ? [] : uploads.split("\t");
    return texts.map((text, index) => {
      const at = 8 + FACT_BYTES * index;
      const flags = this.#bytes.readInt32LE(at);
      const python = this.#bytes.readInt32LE(at + 4);
      const upload = firstUploads[index];
      return {
        text,
        key: keys[index] ?? "",
        isPrerelease: (flags & PRERELEASE) !== 0,
        isYanked: (flags & YANKED) !== 0,
        requiresPython: python === MIXED ? mixed : pythons[python],
        firstUpload: upload === "" ? undefined : upload,
      };
    });
  }

  /** The files of the version at `index`. */
  files(index: number): readonly IndexFile[] {
    const endOf = (version: number): number =>
      version < 0 ? 0 : this.#bytes.readInt32LE(8 + FACT_BYTES * version + 8);
    const start = this.#recordsStart + endOf(index - 1);
    const record = this.#bytes.toString("utf8", start, this.#recordsStart + endOf(index));
    const files: readonly EncodedFile[] = JSON.parse(record);
    return files.map(decodeFile);
  }
}

/** The version in a file's name, which many files share. What else a wheel's name says is read when it may be chosen. */
function versionOf(fileName: string, project: string, known: Map<string, Version | undefined>): Version | undefined {
  if (!fileName.endsWith(".whl")) return sdistVersionOf(fileName, project);
  const parts = fileName.split("-");
  const [name = "", text = ""] = parts;
  // Seven parts: a variant wheel with a build number.
  if (parts.length < 5 || parts.length > 7 || normaliseName(name) !== project) return undefined;
  let version = known.get(text);
  if (version === undefined && !known.has(text)) {
    version = parseVersion(text);
    known.set(text, version);
  }
  return version;
}

/** [file name, url, hashes, requires-python, size, upload time, yanked, metadata] */
type EncodedFile = readonly [
  string,
  string,
  readonly (readonly [string, string])[],
  string | null,
  number | null,
  string | null,
  string | null,
  string | boolean,
];

function encodeFile(file: IndexFile): EncodedFile {
  return [
    file.fileName,
    file.url,
    [...file.hashes].toSorted(([left], [right]) => (left < right ? -1 : 1)),
    file.requiresPython ?? null,
    file.sizeBytes ?? null,
    file.uploadTime ?? null,
    file.yanked ?? null,
    file.metadata === undefined ? false : (file.metadata.sha256 ?? true),
  ];
}

function decodeFile(encoded: EncodedFile): IndexFile {
  const [fileName, url, hashes, requiresPython, sizeBytes, uploadTime, yanked, metadata] = encoded;
  return {
    fileName,
    url,
    hashes: new Map(hashes),
    requiresPython: requiresPython ?? undefined,
    sizeBytes: sizeBytes ?? undefined,
    uploadTime: uploadTime ?? undefined,
    yanked: yanked ?? undefined,
    metadata: metadata === false ? undefined : { sha256: metadata === true ? undefined : metadata },
  };
}
