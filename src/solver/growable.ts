/**
 * Typed arrays that grow. The solver's tables are columns of 32-bit integers; a read is written `column[i] ?? 0` only
 * because the compiler can't know that the slot exists: it always does, and the optimised code has no such branch.
 */

/** A copy of `column` of at least double its length, so that index `length - 1` exists. */
export function grown(column: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(length, column.length * 2));
  larger.set(column);
  return larger;
}

/** A stack of integers in one growing column. */
export class IntStack {
  items: Int32Array = new Int32Array(64);
  size = 0;

  push(item: number): void {
    if (this.size === this.items.length) this.items = grown(this.items, this.size + 1);
    this.items[this.size++] = item;
  }

  /** Makes room for `count` more items. */
  reserve(count: number): void {
    if (this.size + count > this.items.length) this.items = grown(this.items, this.size + count);
  }

  /**
   * Appends `count` zeros. For columns from which nothing is taken, so that what lies beyond the end was never written. They
   * grow fourfold: few of their slots are ever written, and memory that nobody has written to costs nothing but its copy.
   */
  extend(count: number): void {
    const size = this.size + count;
    if (size > this.items.length) this.items = grown(this.items, size * 4);
    this.size = size;
  }

  pop(): number {
    return this.items[--this.size] ?? 0;
  }

  at(index: number): number {
    return this.items[index] ?? 0;
  }

  clear(): void {
    this.size = 0;
  }

  byteLength(): number {
    return this.items.byteLength;
  }
}
