import { EnkiError } from "../model/enki-error.ts";
import type { DerivedForm } from "./derived-form.ts";
import type { PackSlot } from "./pack-file.ts";

/** What is kept of forms lies together in pieces of this size: many small pieces of memory cost more than the reading. */
const arenaBytes = 1024 * 1024;
let arena = new ArrayBuffer(0);
let arenaAt = 0;

/**
 * What was read last, of whichever form. Memory that is used again costs a tenth of new memory, which the system has to
 * find and clear page by page.
 */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);
let scratchHolder: PackedForm | undefined;

/** A derived form in a pack. */
export class PackedForm implements DerivedForm {
  readonly byteLength: number;
  readonly #slot: PackSlot;
  readonly #bodyOffset: number;

  private constructor(slot: PackSlot) {
    this.#slot = slot;
    this.#bodyOffset = slot.pack.bodyOffset(slot);
    this.byteLength = slot.bodyBytes;
  }

  /** Reads and checks all of an entry; `undefined` when it is damaged. */
  static open(slot: PackSlot): PackedForm | undefined {
    const { pack } = slot;
    const length = pack.lengthOf(slot);
    // Before there is memory for a length that only damage can have made.
    if (slot.offset + length > pack.sizeBytes) return undefined;
    scratchHolder = undefined;
    if (length > scratch.length) scratch = Buffer.allocUnsafeSlow(Math.max(length, scratch.length * 2));
    if (!pack.readInto(scratch, slot.offset, length) || !pack.isWhole(slot, scratch)) return undefined;
    scratchHolder = new PackedForm(slot);
    return scratchHolder;
  }

  front(end: number): Uint8Array {
    const memory = memoryFor(end);
    memory.set(this.glance(0, end));
    return memory;
  }

  glance(from: number, end: number): Buffer {
    if (scratchHolder === this) {
      const start = this.#bodyOffset - this.#slot.offset;
      return scratch.subarray(start + from, start + end);
    }
    scratchHolder = undefined;
    // It was whole when it was opened, and packs do not change.
    if (!this.#slot.pack.readInto(scratch, this.#bodyOffset + from, end - from)) {
      throw new EnkiError("internal", `${this.#slot.pack.path} can't be read any more`, {
        hint: "run the command again",
      });
    }
    return scratch.subarray(0, end - from);
  }
}

function memoryFor(bytes: number): Uint8Array {
  if (bytes > arenaBytes / 4) return new Uint8Array(bytes);
  if (arenaAt + bytes > arena.byteLength) {
    arena = new ArrayBuffer(arenaBytes);
    arenaAt = 0;
  }
  const memory = new Uint8Array(arena, arenaAt, bytes);
  arenaAt = Math.ceil((arenaAt + bytes) / 8) * 8;
  return memory;
}
