import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { EnkiError } from "../model/enki-error.ts";
import { withReadableOrigins } from "../resolve/snapshot-narrator.ts";
import { InvalidSnapshot, looksLikeSnapshot, parseSnapshot } from "../solver/read-snapshot.ts";
import type { Snapshot } from "../solver/snapshot.ts";
import type { CommandContext } from "./command-context.ts";

/** Beyond this a file can't be a snapshot of any service. */
const MAXIMUM_BYTES = 512 * 1024 * 1024;

/** Whether the user named a snapshot where manifests may be named too. */
export function isSnapshotFile({ host }: CommandContext, name: string): boolean {
  try {
    const path = resolve(host.directory, name);
    const { size } = statSync(path);
    return size <= MAXIMUM_BYTES && looksLikeSnapshot(readFileSync(path, "utf8"));
  } catch {
    return false;
  }
}

/** Reads a captured problem. Throws an EnkiError (`usage`) that says where the file is wrong. */
export function readSnapshotFile({ host }: CommandContext, name: string): Snapshot {
  const path = resolve(host.directory, name);
  let text: string;
  try {
    if (statSync(path).size > MAXIMUM_BYTES) {
      throw new EnkiError("limit-exceeded", `${name} is larger than ${String(MAXIMUM_BYTES / 1024 / 1024)} MiB`);
    }
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof EnkiError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EnkiError("usage", `${name} can't be read: ${reason}`, { cause });
  }
  try {
    return withReadableOrigins(parseSnapshot(text));
  } catch (cause) {
    if (!(cause instanceof InvalidSnapshot)) throw cause;
    throw new EnkiError("usage", `${name} is not a snapshot that can be used: ${cause.message}`, {
      hint: "take one with `enki snapshot -o FILE`",
      cause,
    });
  }
}
