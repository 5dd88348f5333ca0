import { EnkiError } from "../model/enki-error.ts";
import type { ArchiveLimits } from "./archive-path.ts";
import { defaultArchiveLimits, safeMemberPath } from "./archive-path.ts";
import { gunzipBounded, isGzip } from "./gzip.ts";

/** One file of a tar archive. */
export interface TarFile {
  /** Relative, with forward slashes, without `..`; see {@link safeMemberPath}. */
  readonly path: string;
  readonly isExecutable: boolean;
  /** A view into the archive, not a copy. */
  readonly body: Uint8Array;
}

const blockBytes = 512;
const latin1 = new TextDecoder("latin1");
const utf8 = new TextDecoder();

/** What an extended header says about the next member. */
interface Overrides {
  path?: string;
  sizeBytes?: number;
}

/**
 * The regular files of a tar archive (POSIX ustar and pax, GNU long names; gzipped or plain), in their order. Links,
 * devices and members whose path leads outside are passed over: nothing of them is ever read. A path that occurs twice
 * is given twice; whoever unpacks an archive ends up with the last one. `what` names the archive in errors.
 */
export function* tarFiles(
  archive: Uint8Array,
  what: string,
  limits: ArchiveLimits = defaultArchiveLimits,
): Generator<TarFile> {
  const bytes = isGzip(archive) ? gunzipBounded(archive, limits.totalBytes, what) : archive;
  let overrides: Overrides = {};
  let members = 0;
  for (let at = 0; at + blockBytes <= bytes.length;) {
    const header = bytes.subarray(at, at + blockBytes);
    if (isBlank(header)) return;
    checkHeader(header, what);
    members += 1;
    if (members > limits.members)
      throw new EnkiError("limit-exceeded", `${what} has more than ${limits.members} members`);
    const sizeBytes = overrides.sizeBytes ?? numberField(header, 124, 12, what);
    const start = at + blockBytes;
    if (start + sizeBytes > bytes.length) throw invalid(what, "ends in the middle of a member");
    const body = bytes.subarray(start, start + sizeBytes);
    at = start + Math.ceil(sizeBytes / blockBytes) * blockBytes;

    const type = String.fromCharCode(header[156] ?? 0);
    if (type === "x" || type === "L") {
      // Both describe the next member and may follow each other.
      overrides = { ...overrides, ...(type === "x" ? paxOverrides(body, what) : { path: untilZero(body, utf8) }) };
      continue;
    }
    if (type === "g" || type === "K") continue;
    const path = safeMemberPath(overrides.path ?? ustarPath(header));
    overrides = {};
    if (path === undefined || path === "" || !(type === "0" || type === "\0" || type === "7")) continue;
    if (sizeBytes > limits.memberBytes) {
      throw new EnkiError("limit-exceeded", `${path} in ${what} is larger than ${limits.memberBytes} bytes`);
    }
    yield { path, isExecutable: (numberField(header, 100, 8, what) & 0o111) !== 0, body };
  }
}

/** The last file for which `isWanted` holds, as unpacking would leave it; `undefined` when there is none. */
export function readTarMember(
  archive: Uint8Array,
  what: string,
  isWanted: (path: string) => boolean,
  limits: ArchiveLimits = defaultArchiveLimits,
): TarFile | undefined {
  let found: TarFile | undefined;
  for (const file of tarFiles(archive, what, limits)) if (isWanted(file.path)) found = file;
  return found;
}

function invalid(what: string, problem: string): EnkiError {
  return new EnkiError("invalid-registry-document", `${what} is not a tar archive: it ${problem}`);
}

function isBlank(header: Uint8Array): boolean {
  for (let index = 0; index < header.length; index++) if (header[index] !== 0) return false;
  return true;
}

/** The sum of the header's bytes, its own field counted as spaces (POSIX.1-2017, pax, "ustar Interchange Format"). */
function checkHeader(header: Uint8Array, what: string): void {
  let sum = 0;
  // An index loop: a registry in one archive has tens of thousands of headers.
  for (let index = 0; index < header.length; index++) sum += index >= 148 && index < 156 ? 0x20 : (header[index] ?? 0);
  if (sum !== numberField(header, 148, 8, what)) throw invalid(what, "has a member with a wrong checksum");
}

/** Octal text, or GNU's base-256 form when the first bit is set. */
function numberField(header: Uint8Array, offset: number, length: number, what: string): number {
  const field = header.subarray(offset, offset + length);
  const first = field[0] ?? 0;
  let value = 0;
  if ((first & 0x80) !== 0) {
    for (const [index, byte] of field.entries()) value = value * 256 + (index === 0 ? byte & 0x7f : byte);
  } else {
    const text = untilZero(field, latin1).trim();
    if (!/^[0-7]*$/u.test(text)) throw invalid(what, "has a number that is not octal");
    value = text === "" ? 0 : Number.parseInt(text, 8);
  }
  if (!Number.isSafeInteger(value)) throw invalid(what, "has a number that is too large");
  return value;
}

function untilZero(bytes: Uint8Array, decoder: InstanceType<typeof TextDecoder>): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end === -1 ? bytes : bytes.subarray(0, end));
}

function ustarPath(header: Uint8Array): string {
  const name = untilZero(header.subarray(0, 100), utf8);
  const isUstar = latin1.decode(header.subarray(257, 263)) === "ustar\0";
  const prefix = isUstar ? untilZero(header.subarray(345, 500), utf8) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** `<length> <key>=<value>\n`, again and again, the length in decimal and counting itself. */
function paxOverrides(body: Uint8Array, what: string): Overrides {
  const overrides: Overrides = {};
  for (let at = 0; at < body.length && body[at] !== 0;) {
    const space = body.indexOf(0x20, at);
    const lengthText = space === -1 ? "" : latin1.decode(body.subarray(at, Math.min(space, at + 20)));
    const length = /^\d{1,9}$/u.test(lengthText) ? Number(lengthText) : 0;
    if (space === -1 || length < space - at + 2 || at + length > body.length)
      throw invalid(what, "has a broken extended header");
    const record = utf8.decode(body.subarray(space + 1, at + length - 1));
    const equals = record.indexOf("=");
    const value = record.slice(equals + 1);
    if (record.startsWith("path=")) overrides.path = value;
    if (record.startsWith("size=")) {
      if (!/^\d{1,15}$/u.test(value)) throw invalid(what, "has a broken extended header");
      overrides.sizeBytes = Number(value);
    }
    at += length;
  }
  return overrides;
}
