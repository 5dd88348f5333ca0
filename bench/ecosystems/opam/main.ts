/**
 * Real goals over the whole public repository: Enki against `opam install --dry-run`, side by side in one run.
 * `npm run bench:opam -- [--rounds N]`, after `npm run build`. Every time is the median; the smallest is printed too.
 * "warm" is a solve in a process that has the repository open and has solved the goal before; "process" is a whole
 * `enki resolve` over the repository as a tar, start-up, reading and writing included, which is what opam's time is too
 * (opam reads its own binary cache of the repository instead).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { openPacked, packArchive } from "../../../src/ecosystems/opam/repository/packed.ts";
import { RankedRepositories } from "../../../src/ecosystems/opam/repository/repository.ts";
import { OpamUniverse } from "../../../src/ecosystems/opam/universe.ts";
import { OpamCommand, opamVersion } from "../../../test/ecosystems/opam/opam-command.ts";
import {
  sharedOpamData,
  sharedRepositoryDirectory,
  sharedRepositoryTar,
} from "../../../test/ecosystems/opam/shared-repository.ts";
import { debianSettings, solveOpam, tableManifest } from "../../../test/ecosystems/opam/solving.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const rounds = Number(values.rounds);
const goals = ["dune", "lwt", "irmin", "cohttp-lwt-unix", "coq", "ocaml-lsp-server", "capnp-rpc-unix", "dream"];
const main = path.resolve(import.meta.dirname, "../../../dist/bin/enki.js");

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function median(times: readonly number[]): number {
  return times.toSorted((left, right) => left - right)[times.length >> 1] ?? 0;
}

function show(times: readonly number[]): string {
  return `${median(times).toFixed(1)} (${Math.min(...times).toFixed(1)})`.padStart(18);
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function resolveInProcess(project: string, tar: string): void {
  rmSync(path.join(project, "enki.lock"), { force: true });
  const args = [main, "resolve", "--offline", "--registry", `opam=${tar}`, "--system", "x86_64-linux"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

async function compare(shared: string): Promise<void> {
  const tar = sharedRepositoryTar(shared);
  const packed = packArchive(readFileSync(tar), "the repository");
  const universe = new OpamUniverse(new RankedRepositories([openPacked(packed, "shared", undefined)]));
  const scratch = mkdtempSync(path.join(tmpdir(), "enki-bench-opam-"));
  try {
    const command = new OpamCommand(scratch, sharedRepositoryDirectory(shared));
    print(
      `median (smallest) in ms, ${rounds} rounds; opam ${opamVersion() ?? ""}; ratio = opam / Enki, of the medians`,
    );
    print("goal                            opam              warm  ratio           process  ratio");
    for (const goal of goals) {
      const project = path.join(scratch, goal);
      mkdirSync(project);
      writeFileSync(
        path.join(project, "enki.toml"),
        `[opam]\ncompiler = "5.4.1"\n[dependencies.opam]\n${goal} = "*"\n`,
      );
      const settings = new Map([...debianSettings, ["compiler", "5.4.1"] as const]);
      const problem = { manifests: [tableManifest({ [goal]: "*" })], universe, settings };
      await solveOpam(problem);
      const times = { opam: [] as number[], warm: [] as number[], process: [] as number[] };
      for (let round = 0; round < rounds; round++) {
        // Alternating, so that whatever else the machine does falls on all of them.
        times.opam.push(
          timed(() => {
            const goalsOfOpam = ["ocaml-base-compiler.5.4.1", goal];
            command.succeed(["install", ...goalsOfOpam, "--switch", "enki", "--dry-run", "--show-actions"]);
          }),
        );
        times.warm.push((await solveOpam(problem)).solvingMs);
        times.process.push(timed(() => resolveInProcess(project, tar)));
      }
      const ratio = (ours: readonly number[]): string =>
        `${(median(times.opam) / median(ours)).toFixed(1)}x`.padStart(7);
      const columns = [times.opam, times.warm].map(show);
      print(
        `${goal.padEnd(18)}${columns[0] ?? ""}${columns[1] ?? ""}${ratio(times.warm)}${show(times.process)}${ratio(times.process)}`,
      );
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const shared = sharedOpamData();
if (opamVersion() === undefined) print("skipped: opam is not installed");
else if (!existsSync(main)) print("there is no compiled code: run `npm run build` first");
else if (shared !== undefined) await compare(shared);
