/**
 * The compact form of an index page: what a resolution needs of every version in one text that is cheap to split, and
 * the records of the files behind it, decoded only for the versions that are looked at. It is what the cache keeps.
 *
 * Layout: 4 bytes length of the table (little endian), the table, the records (both UTF-8). The table has a header line
 * and one line per version, highest first: text, key, flags, number of requires-python, start and end of its records.
 */
import { parseWheelName, sdistVersionOf } from "../pep/file-name.ts";
import { isPrerelease, type Version } from "../pep/version.ts";
import type { IndexFile, IndexPage } from "./index-file.ts";
import { decodeHtmlPage } from "./html-page.ts";
import { decodeJsonPage } from "./index-file.ts";

/** Name of the form and its version, for the key of the cache. */
export const slimFormat = "pypi-slim-1";

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
  for (const file of page.files) {
    const version = versionOf(file.fileName, project);
    if (version === undefined) continue;
    const group = byKey.get(version.key);
    if (group === undefined) byKey.set(version.key, { version, files: [file] });
    else group.files.push(file);
  }
  const groups = [...byKey.values()].toSorted((left, right) => (left.version.key < right.version.key ? 1 : -1));
  const pythons = new Map<string, number>();
  const records: string[] = [];
  let offset = 0;
  const lines = groups.map(({ version, files }) => {
    const record = JSON.stringify(files.map(encodeFile));
    const bytes = Buffer.byteLength(record);
    const start = offset;
    offset += bytes;
    records.push(record);
    const requires = new Set(files.map((file) => file.requiresPython ?? ""));
    const [only = ""] = requires;
    let python = -1;
    if (requires.size > 1) python = -2;
    else if (only !== "") {
      python = pythons.get(only) ?? pythons.size;
      pythons.set(only, python);
    }
    const uploads = files.flatMap((file) => file.uploadTime ?? []).toSorted();
    const flags = (isPrerelease(version) ? 1 : 0) | (files.every((file) => file.yanked !== undefined) ? 2 : 0);
    return [version.text, version.key, flags, python, start, offset, uploads[0] ?? ""].join("\t");
  });
  const header = JSON.stringify({ base: page.base, status: page.status, pythons: [...pythons.keys()] });
  const table = Buffer.from([header, ...lines].join("\n"));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(table.length);
  return Buffer.concat([length, table, Buffer.from(records.join(""))]);
}

/** A page in its compact form. */
export class SlimTable {
  readonly versions: readonly SlimVersion[];
  readonly base: string | undefined;
  readonly status: string | undefined;
  readonly #records: Uint8Array;
  readonly #bounds: Int32Array;

  /** Reads what {@link encodeSlimTable} wrote. */
  constructor(bytes: Uint8Array) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = 4 + buffer.readUInt32LE(0);
    const lines = buffer.toString("utf8", 4, end).split("\n");
    const header: { base?: string; status?: string; pythons: readonly string[] } = JSON.parse(lines[0] ?? "{}");
    this.base = header.base;
    this.status = header.status;
    this.#records = buffer.subarray(end);
    this.#bounds = new Int32Array(2 * (lines.length - 1));
    const versions: SlimVersion[] = [];
    for (let index = 1; index < lines.length; index++) {
      const fields = (lines[index] ?? "").split("\t");
      const flags = Number(fields[2]);
      const python = Number(fields[3]);
      this.#bounds[2 * (index - 1)] = Number(fields[4]);
      this.#bounds[2 * (index - 1) + 1] = Number(fields[5]);
      versions.push({
        text: fields[0] ?? "",
        key: fields[1] ?? "",
        isPrerelease: (flags & 1) !== 0,
        isYanked: (flags & 2) !== 0,
        requiresPython: python === -2 ? mixed : header.pythons[python],
        firstUpload: fields[6] === "" ? undefined : fields[6],
      });
    }
    this.versions = versions;
  }

  /** The files of the version at `index`. */
  files(index: number): readonly IndexFile[] {
    const record = this.#records.subarray(this.#bounds[2 * index], this.#bounds[2 * index + 1]);
    const files: readonly EncodedFile[] = JSON.parse(Buffer.from(record).toString("utf8"));
    return files.map(decodeFile);
  }
}

function versionOf(fileName: string, project: string): Version | undefined {
  if (!fileName.endsWith(".whl")) return sdistVersionOf(fileName, project);
  const wheel = parseWheelName(fileName);
  if (wheel !== undefined) return wheel.name === project ? wheel.version : undefined;
  return undefined;
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
