import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const entry = join(root, "dist", "bin", "enki.js");

/** What a run of the command came to. */
export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface CommandOptions {
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Arguments of Node itself. */
  readonly nodeArguments?: readonly string[];
}

/** Compiles the sources unless `dist` is newer than all of them; several test files may ask at once. */
export function ensureBuilt(): void {
  const lock = join(tmpdir(), `enki-build-${createHash("sha256").update(root).digest("hex").slice(0, 16)}`);
  // While another process builds, the entry may be there before the rest is.
  const isFresh = (): boolean =>
    !existsSync(lock) && existsSync(entry) && statSync(entry).mtimeMs >= newestSource(join(root, "src"));
  for (let waited = 0; !isFresh(); waited++) {
    if (waited > 600) throw new Error(`another build holds ${lock}; remove it when none runs`);
    try {
      mkdirSync(lock);
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      continue;
    }
    try {
      execFileSync(process.execPath, [join(root, "scripts", "build.mjs")], { stdio: "inherit" });
    } finally {
      rmdirSync(lock);
    }
  }
}

function newestSource(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .reduce((newest, file) => Math.max(newest, statSync(join(file.parentPath, file.name)).mtimeMs), 0);
}

/** Runs the built command and waits for its end. Times, counts and the directory in its output are replaced, so that it can be compared. */
export async function enki(arguments_: readonly string[], options: CommandOptions): Promise<CommandResult> {
  ensureBuilt();
  const child = spawn(process.execPath, [...(options.nodeArguments ?? []), entry, ...arguments_], {
    cwd: options.directory,
    env: {
      PATH: process.env["PATH"],
      HOME: options.directory,
      ENKI_CACHE_DIR: join(options.directory, ".cache"),
      ENKI_SYSTEM: "x86_64-linux",
      // Each test has a cache of its own: compiled code would be written to it, and never read.
      NODE_DISABLE_COMPILE_CACHE: "1",
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const placeless = (text: string): string => text.replaceAll(options.directory, "DIRECTORY");
  return { status, stdout: placeless(stdout()), stderr: withoutTimesAndCounts(placeless(stderr())) };
}

/** How many toolchains and helper packages an answer has is for other tests to say. */
function withoutTimesAndCounts(text: string): string {
  return text
    .replaceAll(/\bin \d+(?:\.\d+)? m?s\b/g, "in TIME")
    .replaceAll(/\bResolved \d+ packages \([^)]*\)/g, "Resolved PACKAGES")
    .replaceAll(/\b\d+ packages and \d+ edges/g, "PACKAGES and EDGES");
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** One text that shows status and both streams, for snapshots. */
export function transcript({ status, stdout, stderr }: CommandResult): string {
  return `exit ${String(status)}\n${section("stdout", stdout)}${section("stderr", stderr)}`;
}

function section(name: string, text: string): string {
  return text === "" ? "" : `--- ${name}\n${text}`;
}

/** The text of a file that a command wrote. */
export function readText(...path: readonly string[]): string {
  return readFileSync(join(...path), "utf8");
}
