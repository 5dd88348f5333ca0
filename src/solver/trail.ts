import { grown } from "./growable.ts";

const INITIAL_CAPACITY = 1024;

/** The cause of a decision and of the root's selection. */
export const NO_CAUSE = -1;

/**
 * The partial solution in the order of assignment: each entry narrowed the domain of one package. Domains are changed in
 * place; an entry keeps the domain as it was *before*, for undoing and for finding satisfiers.
 */
export class Trail {
  size = 0;
  package: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The previous entry of the same package, or -1. */
  previous: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The clause that forced the assignment, or {@link NO_CAUSE}. */
  cause: Int32Array = new Int32Array(INITIAL_CAPACITY);
  level: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Never used twice within a solve: tells whether a position still holds the same entry. */
  serial: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** The domain before the entry: the word itself, or for wide packages an offset into `saved`. */
  before: Int32Array = new Int32Array(INITIAL_CAPACITY);
  saved: Int32Array = new Int32Array(INITIAL_CAPACITY);
  savedSize = 0;
  nextSerial = 1;
  currentLevel = 0;
  /** The first entry of each level. */
  levelStart: Int32Array = new Int32Array(INITIAL_CAPACITY);

  reset(): void {
    this.size = 0;
    this.savedSize = 0;
    this.nextSerial = 1;
    this.currentLevel = 0;
  }

  /** Makes room for one entry whose old domain takes `words` words of `saved`. */
  reserve(words: number): void {
    if (this.size >= this.package.length) this.grow();
    if (this.savedSize + words > this.saved.length) this.saved = grown(this.saved, this.savedSize + words);
  }

  openLevel(): void {
    this.currentLevel += 1;
    if (this.currentLevel >= this.levelStart.length) {
      this.levelStart = grown(this.levelStart, this.currentLevel + 1);
    }
    this.levelStart[this.currentLevel] = this.size;
  }

  byteLength(): number {
    return this.package.byteLength * 6 + this.saved.byteLength + this.levelStart.byteLength;
  }

  private grow(): void {
    const capacity = this.package.length * 2;
    this.package = grown(this.package, capacity);
    this.previous = grown(this.previous, capacity);
    this.cause = grown(this.cause, capacity);
    this.level = grown(this.level, capacity);
    this.serial = grown(this.serial, capacity);
    this.before = grown(this.before, capacity);
  }
}
