import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** How a file is put in place. */
export interface AtomicWriteOptions {
  /** Permissions of a new file; an existing file keeps its own. 0666 less the umask when absent. */
  readonly mode?: number;
  /** Whether the bytes must be on the disk before the name points at them; true when absent. */
  readonly isDurable?: boolean;
}

/**
 * Replaces a file so that every reader, and every crash, sees the old or the new content and never a part: the bytes
 * go to a temporary file beside it, reach the disk, and are renamed over it. A symbolic link keeps pointing where it
 * points. Throws the error of the file system; no temporary file is left then.
 */
export function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  options: AtomicWriteOptions = {},
): void {
  const target = resolveLinks(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, options.mode ?? 0o666);
    try {
      const existing = modeOf(target);
      if (existing !== undefined) fchmodSync(file, existing);
      writeFileSync(file, content);
      if (options.isDurable !== false) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    removeIfPresent(temporary);
    throw error;
  }
}

/** Removes a file; when that fails there is nothing better to do than to leave it. */
export function removeIfPresent(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The failure that led here is the one to report.
  }
}

function resolveLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function modeOf(path: string): number | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  return status === undefined ? undefined : status.mode & 0o777;
}
