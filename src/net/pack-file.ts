import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";

import type { CacheEntry } from "./disk-cache.ts";

/** Tells a pack from anything else, in the byte order of the machine that wrote it. */
const mark = 0x31_6b_70_65;

/** Bytes before the table: mark, count, slots, checksum of the table; 16 more are free. */
const frontBytes = 32;

/** 64-bit numbers of one record in the table. */
const recordNumbers = 7;

/** The first 128 bits of a key's SHA-256, as four integers. */
export type KeyDigest = Uint32Array;

/** What an entry says about itself besides its body and the times of its confirmation. */
type Head = Omit<CacheEntry, "body" | "confirmedMs" | "freshMs">;

/** One record of a pack: an entry, or (without head and body) the news that one still holds. */
export interface PackRecord {
  readonly digest: KeyDigest;
  readonly confirmedMs: number;
  readonly freshMs: number;
  /** The checksum of head and body, which a confirmation repeats to say what it confirms. */
  readonly checksum: number;
  /** The answer's, as {@link CacheEntry.status}; 0 for a confirmation. */
  readonly status: number;
  /** JSON. Empty for a confirmation. */
  readonly head: Uint8Array;
  readonly body: Uint8Array;
}

/** The record of an entry. */
export function entryRecord(digest: KeyDigest, { body, confirmedMs, freshMs, ...rest }: CacheEntry): PackRecord {
  const head = Buffer.from(JSON.stringify(rest satisfies Head));
  return { digest, confirmedMs, freshMs, checksum: checksumOf(head, body), status: rest.status, head, body };
}

/** Where a record lies in its pack. */
export interface PackSlot {
  readonly pack: PackFile;
  readonly offset: number;
  readonly headBytes: number;
  readonly bodyBytes: number;
  readonly checksum: number;
  readonly status: number;
  readonly confirmedMs: number;
  readonly freshMs: number;
}

function checksumOf(head: Uint8Array, body: Uint8Array): number {
  const checksum = crc32(head);
  // zlib takes an empty body for a request to begin anew.
  return body.length === 0 ? checksum : crc32(body, checksum);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/**
 * A pack: many records in one file that is written once and never changed. In front stands a hash table over the first
 * integer of the digests, so that finding a record costs no more in a large pack than in a small one.
 *
 * `mark, count, slots, checksum of the table, 0, 0, 0, 0` as 32-bit integers; the slots (0, or the number of a record from
 * 1 on) as 32-bit integers; per record seven 64-bit numbers: digest (two), confirmed, fresh, offset, then as 32-bit
 * integers the lengths of head and body, the checksum, and the status. Then heads and bodies, each at a multiple of 8 bytes.
 * They are given as pieces: nothing is copied to be written.
 */
export function encodePack(records: readonly PackRecord[]): readonly Uint8Array[] {
  const slots = slotsFor(records.length);
  const tableBytes = slots * 4 + records.length * recordNumbers * 8;
  const bytes = new Uint8Array(frontBytes + tableBytes);
  const front = new Uint32Array(bytes.buffer, 0, frontBytes / 4);
  const slotTable = new Uint32Array(bytes.buffer, frontBytes, slots);
  const table = new Float64Array(bytes.buffer, frontBytes + slots * 4, records.length * recordNumbers);
  const integers = new Uint32Array(bytes.buffer, frontBytes + slots * 4, records.length * recordNumbers * 2);
  const pieces: Uint8Array[] = [bytes];
  let offset = bytes.length;
  const append = (part: Uint8Array): void => {
    const padding = padded(part.length) - part.length;
    if (part.length > 0) pieces.push(part);
    if (padding > 0) pieces.push(zeros.subarray(0, padding));
    offset += part.length + padding;
  };
  records.forEach((record, index) => {
    const at = index * recordNumbers;
    integers.set(record.digest, at * 2);
    table[at + 2] = record.confirmedMs;
    table[at + 3] = record.freshMs;
    table[at + 4] = offset;
    integers.set([record.head.length, record.body.length, record.checksum, record.status], (at + 5) * 2);
    let slot = (record.digest[0] ?? 0) & (slots - 1);
    while (slotTable[slot] !== 0) slot = (slot + 1) & (slots - 1);
    slotTable[slot] = index + 1;
    append(record.head);
    append(record.body);
  });
  front.set([mark, records.length, slots, crc32(bytes.subarray(frontBytes))]);
  return pieces;
}

const zeros = new Uint8Array(8);

function slotsFor(count: number): number {
  let slots = 2;
  while (slots < count * 2) slots *= 2;
  return slots;
}

/** An open pack. What is damaged in any way is not there. */
export class PackFile {
  readonly path: string;
  readonly #file: number;
  readonly #slots: Uint32Array;
  readonly #numbers: Float64Array;
  readonly #integers: Uint32Array;
  readonly sizeBytes: number;
  /** Records, confirmations included. */
  readonly count: number;

  private constructor(path: string, file: number, sizeBytes: number, slots: number, table: ArrayBuffer) {
    this.path = path;
    this.#file = file;
    this.sizeBytes = sizeBytes;
    this.#slots = new Uint32Array(table, 0, slots);
    this.#numbers = new Float64Array(table, slots * 4);
    this.#integers = new Uint32Array(table, slots * 4);
    this.count = this.#numbers.length / recordNumbers;
  }

  /** Opens a pack; `undefined` when it is none, or damaged where it says what it holds. Throws when it can't be read. */
  static open(path: string): PackFile | undefined {
    const file = openSync(path, "r");
    let pack: PackFile | undefined;
    try {
      const { size } = fstatSync(file);
      const front = new Uint32Array(frontBytes / 4);
      if (size < frontBytes || readSync(file, front, 0, frontBytes, 0) !== frontBytes) return undefined;
      const [found, count = 0, slots = 0, checksum] = front;
      const tableBytes = slots * 4 + count * recordNumbers * 8;
      if (found !== mark || slots < 2 || (slots & 1) !== 0 || frontBytes + tableBytes > size) return undefined;
      const table = new Uint8Array(new ArrayBuffer(tableBytes));
      if (readSync(file, table, 0, tableBytes, frontBytes) !== tableBytes || crc32(table) !== checksum)
        return undefined;
      pack = new PackFile(path, file, size, slots, table.buffer);
    } finally {
      if (pack === undefined) closeSync(file);
    }
    return pack;
  }

  /** Adds all records under `digest` to `found`: at most one entry and one confirmation. */
  find(digest: KeyDigest, found: PackSlot[]): void {
    const last = this.#slots.length - 1;
    for (let slot = (digest[0] ?? 0) & last; ; slot = (slot + 1) & last) {
      const number = this.#slots[slot] ?? 0;
      if (number === 0) return;
      if (this.#hasDigest(number - 1, digest)) found.push(this.slot(number - 1));
    }
  }

  #hasDigest(index: number, digest: KeyDigest): boolean {
    const at = index * recordNumbers * 2;
    const integers = this.#integers;
    return (
      integers[at] === digest[0] &&
      integers[at + 1] === digest[1] &&
      integers[at + 2] === digest[2] &&
      integers[at + 3] === digest[3]
    );
  }

  digest(index: number): KeyDigest {
    const at = index * recordNumbers * 2;
    return this.#integers.slice(at, at + 4);
  }

  slot(index: number): PackSlot {
    const at = index * recordNumbers;
    const integers = (at + 5) * 2;
    return {
      pack: this,
      confirmedMs: this.#numbers[at + 2] ?? 0,
      freshMs: this.#numbers[at + 3] ?? 0,
      offset: this.#numbers[at + 4] ?? 0,
      headBytes: this.#integers[integers] ?? 0,
      bodyBytes: this.#integers[integers + 1] ?? 0,
      checksum: this.#integers[integers + 2] ?? 0,
      status: this.#integers[integers + 3] ?? 0,
    };
  }

  /** Bytes that a record takes, from its offset to the end of its body. */
  lengthOf({ headBytes, bodyBytes }: PackSlot): number {
    return padded(headBytes) + bodyBytes;
  }

  /** Where in the file the body of a record begins: at a multiple of 8. */
  bodyOffset({ offset, headBytes }: PackSlot): number {
    return offset + padded(headBytes);
  }

  /** Head and body of a record; `undefined` when its checksum does not hold. */
  read(slot: PackSlot): { head: Uint8Array; body: Uint8Array } | undefined {
    const length = this.lengthOf(slot);
    // Before there is memory for a length that only damage can have made.
    if (slot.offset + length > this.sizeBytes) return undefined;
    const bytes = new Uint8Array(length);
    if (!this.readInto(bytes, slot.offset, length) || !this.isWhole(slot, bytes)) return undefined;
    return { head: bytes.subarray(0, slot.headBytes), body: bytes.subarray(padded(slot.headBytes), length) };
  }

  /** Reads `length` bytes from `offset` on into `target`; `false` when they are not to be had. */
  readInto(target: Uint8Array, offset: number, length: number): boolean {
    if (offset + length > this.sizeBytes) return false;
    try {
      return readSync(this.#file, target, 0, length, offset) === length;
    } catch {
      return false;
    }
  }

  /** Whether what was read of a record, from its offset on, is what was written. */
  isWhole({ headBytes, bodyBytes, checksum }: PackSlot, bytes: Uint8Array): boolean {
    const from = padded(headBytes);
    return checksumOf(bytes.subarray(0, headBytes), bytes.subarray(from, from + bodyBytes)) === checksum;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** What {@link PackFile.read} gave, as the entry it was, with the times of its last confirmation. */
export function decodeEntry(
  { head, body }: { head: Uint8Array; body: Uint8Array },
  { confirmedMs, freshMs }: Pick<PackSlot, "confirmedMs" | "freshMs">,
): CacheEntry {
  // The checksum holds, so this is what entryRecord wrote.
  const rest = JSON.parse(Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString()) as Head;
  return { ...rest, confirmedMs, freshMs, body };
}

/** How many records of a pack are damaged; `undefined` when the pack as a whole is. */
export function damagedRecords(path: string): number | undefined {
  const pack = PackFile.open(path);
  if (pack === undefined) return undefined;
  let damaged = 0;
  for (let index = 0; index < pack.count; index++) {
    const slot = pack.slot(index);
    if (slot.headBytes > 0 && pack.read(slot) === undefined) damaged += 1;
  }
  pack.close();
  return damaged;
}
