import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../../..");
const archive = join(root, "../shared/data/cargo/crates-index.tar.xz");

/** Other checkouts stand elsewhere; the data may be named by the environment. */
const archives = [
  process.env["ENKI_SHARED"] === undefined
    ? undefined
    : join(process.env["ENKI_SHARED"], "data/cargo/crates-index.tar.xz"),
  archive,
];

/**
 * A local registry (`index/` below the directory) with the shared part of the real index, unpacked once per machine;
 * `undefined`, with the reason printed, where the data is missing.
 */
export function sharedRegistry(): string | undefined {
  const directory = join(tmpdir(), "enki-shared", "cargo-registry");
  if (existsSync(join(directory, ".complete"))) return directory;
  const source = archives.find((path) => path !== undefined && existsSync(path));
  if (source === undefined) {
    process.stderr.write(`skipped: the shared crates index is not there (${archive})\n`);
    return undefined;
  }
  const unfinished = `${directory}.${process.pid}`;
  mkdirSync(join(unfinished, "index"), { recursive: true });
  execFileSync("tar", ["xJf", source, "-C", join(unfinished, "index")]);
  writeFileSync(join(unfinished, ".complete"), "");
  try {
    renameSync(unfinished, directory);
  } catch {
    // Another process was faster.
    rmSync(unfinished, { recursive: true, force: true });
  }
  return directory;
}
