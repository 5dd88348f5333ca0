import { closeSync, mkdirSync, openSync, readdirSync, statSync, writevSync } from "node:fs";
import { join } from "node:path";

import { removeIfPresent } from "./atomic-write.ts";

/** Temporary files older than this belong to a process that was killed. */
const abandonedAfterMs = 60 * 60 * 1000;

/** Makes a cache's folder of temporary files, and removes what killed processes left there. */
export function prepareTemporaryFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const status = statSync(path, { throwIfNoEntry: false });
    if (status !== undefined && Date.now() - status.mtimeMs > abandonedAfterMs) removeIfPresent(path);
  }
}

/** As many pieces as every system takes in one call. */
const piecesAtOnce = 512;

/**
 * Writes a file that is not there yet, of pieces one after the other. Private: what a cache holds may come from a registry
 * that asks for credentials.
 */
export function writeNewFile(path: string, pieces: readonly Uint8Array[]): void {
  const file = openSync(path, "wx", 0o600);
  try {
    let rest = [...pieces];
    while (rest.length > 0) rest = afterBytes(rest, writevSync(file, rest.slice(0, piecesAtOnce)));
  } finally {
    closeSync(file);
  }
}

/** What is left of pieces when their first bytes were written. */
function afterBytes(pieces: readonly Uint8Array[], written: number): Uint8Array[] {
  let at = 0;
  let left = written;
  for (let piece = pieces[at]; piece !== undefined && left >= piece.length; piece = pieces[at]) {
    left -= piece.length;
    at += 1;
  }
  const [first, ...others] = pieces.slice(at);
  return first === undefined ? [] : [first.subarray(left), ...others];
}
