import { closeSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from "node:fs";
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

/** Writes a file that is not there yet. Private: what a cache holds may come from a registry that asks for credentials. */
export function writeNewFile(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "wx", 0o600);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  } finally {
    closeSync(file);
  }
}
