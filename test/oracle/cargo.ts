/**
 * The mass differential test of the cargo adapter: random crates of the shared index become root packages, and Enki's
 * answer is compared with the real cargo's. `npm run oracle:cargo -- --count N --seed S [--only crate] [--rust-version V] [--versions V]`.
 *
 * Per crate: the same satisfiability; Enki's lock accepted by `cargo update --workspace --locked --offline`; whether it
 * equals what `cargo generate-lockfile` writes; and cargo's own lock read and written back byte for byte.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { readLock } from "../../src/ecosystems/cargo/lock/read-lock.ts";
import { writeLock } from "../../src/ecosystems/cargo/lock/write-lock.ts";
import type { IndexLine } from "../ecosystems/cargo/helpers/crate-as-root.ts";
import { manifestOf } from "../ecosystems/cargo/helpers/crate-as-root.ts";
import { writeCargoProject } from "../ecosystems/cargo/helpers/real-cargo.ts";
import { resolveCargo } from "../ecosystems/cargo/helpers/resolve-cargo.ts";
import { sharedRegistry } from "../ecosystems/cargo/helpers/shared-index.ts";

interface Answer {
  readonly status: number;
  readonly stderr: string;
  readonly lock: string;
  readonly durationMs: number;
}

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "40" },
    seed: { type: "string", default: "7" },
    only: { type: "string", multiple: true },
    // The root's rust-version, with resolver 3: candidates that it can build are preferred.
    "rust-version": { type: "string" },
    // `lowest` and `lowest-direct` are compared with -Zminimal-versions and -Zdirect-minimal-versions.
    versions: { type: "string", default: "highest" },
    verbose: { type: "boolean", default: false },
  },
});

async function main(registryDirectory: string): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), "enki-oracle-cargo-"));
  const answers = join(tmpdir(), "enki-shared", "cargo-answers");
  mkdirSync(answers, { recursive: true });
  const tally = new Tally();
  try {
    const crates = values.only ?? pick(crateFiles(registryDirectory), Number(values.count), Number(values.seed));
    const queue = crates.toReversed();
    // Two at a time: cargo works in the other process while Enki works in this one.
    const work = async (worker: number): Promise<void> => {
      const project = join(scratch, `worker-${worker}`);
      for (let crate = queue.pop(); crate !== undefined; crate = queue.pop()) {
        await compare(crate, registryDirectory, project, answers, tally);
      }
    };
    await Promise.all([work(0), work(1)]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return tally.report();
}

async function compare(
  crate: string,
  registryDirectory: string,
  project: string,
  answers: string,
  tally: Tally,
): Promise<void> {
  const line = newestLine(registryDirectory, crate);
  if (line === undefined) {
    tally.count("without a live version");
    return;
  }
  const manifest = manifestOf(line, values["rust-version"]);
  const cargo = await askCargo(registryDirectory, project, answers, manifest);
  if (
    /failed to parse manifest|feature .* includes|invalid/u.test(cargo.stderr) &&
    cargo.status !== 0 &&
    !/failed to select/u.test(cargo.stderr)
  ) {
    tally.count("refused as a manifest by cargo");
  }
  writeCargoProject(project, registryDirectory, manifest);
  const started = performance.now();
  let ours: string | undefined;
  let violations: readonly unknown[] = [];
  try {
    const result = await resolveCargo({
      projectDirectory: project,
      registries: [{ kind: "path", path: registryDirectory }],
      request: {
        limits: { maxTimeMs: 60_000, now: () => performance.now() },
        options: { versions: directionOf(values.versions), settings: new Map() },
      },
    });
    if (result.kind === "stopped") tally.fail(crate, "ran out of time");
    if (result.kind === "resolved") {
      ours = result.locks.find(({ path }) => path === "Cargo.lock")?.content;
      violations = result.violations;
    }
  } catch (error) {
    if (cargo.status === 0) tally.fail(crate, `threw: ${String(error)}`);
  }
  tally.time(crate, performance.now() - started, cargo.durationMs);
  if (violations.length > 0) tally.fail(crate, `the checker objects: ${JSON.stringify(violations[0])}`);
  if ((ours !== undefined) !== (cargo.status === 0)) {
    tally.fail(
      crate,
      `cargo ${cargo.status === 0 ? "solves" : "refuses"} it, Enki does not\n${cargo.stderr.slice(0, 600)}`,
    );
    return;
  }
  if (ours === undefined) {
    tally.count("unsatisfiable for both");
    return;
  }
  if (writeLock(readLock("Cargo.lock", cargo.lock)) !== cargo.lock)
    tally.fail(crate, "cargo's lock does not round-trip");
  else tally.count("locks of cargo that round-trip");
  if (ours === cargo.lock) {
    tally.count("identical");
    return;
  }
  tally.differs(crate, difference(ours, cargo.lock));
  writeFileSync(join(project, "Cargo.lock"), ours);
  const verdict = await run(project, ["update", "--workspace", "--locked", "--offline"]);
  if (verdict.status === 0) tally.count("different but accepted");
  else tally.fail(crate, `cargo does not accept the lock: ${verdict.stderr.slice(0, 600)}`);
}

/** Asks cargo, or remembers what it said about the same manifest. */
async function askCargo(
  registryDirectory: string,
  project: string,
  answers: string,
  manifest: string,
): Promise<Answer> {
  const key = createHash("sha256")
    .update(`${manifest}${values.versions === "highest" ? "" : values.versions}`)
    .digest("hex");
  const file = join(answers, `${key}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Answer;
  writeCargoProject(project, registryDirectory, manifest);
  rmSync(join(project, "Cargo.lock"), { force: true });
  const started = performance.now();
  const flag =
    { lowest: ["-Zminimal-versions"], "lowest-direct": ["-Zdirect-minimal-versions"] }[values.versions] ?? [];
  const { status, stderr } = await run(project, ["generate-lockfile", "--offline", ...flag]);
  const durationMs = performance.now() - started;
  const lock = status === 0 ? readFileSync(join(project, "Cargo.lock"), "utf8") : "";
  const answer = { status, stderr, lock, durationMs };
  writeFileSync(file, JSON.stringify(answer));
  return answer;
}

function run(project: string, args: readonly string[]): Promise<{ readonly status: number; readonly stderr: string }> {
  const home = join(project, "home");
  mkdirSync(home, { recursive: true });
  return new Promise((resolve, reject) => {
    const child = spawn("cargo", args, {
      cwd: project,
      env: { ...process.env, RUSTC_BOOTSTRAP: "1", CARGO_HOME: home, CARGO_NET_RETRY: "0", CARGO_TERM_COLOR: "never" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status: status ?? -1, stderr }));
  });
}

function crateFiles(registryDirectory: string): readonly string[] {
  return readdirSync(join(registryDirectory, "index"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "config.json")
    .map((entry) => entry.name)
    .toSorted();
}

/** `count` members of `all`, chosen by a small generator that gives the same everywhere. */
function pick(all: readonly string[], count: number, seed: number): readonly string[] {
  const rest = [...all];
  const picked: string[] = [];
  let state = seed >>> 0;
  while (picked.length < count && rest.length > 0) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const index = Math.floor((state / 2 ** 32) * rest.length);
    picked.push(...rest.splice(index, 1));
  }
  return picked;
}

/** The last line that is not yanked, releases before pre-releases. */
function newestLine(registryDirectory: string, file: string): IndexLine | undefined {
  const name = file.toLowerCase();
  const directory =
    name.length <= 2
      ? `${name.length}`
      : name.length === 3
        ? `3/${name[0]}`
        : `${name.slice(0, 2)}/${name.slice(2, 4)}`;
  const lines = readFileSync(join(registryDirectory, "index", directory, name), "utf8")
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => JSON.parse(text) as IndexLine)
    .filter(({ yanked }) => !yanked);
  return lines.findLast(({ vers }) => !vers.split("+")[0]?.includes("-")) ?? lines.at(-1);
}

function difference(ours: string, theirs: string): string {
  const [left, right] = [releasesOf(ours), releasesOf(theirs)];
  return `only Enki: ${only(left, right) || "-"}; only cargo: ${only(right, left) || "-"}`;
}

function releasesOf(lock: string): ReadonlySet<string> {
  return new Set(readLock("Cargo.lock", lock).packages.map(({ name, version }) => `${name} ${version.text}`));
}

function directionOf(text: string): "highest" | "lowest" | "lowest-direct" {
  return text === "lowest" || text === "lowest-direct" ? text : "highest";
}

function only(of: ReadonlySet<string>, others: ReadonlySet<string>): string {
  return [...of].filter((id) => !others.has(id)).join(", ");
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

class Tally {
  readonly #counts = new Map<string, number>();
  readonly #failures: string[] = [];
  readonly #differences: string[] = [];
  readonly #times: { readonly crate: string; readonly ours: number; readonly theirs: number }[] = [];

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  fail(crate: string, why: string): void {
    this.#failures.push(`${crate}: ${why}`);
    process.stderr.write(`FAILED ${crate}: ${why}\n`);
  }

  differs(crate: string, how: string): void {
    this.#differences.push(`${crate}: ${how}`);
    if (values.verbose) process.stderr.write(`DIFFERS ${crate}: ${how}\n`);
  }

  time(crate: string, ours: number, theirs: number): void {
    this.#times.push({ crate, ours, theirs });
  }

  report(): number {
    for (const [what, count] of this.#counts) print(`${count} ${what}`);
    const sorted = (of: "ours" | "theirs"): readonly number[] =>
      this.#times.map((time) => time[of]).toSorted((a, b) => a - b);
    for (const of of ["ours", "theirs"] as const) {
      const list = sorted(of);
      const at = (share: number): string =>
        (list[Math.min(list.length - 1, Math.floor(list.length * share))] ?? 0).toFixed(0);
      print(
        `${of === "ours" ? "Enki, without start-up" : "cargo, with start-up"}: median ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`,
      );
    }
    for (const line of this.#differences) print(`different: ${line}`);
    for (const line of this.#failures) print(`FAILED: ${line}`);
    print(`${this.#times.length} compared, ${this.#failures.length} failures`);
    return this.#failures.length === 0 ? 0 : 1;
  }
}

const registry = sharedRegistry();
if (registry !== undefined) process.exitCode = await main(registry);
