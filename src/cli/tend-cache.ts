import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { damagedRecords } from "../net/pack-file.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import { cacheDirectory } from "./host-system.ts";
import { codeFolder } from "./launch/code-file.ts";
import { parseCount } from "./parse-count.ts";

const DAY_MS = 86_400_000;
/** An entry is the hexadecimal SHA-256 of the rest, a line feed, and the rest. */
const CHECKSUM_LENGTH = 64;
/** Folders of what registries said and of answers that stand, one per version of the format. */
const FORMAT_FOLDER = /^(?:answers|http|packs)-v[0-9]+$/;
/** Many answers in one file. */
const PACK = /\.pack$/;

interface CacheFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** When it was last written or read, as far as the file system tells. */
  readonly usedMs: number;
}

/** Does one of the chores of `enki cache`. */
export async function tendCache(context: CommandContext, chore: string, days = "30"): Promise<ExitStatus> {
  const { host, shell } = context;
  const directory = cacheDirectory(host.environment, host.homeDirectory);
  if (chore === "dir") {
    shell.data(directory);
    return 0;
  }
  const files = cacheFiles(directory);
  if (chore === "clean") {
    const folders = [...formatFolders(directory), join(directory, codeFolder)];
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    shell.talk(`deleted ${amount(files)} in ${directory}`);
    return 0;
  }
  if (chore === "prune") {
    const oldest = host.now() - parseCount("--days")(days) * DAY_MS;
    const unused = files.filter(({ usedMs }) => usedMs < oldest);
    for (const { path } of unused) rmSync(path, { force: true });
    shell.talk(`deleted ${amount(unused)}, kept ${amount(files.filter((file) => !unused.includes(file)))}`);
    return 0;
  }
  if (chore !== "verify") throw new EnkiError("internal", `there is no chore ${chore}`);
  const damaged = files.filter(({ path }) => !isWhole(path));
  for (const { path } of damaged) rmSync(path, { force: true });
  const found = damaged.length === 0 ? "none damaged" : `${amount(damaged)} damaged and deleted`;
  shell.talk(`verified ${amount(files)}: ${found}`);
  return damaged.length === 0 ? 0 : 1;
}

/** Only what Enki itself put there: the directory may be shared by mistake. */
function formatFolders(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => FORMAT_FOLDER.test(name))
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

function cacheFiles(directory: string): readonly CacheFile[] {
  return formatFolders(directory).flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .flatMap((entry) => {
        const path = join(entry.parentPath, entry.name);
        const status = statSync(path, { throwIfNoEntry: false });
        if (status === undefined) return [];
        return [{ path, sizeBytes: status.size, usedMs: Math.max(status.atimeMs, status.mtimeMs) }];
      }),
  );
}

function isWhole(path: string): boolean {
  if (PACK.test(path)) return damagedRecords(path) === 0;
  const bytes = readFileSync(path);
  const checksum = bytes.subarray(0, CHECKSUM_LENGTH).toString("latin1");
  return (
    createHash("sha256")
      .update(bytes.subarray(CHECKSUM_LENGTH + 1))
      .digest("hex") === checksum
  );
}

function amount(files: readonly CacheFile[]): string {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const size = bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
  return `${String(files.length)} ${files.length === 1 ? "entry" : "entries"} (${size})`;
}
