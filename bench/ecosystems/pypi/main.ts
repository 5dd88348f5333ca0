/**
 * Replays of real locks and the hard case of the backtracking snapshots, side by side in one run.
 * `npm run bench:pypi -- [--rounds N]`. Times are medians (smallest) in ms; ratios compare medians of this run only.
 * "cold" asks a server on 127.0.0.1 for everything; "warm" reads the disk cache that the cold run left behind, offline.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { slimPage, SlimTable } from "../../../src/ecosystems/pypi/simple/slim-table.ts";
import { createHttpClient } from "../../../src/net/client.ts";
import { hasSnapshots, readCases } from "../../../test/ecosystems/pypi/backtracking-snapshots.ts";
import { hasFiles, lockNames, readReplay, type LockReplay } from "../../../test/ecosystems/pypi/lock-replay.ts";
import { indexUrl, MemoryIndex, solve, type MemoryProjects } from "../../../test/ecosystems/pypi/memory-index.ts";
import {
  findInterpreters,
  pipDryRun,
  type PythonInterpreter,
} from "../../../test/ecosystems/pypi/python-interpreters.ts";
import { projectsOf, serveIndex } from "./serve.ts";

/** A wheel of another pip than the machine's. */
const pipWheel = process.env["ENKI_TEST_PIP_WHEEL"];

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const rounds = Number(values.rounds);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function median(times: readonly number[]): number {
  return times.toSorted((left, right) => left - right)[times.length >> 1] ?? 0;
}

function show(times: readonly number[]): string {
  return `${median(times).toFixed(1)} (${Math.min(...times).toFixed(1)})`.padStart(16);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The newest Python whose pip is content with metadata, which the indexes here have instead of files. */
function pythonWithPip(): PythonInterpreter | undefined {
  const suitable = findInterpreters().filter(
    ({ pip = "" }) => pipWheel !== undefined || Number(pip.split(".")[0]) >= 24,
  );
  return suitable.at(-1);
}

/** The wall time of one dry run of pip over the same index; `undefined` where it can't be asked. */
async function pipTime(replay: LockReplay, url: string): Promise<number | undefined> {
  const python = pythonWithPip();
  if (python === undefined || !hasFiles(replay, { system: "x86_64-linux", python: python.version })) return undefined;
  const flags = ["--only-binary", ":all:", "--index-url", url];
  try {
    return await timed(async () => await pipDryRun(python, [...flags, ...replay.requires], pipWheel));
  } catch (error) {
    print(`pip gives no answer for ${replay.name}: ${String(error).split("\n").at(-2) ?? ""}`);
    return undefined;
  }
}

async function repeat(work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await timed(work));
  return times;
}

async function replays(): Promise<void> {
  print(
    "project              packages  requests            memory              cold              warm  warm/cold  pip/cold",
  );
  for (const name of ["home-assistant-core", "jupyterlab", "sentry", "transformers"]) {
    const replay = readReplay(name);
    const python = ["3.13.1", "3.12.4", "3.11.7", "3.10.13", "3.9.18"].find((version) =>
      hasFiles(replay, { system: "x86_64-linux", python: version }),
    );
    if (python === undefined) throw new Error(`${name} has files for no Python`);
    const problem = { requires: replay.requires, system: "x86_64-linux", python };
    const index = new MemoryIndex(replay.projects);
    const result = await solve(index, problem);
    if (result.kind !== "resolved") throw new Error(`${name} is ${result.kind}`);
    const packages = result.statistics[0]?.packages ?? 0;
    const requests = index.requests.length;
    const memory = await repeat(async () => await solve(new MemoryIndex(replay.projects), problem));
    const served = await serveIndex(name);
    const registries = new Map([["pypi", [{ kind: "http" as const, url: served.url }]]]);
    const scratch = mkdtempSync(join(tmpdir(), "enki-bench-pypi-"));
    try {
      let round = 0;
      // Closing belongs to a run: what the cache holds back is written then.
      const over = async (cacheDirectory: string, isOffline: boolean): Promise<void> => {
        const http = createHttpClient({ cacheDirectory, isOffline });
        await solve(http, { ...problem, extra: { registries } });
        await http.close();
      };
      const cold = await repeat(async () => await over(join(scratch, String(round++)), false));
      const warm = await repeat(async () => await over(join(scratch, "0"), true));
      const ratio = (Math.min(...warm) / Math.min(...cold)).toFixed(2).padStart(9);
      const pip = await pipTime(replay, served.pipUrl);
      const pipRatio = pip === undefined ? "-" : (pip / Math.min(...cold)).toFixed(0);
      print(
        `${name.padEnd(22)}${String(packages).padStart(7)}${String(requests).padStart(10)}${show(memory)}  ${show(cold)}  ${show(warm)}  ${ratio}${pipRatio.padStart(10)}`,
      );
    } finally {
      await served.stop();
      rmSync(scratch, { recursive: true, force: true });
    }
  }
}

/** How many files an index lists per version of a project with native code: wheels for Pythons and systems. */
const filesPerVersion = 8;

async function pages(): Promise<void> {
  const locks = lockNames().map((name) => readReplay(name).projects);
  await comparePages("the pages of real locks, one version each", locks);
  if (!hasSnapshots()) return;
  const snapshots = ["pypi-2020-11-17-cheroot", "pypi-2020-11-17-virtualenv-six"].filter((name) =>
    readCases().some(({ index }) => index === name),
  );
  const many = snapshots.map((name) => withFiles(projectsOf(name)));
  await comparePages(`an index of 2020, all versions, ${filesPerVersion} files each`, many);
}

/** The same projects with as many files as native wheels have. */
function withFiles(projects: MemoryProjects): MemoryProjects {
  const wheelTags = Array.from({ length: filesPerVersion }, (_, index) => `cp3${index}-cp3${index}-manylinux1_x86_64`);
  return new Map(
    [...projects].map(([name, versions]) => [
      name,
      new Map([...versions].map(([version, facts]) => [version, { ...facts, wheelTags }])),
    ]),
  );
}

async function comparePages(what: string, indexes: readonly MemoryProjects[]): Promise<void> {
  const bodies: { name: string; page: Uint8Array; slim: Uint8Array }[] = [];
  for (const projects of indexes) {
    const index = new MemoryIndex(projects);
    for (const name of projects.keys()) {
      const { body: page } = await index.fetch({ url: `${indexUrl}${name}/`, cache: "none" });
      bodies.push({ name, page, slim: slimPage(page, name) });
    }
  }
  const decoder = new TextDecoder();
  const megabytes = bodies.reduce((sum, { page }) => sum + page.length, 0) / 1e6;
  const times = { parse: [] as number[], make: [] as number[], read: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.parse.push(await timed(async () => bodies.forEach(({ page }) => JSON.parse(decoder.decode(page)))));
    times.read.push(await timed(async () => bodies.forEach(({ slim }) => new SlimTable(slim))));
    times.make.push(await timed(async () => bodies.forEach(({ page, name }) => slimPage(page, name))));
  }
  print(`\n${what}: ${bodies.length} pages, ${megabytes.toFixed(1)} MB`);
  print(`JSON.parse of every page       ${show(times.parse)}`);
  print(`parse and write slim tables    ${show(times.make)}   once, when a page arrives`);
  const ratio = Math.min(...times.parse) / Math.min(...times.read);
  print(`read slim tables               ${show(times.read)}   ${ratio.toFixed(0)} times faster than parsing (minima)`);
}

async function backtracking(): Promise<void> {
  const one = readCases().find(({ name }) => name === "cheroot");
  if (one === undefined) return;
  const projects = projectsOf(one.index);
  const edges = [...projects.values()]
    .flatMap((versions) => [...versions.values()])
    .reduce((sum, { requires = [] }) => sum + requires.length, 0);
  const versions = [...projects.values()].reduce((sum, { size }) => sum + size, 0);
  const index = new MemoryIndex(projects);
  const result = await solve(index, { requires: one.requested, python: "3.11.7" });
  const [statistics] = result.statistics;
  print(
    `\ncheroot, 2020-11-17: ${versions} versions, ${edges} edges; ${statistics?.decisions ?? 0} decisions, ${statistics?.conflicts ?? 0} conflicts, ${index.requests.length} requests`,
  );
  const memory = await repeat(
    async () => await solve(new MemoryIndex(projects), { requires: one.requested, python: "3.11.7" }),
  );
  const served = await serveIndex(one.index);
  try {
    const registries = new Map([["pypi", [{ kind: "http" as const, url: served.url }]]]);
    const cold = await repeat(
      async () => await solve(createHttpClient(), { requires: one.requested, python: "3.11.7", extra: { registries } }),
    );
    print(`Enki, index in memory          ${show(memory)}`);
    print(`Enki, over loopback, no cache  ${show(cold)}`);
    const python = pythonWithPip();
    if (python === undefined) {
      print("no pip from 24 on is on this machine to compare with");
      return;
    }
    const pip = await repeat(
      async () => await pipDryRun(python, ["--index-url", served.pipUrl, ...one.requested], pipWheel),
    );
    const ratio = (Math.min(...pip) / Math.min(...cold)).toFixed(0);
    print(`pip ${pipWheel ?? python.pip}, over loopback       ${show(pip)}   Enki is ${ratio} times faster (minima)`);
  } finally {
    await served.stop();
  }
}

if (lockNames().length === 0) {
  print("the shared data is missing: nothing to measure");
} else {
  await replays();
  await pages();
  if (hasSnapshots()) await backtracking();
}
