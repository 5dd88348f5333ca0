// Compares Enki's opam with the real thing over the whole public repository (../shared/data/opam):
//   npm run oracle:opam                            every part, samples where opam is slow
//   npm run oracle:opam -- --parts parse,answers   some parts
//   npm run oracle:opam -- --samples 50            more answers that opam judges (5 unless said)
//   npm run oracle:opam -- --all                   no samples (hours of opam)
// Parts: parse, versions, answers, valid, exports, whole. Ends with status 1 when anything differs.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type * as RegistryCheckRun from "../../src/cli/registry-check/run.ts";
import { opam } from "../../src/ecosystems/opam/index.ts";
import { parseOpamDocument } from "../../src/ecosystems/opam/file/parser.ts";
import { readOpamManifest } from "../../src/ecosystems/opam/manifest.ts";
import { openPacked, packArchive } from "../../src/ecosystems/opam/repository/packed.ts";
import { RankedRepositories } from "../../src/ecosystems/opam/repository/repository.ts";
import { OpamUniverse } from "../../src/ecosystems/opam/universe.ts";
import { compareVersions } from "../../src/ecosystems/opam/version.ts";
import type { JsonValue } from "../../src/model/json.ts";
import { checkPlan } from "../ecosystems/opam/check-plan.ts";
import { availablePackages, OpamCommand, opamVersion } from "../ecosystems/opam/opam-command.ts";
import { parseOpamPath } from "../ecosystems/opam/opam-path.ts";
import { plainItem } from "../ecosystems/opam/plain-ast.ts";
import {
  recordedAnswers,
  referenceAst,
  sharedOpamData,
  sharedRepositoryDirectory,
  sharedRepositoryTar,
} from "../ecosystems/opam/shared-repository.ts";
import { debianSettings, solveOpam, tableManifest } from "../ecosystems/opam/solving.ts";

const isAll = process.argv.includes("--all");
const partsAt = process.argv.indexOf("--parts");
const parts = partsAt === -1 ? undefined : new Set((process.argv[partsAt + 1] ?? "").split(","));
const shared = sharedOpamData();
const samplesAt = process.argv.indexOf("--samples");
/** How many answers opam judges; each takes it several seconds. */
const samples = samplesAt === -1 ? 5 : Number(process.argv[samplesAt + 1]);
let failures = 0;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function expectNone(what: string, count: number, differing: readonly string[]): void {
  say(`${what}: ${count - differing.length} of ${count}`);
  for (const one of differing.slice(0, 10)) say(`  differs: ${one}`);
  failures += differing.length;
}

function timesText(times: readonly number[]): string {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`;
}

function openUniverse(data: string): OpamUniverse {
  const tar = readFileSync(sharedRepositoryTar(data));
  return new OpamUniverse(
    new RankedRepositories([openPacked(packArchive(tar, "the repository"), "shared", undefined)]),
  );
}

function parsePart(data: string): void {
  const { repositories } = openUniverse(data);
  const differing: string[] = [];
  let elapsedMs = 0;
  const lines = referenceAst(data);
  for (const line of lines) {
    const reference = JSON.parse(line) as { readonly file: string; readonly items: unknown };
    const { name, version } = parseOpamPath(reference.file);
    const bytes = repositories.versions(name).get(version)?.read(name, version) ?? new Uint8Array();
    const started = performance.now();
    const { items } = parseOpamDocument(Buffer.from(bytes).toString("utf8"));
    elapsedMs += performance.now() - started;
    if (JSON.stringify(items.map(plainItem)) !== JSON.stringify(reference.items)) differing.push(reference.file);
  }
  expectNone(`files that parse as OCaml's parser has them (${elapsedMs.toFixed(0)} ms)`, lines.length, differing);
}

/** Each name's versions in Enki's order, neighbours judged by opam: `available: "1.0" < "1.1"`. */
function versionsPart(data: string): void {
  const { repositories } = openUniverse(data);
  const pairs = repositories.names().flatMap((name) => {
    const versions = [...repositories.versions(name).keys()].toSorted(compareVersions);
    return versions.slice(1).map((version, index) => [versions[index] ?? "", version] as const);
  });
  const asked = isAll ? pairs : pairs.filter((_, index) => index % 10 === 0);
  const directory = mkdtempSync(path.join(tmpdir(), "enki-versions-"));
  try {
    writeFileSync(path.join(directory, "repo"), 'opam-version: "2.0"\n');
    asked.forEach(([left, right], index) => {
      const operator = compareVersions(left, right) === 0 ? "=" : "<";
      const target = path.join(directory, "packages", `p${index}`, `p${index}.1`);
      mkdirSync(target, { recursive: true });
      writeFileSync(path.join(target, "opam"), `opam-version: "2.0"\navailable: "${left}" ${operator} "${right}"\n`);
    });
    const agreed = availablePackages(directory);
    const differing = asked.filter((_, index) => !agreed.has(`p${index}`)).map((pair) => pair.join(" "));
    expectNone(`neighbouring versions (of ${pairs.length}) that opam orders alike`, asked.length, differing);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function answersPart(data: string): Promise<void> {
  const universe = openUniverse(data);
  const answers = recordedAnswers(data);
  const settings = new Map<string, JsonValue>([...debianSettings, ["order", "opam"], ["compiler", "none"]]);
  for (const round of ["cold", "warm"]) {
    const differing: string[] = [];
    const times: number[] = [];
    for (const { target, rc, sel } of answers) {
      const answer = await solveOpam({ manifests: [tableManifest({ [target]: "*" })], universe, settings });
      times.push(answer.solvingMs);
      const mine = answer.kind === "solved" ? answer.selected.join(" ") : "refused";
      if (mine !== (rc === 0 ? sel.toSorted().join(" ") : "refused")) differing.push(target);
    }
    expectNone(`answers of opam 2.6.1 (0install), ${round}`, answers.length, differing);
    say(`  solving: ${timesText(times)}`);
  }
}

function sample<T>(items: readonly T[], count: number): readonly T[] {
  return isAll ? items : items.filter((_, index) => index % Math.ceil(items.length / count) === 0);
}

/** Enki's default answers, given to opam as an installed switch: nothing may be left to do. */
async function validPart(data: string): Promise<void> {
  const universe = openUniverse(data);
  const version = opamVersion() ?? "";
  const directory = mkdtempSync(path.join(tmpdir(), "enki-valid-"));
  try {
    const command = new OpamCommand(directory, sharedRepositoryDirectory(data));
    const solvable = recordedAnswers(data).filter(({ rc }) => rc === 0);
    const differing: string[] = [];
    let asked = 0;
    for (const { target } of sample(solvable, samples)) {
      const settings = new Map<string, JsonValue>([...debianSettings, ["opam-version", version]]);
      const answer = await solveOpam({ manifests: [tableManifest({ [target]: "*" })], universe, settings });
      if (answer.kind !== "solved") continue;
      const root = answer.selected.find((package_) => package_.startsWith(`${target}.`)) ?? target;
      const complaints = command.complaints(answer.selected, [root]);
      asked += 1;
      if (complaints !== "") differing.push(`${target}: ${complaints.slice(0, 400)}`);
    }
    expectNone(`answers in the default order in which opam ${version} finds nothing to do`, asked, differing);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function exportsPart(data: string): Promise<void> {
  const universe = openUniverse(data);
  const directory = mkdtempSync(path.join(tmpdir(), "enki-exports-"));
  try {
    const command = new OpamCommand(directory, sharedRepositoryDirectory(data));
    const differing: string[] = [];
    const targets = ["dns-server", "irmin", "coq"];
    for (const target of targets) {
      const project = path.join(directory, target);
      mkdirSync(project);
      const text = `opam-version: "2.0"\nsynopsis: "A service"\ndepends: ["ocaml" {>= "4.14"} "${target}"]\n`;
      writeFileSync(path.join(project, "service.opam"), text);
      const { manifest } = readOpamManifest(`${target}/service.opam`, Buffer.from(text));
      if (manifest === undefined) throw new Error("the manifest cannot be read");
      const settings = new Map<string, JsonValue>([...debianSettings, ["opam-version", opamVersion() ?? ""]]);
      const answer = await solveOpam({ manifests: [manifest], universe, settings });
      if (answer.kind !== "solved") throw new Error(`${target} has an answer`);
      const context = { resolution: answer.resolution, manifests: [manifest], existing: () => undefined };
      for (const file of opam.exportLocks(context)) writeFileSync(path.join(directory, file.path), file.content);
      const expected = answer.selected.join(" ");
      const imported = command.importSwitch(path.join(directory, "enki.opam-switch")).join(" ");
      if (imported !== expected) differing.push(`${target}: switch export`);
      if (command.installLocked(project).join(" ") !== expected) differing.push(`${target}: locked file`);
    }
    expectNone(`exports that opam ${opamVersion() ?? ""} takes as they are`, targets.length * 2, differing);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Every name of the repository; over the compiled code, because threads cannot run the sources. */
async function wholePart(data: string): Promise<void> {
  const project = path.resolve(import.meta.dirname, "../..");
  execFileSync(process.execPath, [path.join(project, "scripts/build.mjs")], { stdio: "inherit" });
  const compiled = pathToFileURL(path.join(project, "dist/cli/registry-check/run.js")).href;
  const { runRegistryCheck } = (await import(compiled)) as typeof RegistryCheckRun;
  const threads = availableParallelism();
  const started = performance.now();
  const cpu = process.cpuUsage();
  const verdicts = await runRegistryCheck(checkPlan(sharedRepositoryTar(data), debianSettings), {
    threads,
    signal: new AbortController().signal,
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const { user, system } = process.cpuUsage(cpu);
  const count = (kind: string): number => verdicts.filter((verdict) => verdict.kind === kind).length;
  say(
    `the whole repository: ${verdicts.length} names in ${seconds} s on ${threads} threads (${((user + system) / 1e6).toFixed(1)} s of processor)`,
  );
  say(
    `  ${count("solvable")} solvable (each answer checked), ${count("unsolvable")} unsolvable, ${count("failed")} failed`,
  );
  say(`  per name: ${timesText(verdicts.map(({ elapsedMs }) => elapsedMs))}`);
  for (const verdict of verdicts) if (verdict.kind === "failed") say(`  failed: ${verdict.name}: ${verdict.message}`);
  failures += count("failed");
}

if (shared !== undefined) {
  const isWanted = (part: string): boolean => parts === undefined || parts.has(part);
  const hasOpam = opamVersion() !== undefined;
  if (!hasOpam) say("opam is not installed: versions, valid and exports are skipped");
  if (isWanted("parse")) parsePart(shared);
  if (isWanted("versions") && hasOpam) versionsPart(shared);
  if (isWanted("answers")) await answersPart(shared);
  if (isWanted("valid") && hasOpam) await validPart(shared);
  if (isWanted("exports") && hasOpam) await exportsPart(shared);
  if (isWanted("whole")) await wholePart(shared);
  say(failures === 0 ? "no difference" : `${failures} differences`);
  process.exitCode = failures === 0 ? 0 : 1;
}
