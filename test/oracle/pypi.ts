/**
 * pip as the oracle, over an index on 127.0.0.1: the shared scenarios under `prerelease = "pep440"`, and the written
 * requirements of real locks (hashes are tested with real files in pip-acceptance.test.ts).
 *
 *     npm run oracle:pypi -- [scenarios] [locks]     (all of them by default: some minutes)
 *
 * Needs a Python from 3.9 on whose pip reads metadata by itself (23.2 or later), or a wheel of such a pip in
 * ENKI_TEST_PIP_WHEEL.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseVersion } from "../../src/ecosystems/pypi/pep/version.ts";
import { pypi } from "../../src/ecosystems/pypi/index.ts";
import { normaliseName } from "../../src/ecosystems/pypi/pep/names.ts";
import { hasFiles, lockNames, readReplay, withPureWheels } from "../ecosystems/pypi/lock-replay.ts";
import { answer, MemoryIndex, solve, type MemoryProjects } from "../ecosystems/pypi/memory-index.ts";
import { findInterpreters, pipDryRun, type PythonInterpreter } from "../ecosystems/pypi/python-interpreters.ts";
import { readUvScenarios } from "../ecosystems/pypi/uv-scenario.ts";

const scenarioCount = Number(process.argv[2] ?? Number.POSITIVE_INFINITY);
const lockCount = Number(process.argv[3] ?? Number.POSITIVE_INFINITY);
const wheel = process.env["ENKI_TEST_PIP_WHEEL"];

type Versions = ReadonlyMap<string, string>;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Scenarios in which pip answers otherwise, and why (docs/decisions/0402). */
const known: ReadonlyMap<string, string> = new Map([
  ["prereleases/prerelease-capped-union-alternate-parent", "pip gives up where only a pre-release is left"],
  ["prereleases/prerelease-capped-union-backtrack", "pip gives up where only a pre-release is left"],
  ["prereleases/prerelease-fallback-after-stable-rejected", "pip gives up where only a pre-release is left"],
  [
    "prereleases/transitive-prerelease-redundant-stable-preference-plain-first",
    "pip's answer depends on the order of the requirements",
  ],
]);

/** Serves projects for as long as the work takes. */
async function served<Result>(projects: MemoryProjects, work: (url: string) => Promise<Result>): Promise<Result> {
  const index = new MemoryIndex(projects, { filesBase: "/files/" });
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "/");
    void index.fetch({ url: path, cache: "none" }).then((document) => {
      const type = path.endsWith("/") ? "application/vnd.pypi.simple.v1+json" : "application/octet-stream";
      response.writeHead(document.status, { "content-type": type });
      response.end(Buffer.from(document.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    return await work(`http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}/simple/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** What pip would install; `undefined` when it says that there is no answer. */
async function pipAnswer(python: PythonInterpreter, arguments_: readonly string[]): Promise<Versions | undefined> {
  try {
    const choices = await pipDryRun(python, arguments_, wheel);
    return new Map(choices.map(({ name, version }) => [normaliseName(name), version]));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    if (/ResolutionImpossible|No matching distribution|Could not find a version/.test(words)) return undefined;
    throw error;
  }
}

function isSame(enki: Versions | undefined, pip: Versions | undefined): boolean {
  if (enki === undefined || pip === undefined) return enki === pip;
  const keys = (versions: Versions): string =>
    JSON.stringify(
      [...versions].map(([name, version]) => `${name} ${parseVersion(version)?.key ?? version}`).toSorted(),
    );
  return keys(enki) === keys(pip);
}

async function scenarios(python: PythonInterpreter): Promise<number> {
  const directory = fileURLToPath(new URL("../../../shared/data/pypi/scenarios", import.meta.url));
  // pip evaluates markers and tags for the Python that runs it, and has no modes or platforms to choose.
  const chosen = readUvScenarios(directory)
    .filter(({ isUniversal, problem }) => !isUniversal && problem.options?.versions === undefined)
    .filter(({ problem }) => problem.python === "3.12.0" && Object.keys(problem.settings ?? {}).length === 0)
    .slice(0, scenarioCount);
  let differences = 0;
  for (const scenario of chosen) {
    const { requires, options } = scenario.problem;
    const result = await solve(new MemoryIndex(scenario.projects), {
      requires,
      python: python.version,
      options: { prerelease: options?.prerelease === "allow" ? "allow" : "pep440" },
      settings: {},
    });
    const selected = answer(result);
    const enki = selected === undefined ? undefined : new Map(Object.entries(selected));
    const allows = options?.prerelease === "allow" ? ["--pre"] : [];
    const pip = await served(scenario.projects, async (url) => {
      return await pipAnswer(python, [...allows, "--index-url", url, ...requires]);
    });
    if (isSame(enki, pip)) continue;
    const reason = known.get(scenario.name);
    if (reason !== undefined) {
      print(`differs, as expected: ${scenario.name}: ${reason}`);
      continue;
    }
    differences += 1;
    const show = (versions: Versions | undefined): string =>
      JSON.stringify(versions === undefined ? null : Object.fromEntries(versions));
    print(`differs: ${scenario.name} (${requires.join(", ")}): Enki ${show(enki)}, pip ${show(pip)}`);
  }
  print(`${chosen.length} scenarios under pip's rule for pre-releases: ${differences} differences`);
  return differences;
}

async function locks(pythons: readonly PythonInterpreter[]): Promise<number> {
  let differences = 0;
  for (const name of lockNames().slice(0, lockCount)) {
    const replay = readReplay(name);
    const python = pythons.findLast(({ version }) => pypi.rangeAdmits(replay.requiresPython, version));
    if (python === undefined) {
      print(`${name}: skipped, no Python here fulfils ${replay.requiresPython}`);
      continue;
    }
    const environment = { system: "x86_64-linux", python: python.version };
    // pip may build nothing here, so what has no wheel for this Python gets one.
    const projects = hasFiles(replay, environment, "wheels") ? replay.projects : withPureWheels(replay.projects);
    const result = await solve(new MemoryIndex(projects), { requires: replay.requires, ...environment });
    if (result.kind !== "resolved") throw new Error(`${name} is ${result.kind}`);
    const scratch = mkdtempSync(join(tmpdir(), "enki-oracle-pypi-"));
    try {
      const file = join(scratch, "requirements.txt");
      const text = result.locks.find(({ path }) => path === "requirements.lock.txt")?.content ?? "";
      // The index has metadata and no files, so pip could check no hash.
      writeFileSync(file, text.replaceAll(/ \\\n {4}--hash=\S+/g, ""));
      const pip = await served(projects, async (url) => {
        return await pipAnswer(python, ["--only-binary", ":all:", "--index-url", url, "-r", file]);
      });
      const walked = replay.walk(environment);
      const isEqual = isSame(walked, pip);
      const words = isEqual ? "installs" : "does not install";
      print(`${name}: pip on python ${python.version} ${words} the ${walked.size} packages of the lock`);
      if (!isEqual) differences += 1;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  return differences;
}

const interpreters = findInterpreters().filter(({ pip }) => pip !== undefined || wheel !== undefined);
const python = interpreters.find(({ version }) => version.startsWith("3.12."));
if (lockNames().length === 0 || python === undefined) {
  print("skipped: the shared data or a Python 3.12 with pip is missing");
} else {
  process.exitCode = (await scenarios(python)) + (await locks(interpreters)) === 0 ? 0 : 1;
}
