import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";

import { removeIfPresent } from "./atomic-write.ts";
import { prepareTemporaryFolder, writeNewFile } from "./temporary-files.ts";
import { errorCode } from "./transfer-error.ts";

/** The layout of entries; another layout is another folder, so that older and newer versions of Enki do not meet. */
const formatFolder = "http-v1";

/** One stored answer. */
export interface CacheEntry {
  /** After redirects, without credentials. */
  readonly url: string;
  readonly status: 200 | 206 | 404;
  readonly contentType: string;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly totalBytes?: number;
  /** When the server last confirmed it, in milliseconds since 1970. */
  readonly confirmedMs: number;
  /** How long after that it may be used without asking. */
  readonly freshMs: number;
  /** SHA-256 of the body as it arrived, where a request demanded one. */
  readonly sha256?: string;
  readonly body: Uint8Array;
}

/** What a stored entry says about itself, besides its body. */
interface EntryHead extends Omit<CacheEntry, "body"> {
  readonly key: string;
}

/** Answers on disk, one file each. Reading and writing never throw: a cache that does not work is a slow one. */
export class DiskCache {
  readonly #folder: string;
  readonly #onTrouble: (message: string) => void;
  #isWritable = true;
  #isPrepared = false;

  /** `onTrouble` is called at most once, when nothing can be written. */
  constructor(directory: string, onTrouble: (message: string) => void) {
    this.#folder = join(directory, formatFolder);
    this.#onTrouble = onTrouble;
  }

  /** The entry stored under `key`; one that is damaged in any way does not exist. */
  read(key: string): CacheEntry | undefined {
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.#pathOf(key));
    } catch {
      return undefined;
    }
    return decodeEntry(bytes, key);
  }

  /** Stores an entry so that other processes, and a crash, see the old one or the new one. */
  write(key: string, entry: CacheEntry): void {
    if (!this.#isWritable) return;
    const path = this.#pathOf(key);
    const temporary = join(this.#folder, "tmp", randomBytes(12).toString("hex"));
    try {
      this.#prepare();
      // No wait for the disk: after a power failure the checksum tells a whole entry from a part of one.
      writeNewFile(temporary, [encodeEntry(key, entry)]);
      renameInto(temporary, path);
    } catch (error) {
      removeIfPresent(temporary);
      this.#isWritable = false;
      this.#onTrouble(`the cache in ${this.#folder} cannot be written (${errorCode(error)}); going on without it`);
    }
  }

  /** Notes that the entry which was read under `key` still holds. */
  confirm(key: string, entry: CacheEntry): void {
    this.write(key, entry);
  }

  #pathOf(key: string): string {
    const name = createHash("sha256").update(key).digest("hex");
    return join(this.#folder, name.slice(0, 2), name.slice(2));
  }

  #prepare(): void {
    if (this.#isPrepared) return;
    this.#isPrepared = true;
    prepareTemporaryFolder(join(this.#folder, "tmp"));
  }
}

function renameInto(temporary: string, path: string): void {
  try {
    renameSync(temporary, path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
    renameSync(temporary, path);
  }
}

/** `<SHA-256 of the rest, hexadecimal>\n<head as one line of JSON>\n<body>`. */
function encodeEntry(key: string, entry: CacheEntry): Uint8Array {
  const { body, ...rest } = entry;
  const head: EntryHead = { key, ...rest };
  const headLine = Buffer.from(`${JSON.stringify(head)}\n`);
  const checksum = createHash("sha256").update(headLine).update(body).digest("hex");
  return Buffer.concat([Buffer.from(`${checksum}\n`), headLine, body]);
}

const checksumLength = 64;

function decodeEntry(bytes: Buffer, key: string): CacheEntry | undefined {
  const headEnd = bytes.indexOf(0x0a, checksumLength + 1);
  if (headEnd === -1 || bytes[checksumLength] !== 0x0a) return undefined;
  const checksum = createHash("sha256")
    .update(bytes.subarray(checksumLength + 1))
    .digest("hex");
  if (checksum !== bytes.toString("latin1", 0, checksumLength)) return undefined;
  // The checksum holds, so this is what encodeEntry wrote.
  const head = JSON.parse(bytes.toString("utf8", checksumLength + 1, headEnd)) as EntryHead;
  if (head.key !== key) return undefined;
  const { key: _, ...rest } = head;
  return { ...rest, body: bytes.subarray(headEnd + 1) };
}
