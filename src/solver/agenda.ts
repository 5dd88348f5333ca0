import { IntStack } from "./growable.ts";

/**
 * The packages whose clauses have to be looked at.
 *
 * A *changed* package lost candidates at the current level; a conflict undoes all of these changes, so it empties that
 * stack. A package to *rescan* got new clauses, or clauses that now say more; that stays true after backtracking, so the
 * mark is only taken away by a complete scan.
 */
export class Agenda {
  private readonly changed = new IntStack();
  private readonly rescan = new IntStack();
  private isChanged = new Uint8Array(64);
  private isRescan = new Uint8Array(64);

  addChanged(package_: number): void {
    if (package_ >= this.isChanged.length) this.grow(package_ + 1);
    if (this.isChanged[package_] !== 0) return;
    this.isChanged[package_] = 1;
    this.changed.push(package_);
  }

  addRescan(package_: number): void {
    if (package_ >= this.isRescan.length) this.grow(package_ + 1);
    if (this.isRescan[package_] !== 0) return;
    this.isRescan[package_] = 1;
    this.rescan.push(package_);
  }

  /** Whether all clauses of the package that {@link next} gave last have to be looked at, even if it is decided. */
  isComplete = false;

  /** The next package to scan, or -1. When the scan is cut short by a conflict, call {@link addRescan} with it. */
  next(): number {
    if (this.changed.size > 0) {
      const package_ = this.changed.pop();
      this.isComplete = false;
      this.isChanged[package_] = 0;
      return package_;
    }
    if (this.rescan.size > 0) {
      const package_ = this.rescan.pop();
      this.isComplete = true;
      this.isRescan[package_] = 0;
      return package_;
    }
    return -1;
  }

  forgetChanged(): void {
    while (this.changed.size > 0) this.isChanged[this.changed.pop()] = 0;
  }

  clear(): void {
    this.forgetChanged();
    while (this.rescan.size > 0) this.isRescan[this.rescan.pop()] = 0;
  }

  private grow(length: number): void {
    const capacity = Math.max(length, this.isChanged.length * 2);
    const isChanged = new Uint8Array(capacity);
    isChanged.set(this.isChanged);
    this.isChanged = isChanged;
    const isRescan = new Uint8Array(capacity);
    isRescan.set(this.isRescan);
    this.isRescan = isRescan;
  }
}
