/** A hash table from three integers to one, without any object per entry. */
export class IntIndex {
  private slots = new Int32Array(4 * 256);
  private mask = 255;
  private size = 0;

  /** The value stored for the key, or -1. Values must not be negative. */
  get(a: number, b: number, c: number): number {
    const { slots, mask } = this;
    for (let at = hash(a, b, c) & mask; ; at = (at + 1) & mask) {
      const stored = slots[4 * at + 3] ?? 0;
      if (stored === 0) return -1;
      if (slots[4 * at] === a && slots[4 * at + 1] === b && slots[4 * at + 2] === c) return stored - 1;
    }
  }

  /** Stores a value for a key that is not yet there. */
  add(a: number, b: number, c: number, value: number): void {
    if (2 * ++this.size > this.mask) this.rehash();
    this.insert(a, b, c, value + 1);
  }

  byteLength(): number {
    return this.slots.byteLength;
  }

  private insert(a: number, b: number, c: number, stored: number): void {
    const { slots, mask } = this;
    let at = hash(a, b, c) & mask;
    while (slots[4 * at + 3] !== 0) at = (at + 1) & mask;
    slots[4 * at] = a;
    slots[4 * at + 1] = b;
    slots[4 * at + 2] = c;
    slots[4 * at + 3] = stored;
  }

  private rehash(): void {
    const old = this.slots;
    this.mask = this.mask * 2 + 1;
    this.slots = new Int32Array(4 * (this.mask + 1));
    for (let at = 0; at < old.length; at += 4) {
      const stored = old[at + 3] ?? 0;
      if (stored !== 0) this.insert(old[at] ?? 0, old[at + 1] ?? 0, old[at + 2] ?? 0, stored);
    }
  }
}

function hash(a: number, b: number, c: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
