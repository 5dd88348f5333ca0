import { grown } from "./growable.ts";

/** How many words a page holds; a page belongs either to sets that stay or to sets of the current solve. */
const PAGE_WORDS = 1024;

/**
 * The words of every set that does not fit into a single word, in one array, so that all set operations see one kind of
 * memory. Persistent sets (compiled requirements, masks, current domains) stay as long as the solver; transient ones
 * (learned nogoods) are released together when a solve starts. They share the array by pages.
 */
export class SetPool {
  /** Replaced when it grows: read it again after every allocation. */
  words: Int32Array = new Int32Array(PAGE_WORDS * 4);
  private end = 0;
  private persistentTop = 0;
  private persistentEnd = 0;
  private readonly pageStarts: number[] = [];
  private readonly pageEnds: number[] = [];
  private page = -1;
  private transientTop = 0;
  private transientEnd = 0;

  /** Zeroed words that stay. */
  allocatePersistent(count: number): number {
    if (this.persistentTop + count > this.persistentEnd) {
      this.persistentTop = this.newPage(count);
      this.persistentEnd = this.end;
    }
    const offset = this.persistentTop;
    this.persistentTop += count;
    return offset;
  }

  /** Words that last until {@link releaseTransient}; their content is undefined. */
  allocateTransient(count: number): number {
    while (this.transientTop + count > this.transientEnd) {
      this.page += 1;
      if (this.page === this.pageStarts.length) {
        this.pageStarts.push(this.newPage(count));
        this.pageEnds.push(this.end);
      }
      this.transientTop = this.pageStarts[this.page] ?? 0;
      this.transientEnd = this.pageEnds[this.page] ?? 0;
    }
    const offset = this.transientTop;
    this.transientTop += count;
    return offset;
  }

  /** Gives the latest transient allocation back. */
  undoTransient(count: number): void {
    this.transientTop -= count;
  }

  releaseTransient(): void {
    this.page = -1;
    this.transientTop = 0;
    this.transientEnd = 0;
  }

  byteLength(): number {
    return this.words.byteLength;
  }

  private newPage(count: number): number {
    const start = this.end;
    this.end += Math.max(PAGE_WORDS, count);
    if (this.end > this.words.length) this.words = grown(this.words, this.end);
    return start;
  }
}
