import { grown } from "./growable.ts";

/** The cause of a decision and of the root's selection. */
export const NO_CAUSE = -1;

/** Row width of {@link Trail.rows}. */
export const ENTRY_SHIFT = 3;
/** Fields of an entry: the package, … */
export const ENTRY_PACKAGE = 0;
/** … the previous entry of the same package, or -1, … */
export const ENTRY_PREVIOUS = 1;
/** … the clause that forced the assignment, or {@link NO_CAUSE}, … */
export const ENTRY_CAUSE = 2;
/** … the decision level, … */
export const ENTRY_LEVEL = 3;
/** … a number never used twice within a solve: tells whether a position still holds the same entry, … */
export const ENTRY_SERIAL = 4;
/** … and the domain before the entry: the word itself, or for wide packages an offset into `saved`. */
export const ENTRY_BEFORE = 5;

const INITIAL_CAPACITY = 256;

/**
 * The partial solution in the order of assignment: each entry narrowed the domain of one package. Domains are changed in
 * place; an entry keeps the domain as it was *before*, for undoing and for finding satisfiers.
 */
export class Trail {
  size = 0;
  rows: Int32Array = new Int32Array(INITIAL_CAPACITY << ENTRY_SHIFT);
  saved: Int32Array = new Int32Array(INITIAL_CAPACITY);
  savedSize = 0;
  nextSerial = 1;
  currentLevel = 0;
  /** The first entry of each level: the decision. */
  levelStart: Int32Array = new Int32Array(INITIAL_CAPACITY);

  reset(): void {
    this.size = 0;
    this.savedSize = 0;
    this.nextSerial = 1;
    this.currentLevel = 0;
  }

  /** Makes room for entries whose old domains take `words` words of `saved`. */
  reserve(entries: number, words: number): void {
    const length = (this.size + entries) << ENTRY_SHIFT;
    if (length > this.rows.length) this.rows = grown(this.rows, length);
    if (this.savedSize + words > this.saved.length) this.saved = grown(this.saved, this.savedSize + words);
  }

  openLevel(): void {
    this.currentLevel += 1;
    if (this.currentLevel >= this.levelStart.length) {
      this.levelStart = grown(this.levelStart, this.currentLevel + 1);
    }
    this.levelStart[this.currentLevel] = this.size;
  }

  field(entry: number, field: number): number {
    return this.rows[(entry << ENTRY_SHIFT) + field] ?? 0;
  }

  byteLength(): number {
    return this.rows.byteLength + this.saved.byteLength + this.levelStart.byteLength;
  }
}
