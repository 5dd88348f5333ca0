import { hash, randomBytes } from "node:crypto";
import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";

import { removeIfPresent } from "./atomic-write.ts";
import { type DerivedForm, WholeForm } from "./derived-form.ts";
import type { CacheEntry } from "./disk-cache.ts";
import { mergePacks } from "./merge-packs.ts";
import {
  decodeEntry,
  encodePack,
  entryRecord,
  PackFile,
  type KeyDigest,
  type PackRecord,
  type PackSlot,
} from "./pack-file.ts";
import { PackedForm } from "./packed-form.ts";
import { prepareTemporaryFolder, writeNewFile } from "./temporary-files.ts";
import { errorCode } from "./transfer-error.ts";

/** The layout of packs; another layout is another folder, so that older and newer versions of Enki do not meet. */
const formatFolder = "packs-v2";

/** What waits for the disk is written when it is this much, or when nothing came for a while. */
const pendingBytes = 8 * 1024 * 1024;
const pendingMs = 1000;

/** How many packs there may be before they are made one. */
const maximumPacks = 12;

/** How often the folder is listed again when a pack that was listed is gone: another process has merged it. */
const listings = 3;

/** An entry of which only what is needed is in memory. */
export interface PackedEntry extends Pick<CacheEntry, "confirmedMs" | "freshMs"> {
  readonly status: number;
  readonly form: DerivedForm;
}

/**
 * Many small answers on disk, in few files: a process writes what it fetched as one new pack, which never changes.
 * Nothing is locked: a pack is there whole or not at all, whoever writes at the same time. Reading and writing never
 * throw: a cache that does not work is a slow one.
 */
export class PackCache {
  readonly #folder: string;
  readonly #onTrouble: (message: string) => void;
  readonly #pending = new Map<string, PackRecord>();
  #pendingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #isWritable = true;
  #packs: PackFile[] | undefined;
  /** Packs that are gone, but open: forms that were given out may lie in them. */
  readonly #merged: PackFile[] = [];

  /** `onTrouble` is called at most once, when nothing can be written. */
  constructor(directory: string, onTrouble: (message: string) => void) {
    this.#folder = join(directory, formatFolder);
    this.#onTrouble = onTrouble;
  }

  /** The newest entry stored under `key`; one that is damaged in any way does not exist. */
  read(key: string): CacheEntry | undefined {
    const pending = this.#pending.get(key);
    if (pending !== undefined && pending.head.length > 0) return decodeEntry(pending, pending);
    const slots = this.#find(key);
    for (const slot of newestFirst(slots)) {
      const parts = slot.pack.read(slot);
      if (parts !== undefined) return decodeEntry(parts, lastConfirmation(slot, slots, pending));
    }
    return undefined;
  }

  /** The entry that {@link read} gives, checked as well. Its form can be looked at until the cache is closed. */
  open(key: string): PackedEntry | undefined {
    const pending = this.#pending.get(key);
    if (pending !== undefined && pending.head.length > 0) return { ...pending, form: new WholeForm(pending.body) };
    const slots = this.#find(key);
    for (const slot of newestFirst(slots)) {
      const form = PackedForm.open(slot);
      if (form === undefined) continue;
      const { confirmedMs, freshMs } = lastConfirmation(slot, slots, pending);
      return { status: slot.status, confirmedMs, freshMs, form };
    }
    return undefined;
  }

  /** All records under a key. */
  #find(key: string): PackSlot[] {
    if (this.#opened().length === 0) return [];
    const digest = digestOf(key);
    const slots: PackSlot[] = [];
    for (const pack of this.#opened()) pack.find(digest, slots);
    return slots;
  }

  /** Stores an entry, soon. */
  write(key: string, entry: CacheEntry): void {
    this.#add(key, entryRecord(digestOf(key), entry));
  }

  /** Notes that the entry which was read under `key` still holds. */
  confirm(key: string, entry: CacheEntry): void {
    const record = entryRecord(digestOf(key), entry);
    const nothing = new Uint8Array();
    // What is not on the disk yet can't be spoken of there.
    const isWaiting = (this.#pending.get(key)?.head.length ?? 0) > 0;
    this.#add(key, isWaiting ? record : { ...record, status: 0, head: nothing, body: nothing });
  }

  /** Writes what waits for it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.size === 0 || !this.#isWritable) return;
    const records = [...this.#pending.values()];
    this.#pending.clear();
    this.#pendingBytes = 0;
    try {
      this.#store(records);
    } catch (error) {
      this.#isWritable = false;
      this.#onTrouble(`the cache in ${this.#folder} cannot be written (${errorCode(error)}); going on without it`);
    }
  }

  /** Writes what waits for it, and closes all files. */
  close(): void {
    this.flush();
    for (const pack of [...(this.#packs ?? []), ...this.#merged.splice(0)]) pack.close();
    this.#packs = undefined;
  }

  #add(key: string, record: PackRecord): void {
    if (!this.#isWritable) return;
    this.#pending.set(key, record);
    this.#pendingBytes += record.head.length + record.body.length;
    if (this.#pendingBytes >= pendingBytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), pendingMs);
  }

  #store(records: readonly PackRecord[]): void {
    const before = this.#opened();
    const { merged, kept } = before.length < maximumPacks ? { merged: [], kept: before } : mergePacks(before);
    const temporaryFolder = join(this.#folder, "tmp");
    const name = randomBytes(12).toString("hex");
    const temporary = join(temporaryFolder, name);
    const path = join(this.#folder, `${name}.pack`);
    prepareTemporaryFolder(temporaryFolder);
    try {
      // No wait for the disk: after a power failure the checksums tell whole records from parts.
      writeNewFile(temporary, encodePack([...merged, ...records]));
      renameSync(temporary, path);
    } catch (error) {
      removeIfPresent(temporary);
      throw error;
    }
    const written = openUnlessGone(path);
    this.#packs = written === undefined ? [...kept] : [...kept, written];
    // Only now that all they hold is in place elsewhere.
    for (const pack of before) {
      if (kept.includes(pack)) continue;
      this.#merged.push(pack);
      removeIfPresent(pack.path);
    }
  }

  #opened(): PackFile[] {
    return (this.#packs ??= openPacks(this.#folder));
  }
}

/** The entries among records, without what confirms them. */
function newestFirst(slots: readonly PackSlot[]): PackSlot[] {
  const entries = slots.filter(({ headBytes }) => headBytes > 0);
  if (entries.length > 1) entries.sort((left, right) => right.confirmedMs - left.confirmedMs);
  return entries;
}

/** Another process may have merged a pack in the moment since it was written. */
function openUnlessGone(path: string): PackFile | undefined {
  try {
    return PackFile.open(path);
  } catch {
    return undefined;
  }
}

function openPacks(folder: string): PackFile[] {
  for (let listing = 1; ; listing++) {
    const packs: PackFile[] = [];
    try {
      for (const name of readdirSync(folder)) {
        const pack = name.endsWith(".pack") ? PackFile.open(join(folder, name)) : undefined;
        if (pack !== undefined) packs.push(pack);
      }
      return packs;
    } catch (error) {
      if (errorCode(error) !== "ENOENT" || listing === listings) return packs;
      for (const pack of packs) pack.close();
    }
  }
}

function digestOf(key: string): KeyDigest {
  const digest = hash("sha256", key, "buffer");
  return Uint32Array.of(
    digest.readUInt32LE(0),
    digest.readUInt32LE(4),
    digest.readUInt32LE(8),
    digest.readUInt32LE(12),
  );
}

/** When an entry was last confirmed: at its own time, or by a later record about the very same bytes. */
function lastConfirmation(
  entry: PackSlot,
  slots: readonly PackSlot[],
  pending: PackRecord | undefined,
): Pick<PackSlot, "confirmedMs" | "freshMs"> {
  let last: Pick<PackSlot, "confirmedMs" | "freshMs"> = pending?.checksum === entry.checksum ? pending : entry;
  for (const slot of slots) {
    if (slot.headBytes === 0 && slot.checksum === entry.checksum && slot.confirmedMs > last.confirmedMs) last = slot;
  }
  return last;
}
