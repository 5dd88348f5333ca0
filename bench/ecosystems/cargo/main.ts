/**
 * Big closures of the shared crates index: Enki against `cargo generate-lockfile --offline`, side by side in one run.
 * `npm run bench:cargo -- [--rounds N]`. Every time is the median; the smallest is printed too. "warm" is a resolution in
 * a process that has done it before (files read and parsed anew, so the compiled code is all that is warm); "command" is
 * `enki resolve` as a user runs it, start-up and Enki's own lock included, as cargo's time includes cargo's start-up.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { runCargo, writeCargoProject } from "../../../test/ecosystems/cargo/helpers/real-cargo.ts";
import { resolveCargo } from "../../../test/ecosystems/cargo/helpers/resolve-cargo.ts";
import { solveCase } from "../../../test/ecosystems/cargo/helpers/run-case.ts";
import { sharedRegistry } from "../../../test/ecosystems/cargo/helpers/shared-index.ts";
import { slowMissingFeature } from "../../../test/ecosystems/cargo/resolver-cases/hard.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" } } });
const rounds = Number(values.rounds);
const roots: readonly (readonly [name: string, dependencies: string])[] = [
  ["serde", 'serde = "1"'],
  ["tokio", 'tokio = { version = "1", features = ["full"] }'],
  ["ripgrep", 'ripgrep = "14"'],
  ["axum", 'axum = "0.8"'],
  ["leptos", 'leptos = "0.8"'],
  ["tauri", 'tauri = "2"'],
  ["cargo", 'cargo = "0.91"'],
  ["matrix-sdk", 'matrix-sdk = "0.14"'],
  ["bevy", 'bevy = "0.16"'],
];

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
}

function show(times: readonly number[]): string {
  return `${median(times).toFixed(0)} (${Math.min(...times).toFixed(0)})`.padStart(12);
}

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function closures(registry: string): Promise<void> {
  const command = join(import.meta.dirname, "../../../dist/bin/enki.js");
  const peakMemory = new URL("../../peak-memory.mjs", import.meta.url).href;
  if (!existsSync(command)) throw new Error("there is no compiled code: run `npm run build` first");
  const scratch = mkdtempSync(join(tmpdir(), "enki-bench-cargo-"));
  try {
    print("median (smallest) in ms; ratio = Enki / cargo, of the medians");
    print("root         packages        cargo         warm  ratio      command  ratio   memory  same lock");
    for (const [name, dependencies] of roots) {
      const project = join(scratch, name);
      const home = join(scratch, "home");
      mkdirSync(home, { recursive: true });
      writeCargoProject(
        project,
        registry,
        `[package]\nname = "bench-root"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependencies}\n`,
      );
      const times = { cargo: [] as number[], warm: [] as number[], command: [] as number[] };
      let packages = 0;
      let memoryKibibytes = 0;
      let isSame = false;
      let lock = "";
      for (let round = 0; round < rounds; round++) {
        // Alternating, so that whatever else the machine does falls on both.
        rmSync(join(project, "Cargo.lock"), { force: true });
        times.cargo.push(
          await timed(() => {
            const { status, stderr } = runCargo(project, home, ["generate-lockfile", "--offline"]);
            if (status !== 0) throw new Error(stderr);
          }),
        );
        times.warm.push(
          await timed(async () => {
            const result = await resolveCargo({
              projectDirectory: project,
              registries: [{ kind: "path", path: registry }],
            });
            if (result.kind !== "resolved") throw new Error(result.kind);
            packages = result.resolution.packages.filter(({ ecosystem }) => ecosystem === "cargo").length;
            lock = result.locks.find(({ path }) => path === "Cargo.lock")?.content ?? "";
          }),
        );
        const cargosLock = readFileSync(join(project, "Cargo.lock"), "utf8");
        isSame = lock === cargosLock;
        // Without locks, as cargo found it.
        for (const file of ["Cargo.lock", "enki.lock"]) rmSync(join(project, file), { force: true });
        times.command.push(
          await timed(() => {
            const args = ["--import", peakMemory, command, "resolve", "--offline"];
            const { status, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8" });
            if (status !== 0) throw new Error(stderr);
            memoryKibibytes = Number(stderr.trim().split("\n").at(-1));
          }),
        );
      }
      const ratio = (own: readonly number[]): string => (median(own) / median(times.cargo)).toFixed(2).padStart(6);
      const memory = `${(memoryKibibytes / 1024).toFixed(0)} MiB`.padStart(8);
      print(
        `${name.padEnd(12)} ${String(packages).padStart(8)} ${show(times.cargo)} ${show(times.warm)} ${ratio(times.warm)} ${show(times.command)} ${ratio(times.command)} ${memory}  ${isSame ? "yes" : "no"}`,
      );
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function missingFeature(): Promise<void> {
  for (const size of [25, 50, 100, 200]) {
    const resolverCase = slowMissingFeature(size);
    const times: number[] = [];
    let decisions = 0;
    for (let round = 0; round < rounds; round++) {
      times.push(await timed(async () => ({ decisions } = await solveCase(resolverCase))));
    }
    print(`slow missing feature ${String(size).padStart(3)}: ${show(times)} ms, ${decisions} decisions`);
  }
}

const registry = sharedRegistry();
if (registry !== undefined) await closures(registry);
await missingFeature();
