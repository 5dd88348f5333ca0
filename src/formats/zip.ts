import { inflateRawSync } from "node:zlib";

import { EnkiError } from "../model/enki-error.ts";
import type { ArchiveLimits } from "./archive-path.ts";
import { defaultArchiveLimits, safeMemberPath } from "./archive-path.ts";
import { crc32 } from "./crc32.ts";
import { decompressionError } from "./gzip.ts";

/** Bytes that can be read piece by piece: a file in memory, or one on a server that answers ranged requests. */
export interface RandomAccess {
  readonly sizeBytes: number;
  /** The bytes from `start` (inclusive) to `end` (exclusive). */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** One member of a zip archive, from its central directory. */
export interface ZipEntry {
  readonly path: string;
  readonly sizeBytes: number;
  readonly compressedBytes: number;
  readonly method: "stored" | "deflated";
  readonly crc32: number;
  readonly headerOffset: number;
}

interface Directory {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly entries: number;
}

/** The end record is 22 bytes, followed by a comment of at most 65,535 (APPNOTE 4.3.16); zip64's locator stands before it. */
const endRecordBytes = 22;
const longestTail = endRecordBytes + 0xff_ff + 20;
/** What is read first: nearly every end record, and the whole directory of most wheels. */
const usualTail = 16 * 1024;
/** Wheels with tens of thousands of members have directories of a few megabytes. */
const maximumDirectoryBytes = 64 * 1024 * 1024;

/** Random access to bytes that are all there. */
export function bytesInMemory(bytes: Uint8Array): RandomAccess {
  return { sizeBytes: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
}

/**
 * Reads the only member for which `isWanted` holds, and of the archive no more than its directory and that member;
 * `undefined` when there is none. Two members of the same path, encryption, a wrong checksum or sizes beyond the
 * limits throw. Members whose path leads outside, directories and links are never offered. `what` names the archive.
 */
export async function readZipMember(
  archive: RandomAccess,
  what: string,
  isWanted: (path: string) => boolean,
  limits: ArchiveLimits = defaultArchiveLimits,
): Promise<Uint8Array | undefined> {
  const wanted = (await zipEntries(archive, what, limits)).filter((entry) => isWanted(entry.path));
  const entry = wanted[0];
  if (entry === undefined) return undefined;
  if (wanted.length > 1) throw invalid(what, `has several members like ${entry.path}`);
  return readZipEntry(archive, what, entry, limits);
}

/** The regular files of a zip archive, in the order of its central directory (APPNOTE 4.3.12). */
export async function zipEntries(
  archive: RandomAccess,
  what: string,
  limits: ArchiveLimits = defaultArchiveLimits,
): Promise<readonly ZipEntry[]> {
  const tail = await readTail(archive, what);
  const directory = await findDirectory(archive, tail, what);
  if (directory.entries > limits.members || directory.sizeBytes > maximumDirectoryBytes) {
    throw new EnkiError("limit-exceeded", `${what} has a directory of ${directory.entries} members`);
  }
  const end = directory.offset + directory.sizeBytes;
  if (end > archive.sizeBytes) throw invalid(what, "has a directory outside of the file");
  const bytes =
    directory.offset >= tail.start
      ? tail.bytes.subarray(directory.offset - tail.start, end - tail.start)
      : await archive.read(directory.offset, end);
  return parseDirectory(bytes, directory.entries, what);
}

/** The content of one member, inflated and checked against its checksum. */
export async function readZipEntry(
  archive: RandomAccess,
  what: string,
  entry: ZipEntry,
  limits: ArchiveLimits = defaultArchiveLimits,
): Promise<Uint8Array> {
  if (entry.sizeBytes > limits.memberBytes || entry.compressedBytes > limits.memberBytes) {
    throw new EnkiError("limit-exceeded", `${entry.path} in ${what} is larger than ${limits.memberBytes} bytes`);
  }
  // The local header repeats the name and has an extra field of its own; one read covers both nearly always.
  const guess = entry.headerOffset + 30 + Buffer.byteLength(entry.path) + 256 + entry.compressedBytes;
  const read = await archive.read(entry.headerOffset, Math.min(archive.sizeBytes, guess));
  const header = viewOf(read);
  if (read.length < 30 || header.getUint32(0, true) !== 0x04_03_4b_50)
    throw invalid(what, "has no member where one should be");
  const start = 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const end = start + entry.compressedBytes;
  if (entry.headerOffset + end > archive.sizeBytes) throw invalid(what, "ends in the middle of a member");
  const compressed =
    end <= read.length
      ? read.subarray(start, end)
      : await archive.read(entry.headerOffset + start, entry.headerOffset + end);
  const content = entry.method === "stored" ? compressed : inflate(compressed, entry, what);
  if (content.length !== entry.sizeBytes || crc32(content) !== entry.crc32) {
    throw invalid(what, `has a damaged member ${entry.path}`);
  }
  return content;
}

function inflate(compressed: Uint8Array, entry: ZipEntry, what: string): Uint8Array {
  try {
    return inflateRawSync(compressed, { maxOutputLength: Math.max(1, entry.sizeBytes) });
  } catch (error) {
    throw decompressionError(error, entry.sizeBytes, `${entry.path} in ${what}`);
  }
}

function invalid(what: string, problem: string): EnkiError {
  return new EnkiError("invalid-registry-document", `${what} is not a valid zip archive: it ${problem}`);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface Tail {
  readonly bytes: Uint8Array;
  /** Offset of the first byte in the archive. */
  readonly start: number;
  /** Offset of the end record within {@link bytes}. */
  readonly endRecord: number;
}

async function readTail(archive: RandomAccess, what: string): Promise<Tail> {
  for (const length of [usualTail, longestTail]) {
    const start = Math.max(0, archive.sizeBytes - length);
    const bytes = await archive.read(start, archive.sizeBytes);
    const view = viewOf(bytes);
    // From the end: the record whose comment fills the file exactly. A comment may hold something that looks like one.
    for (let at = bytes.length - endRecordBytes; at >= 0; at -= 1) {
      const isRecord = bytes[at] === 0x50 && view.getUint32(at, true) === 0x06_05_4b_50;
      if (isRecord && at + endRecordBytes + view.getUint16(at + 20, true) === bytes.length) {
        return { bytes, start, endRecord: at };
      }
    }
    if (start === 0) break;
  }
  throw invalid(what, "has no directory at its end");
}

async function findDirectory(archive: RandomAccess, tail: Tail, what: string): Promise<Directory> {
  const view = viewOf(tail.bytes);
  const at = tail.endRecord;
  const entries = view.getUint16(at + 10, true);
  const sizeBytes = view.getUint32(at + 12, true);
  const offset = view.getUint32(at + 16, true);
  if (entries !== 0xff_ff && sizeBytes !== 0xff_ff_ff_ff && offset !== 0xff_ff_ff_ff)
    return { offset, sizeBytes, entries };
  // Zip64 (APPNOTE 4.3.14 and 4.3.15): a locator before the end record says where the larger end record is.
  const locator = at - 20;
  if (locator < 0 || view.getUint32(locator, true) !== 0x07_06_4b_50) return { offset, sizeBytes, entries };
  const recordOffset = safeInteger(view.getBigUint64(locator + 8, true), what);
  if (recordOffset + 56 > archive.sizeBytes) throw invalid(what, "has a directory outside of the file");
  const record = viewOf(await archive.read(recordOffset, recordOffset + 56));
  if (record.byteLength < 56 || record.getUint32(0, true) !== 0x06_06_4b_50)
    throw invalid(what, "has a broken zip64 record");
  return {
    entries: safeInteger(record.getBigUint64(32, true), what),
    sizeBytes: safeInteger(record.getBigUint64(40, true), what),
    offset: safeInteger(record.getBigUint64(48, true), what),
  };
}

function safeInteger(value: bigint, what: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid(what, "has a number that is too large");
  return Number(value);
}

const utf8 = new TextDecoder();

function parseDirectory(bytes: Uint8Array, count: number, what: string): ZipEntry[] {
  const view = viewOf(bytes);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02_01_4b_50)
      throw invalid(what, "has a broken directory");
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > bytes.length) throw invalid(what, "has a broken directory");
    const entry = directoryEntry(bytes.subarray(at, next), nameLength, extraLength, what);
    if (entry !== undefined) entries.push(entry);
    at = next;
  }
  return entries;
}

function directoryEntry(
  bytes: Uint8Array,
  nameLength: number,
  extraLength: number,
  what: string,
): ZipEntry | undefined {
  const view = viewOf(bytes);
  // Names that are not UTF-8 are code page 437 (APPNOTE, appendix D); its lower half is ASCII, which is all that matters here.
  const name = utf8.decode(bytes.subarray(46, 46 + nameLength));
  const path = safeMemberPath(name);
  const isUnix = view.getUint8(5) === 3;
  const fileType = isUnix ? (view.getUint32(38, true) >>> 28) & 0xf : 0;
  const isFile = !name.endsWith("/") && (fileType === 0 || fileType === 8);
  const method = view.getUint16(10, true);
  const isEncrypted = (view.getUint16(8, true) & 1) !== 0;
  if (path === undefined || path === "" || !isFile || isEncrypted || (method !== 0 && method !== 8)) return undefined;
  const sizes = largeSizes(bytes.subarray(46 + nameLength, 46 + nameLength + extraLength), view, what);
  return { path, ...sizes, method: method === 0 ? "stored" : "deflated", crc32: view.getUint32(16, true) };
}

/** The sizes and the offset of a directory entry; those that do not fit stand in the zip64 extra field (APPNOTE 4.5.3). */
function largeSizes(
  extra: Uint8Array,
  entry: DataView,
  what: string,
): Pick<ZipEntry, "sizeBytes" | "compressedBytes" | "headerOffset"> {
  const values = [entry.getUint32(24, true), entry.getUint32(20, true), entry.getUint32(42, true)];
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const end = Math.min(extra.length, at + 4 + view.getUint16(at + 2, true));
    let field = at + 4;
    for (const [index, value] of values.entries()) {
      if (value !== 0xff_ff_ff_ff || field + 8 > end) continue;
      values[index] = safeInteger(view.getBigUint64(field, true), what);
      field += 8;
    }
  }
  const [sizeBytes = 0, compressedBytes = 0, headerOffset = 0] = values;
  return { sizeBytes, compressedBytes, headerOffset };
}
