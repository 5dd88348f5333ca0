import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { arboristLibrary, deadRegistry, type NpmProgram, runNpm } from "./real-npm.ts";

/** Any JSON object. */
type Json = Readonly<Record<string, unknown>>;

/** A lock as far as the checks look into it. */
export interface LockDocument {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Json>>;
}

/** One thing that a check found, with the number of the check (guide npm.md, section 3). */
export interface Finding {
  readonly check: "V1" | "V2" | "V3" | "V6" | "V7";
  readonly message: string;
}

/** A project to check, with the registry's word on each package. */
export interface CheckedProject {
  /** Scratch folder; its content is replaced. */
  readonly directory: string;
  /** package.json and whatever else npm reads, by path; without the lock. */
  readonly files: ReadonlyMap<string, string>;
  readonly lock: string;
  /** Who judges in V1 to V3; the npm of this machine when absent. */
  readonly npm?: NpmProgram;
  /** The version of a package as the registry's full document has it. */
  manifest(name: string, version: string): Json | undefined;
}

const allChecks = ["V7", "V6", "V2", "V1", "V3"] as const;

function writeProject(project: CheckedProject): void {
  rmSync(project.directory, { recursive: true, force: true });
  mkdirSync(project.directory, { recursive: true });
  for (const [path, content] of project.files) {
    mkdirSync(join(project.directory, path, ".."), { recursive: true });
    writeFileSync(join(project.directory, path), content);
  }
  writeFileSync(join(project.directory, "package-lock.json"), project.lock);
}

/** V1: `npm ci` finds everything in the lock, without a registry. */
async function checkInstall({ directory, npm }: CheckedProject): Promise<Finding[]> {
  const result = await runNpm(directory, deadRegistry, ["ci", "--dry-run", "--ignore-scripts"], npm);
  return result.status === 0 ? [] : [{ check: "V1", message: result.stderr.slice(0, 400) }];
}

/** V2: `npm ls --all` sees no problem. */
async function checkList({ directory, npm }: CheckedProject): Promise<Finding[]> {
  const result = await runNpm(directory, deadRegistry, ["ls", "--all", "--package-lock-only", "--json"], npm);
  const { problems = [] } = JSON.parse(result.stdout) as { problems?: string[] };
  if (result.status === 0 && problems.length === 0) return [];
  return [{ check: "V2", message: problems.slice(0, 5).join("; ") || `status ${result.status}` }];
}

/** V3: npm would not change a byte. */
async function checkIdempotence({ directory, lock, npm }: CheckedProject): Promise<Finding[]> {
  const result = await runNpm(directory, deadRegistry, ["install", "--package-lock-only", "--ignore-scripts"], npm);
  if (result.status !== 0) return [{ check: "V3", message: result.stderr.slice(0, 400) }];
  const after = readFileSync(join(directory, "package-lock.json"), "utf8");
  if (after === lock) return [];
  const [before, changed] = [lock.split("\n"), after.split("\n")];
  const at = before.findIndex((line, index) => line !== changed[index]);
  return [{ check: "V3", message: `line ${at + 1}: ${before[at] ?? ""} became ${changed[at] ?? ""}` }];
}

/** V6: npm's own model of the lock has no bad edge, and its flags are those that the lock says. */
async function checkModel({ directory, lock }: CheckedProject): Promise<Finding[]> {
  const library = arboristLibrary();
  if (library === undefined) return [];
  const findings: Finding[] = [];
  const tree = await library.loadVirtual(directory);
  for (const node of tree.inventory.values()) {
    for (const { name, error, spec } of node.edgesOut.values()) {
      if (error !== null) findings.push({ check: "V6", message: `${node.location}: ${error} ${name} ${spec}` });
    }
  }
  const { packages } = JSON.parse(lock) as LockDocument;
  library.recomputeFlags(tree);
  for (const node of tree.inventory.values()) {
    if (node.location === "") continue;
    const entry = packages[node.location];
    const expected = {
      dev: node.dev && !node.extraneous,
      optional: node.optional && !node.extraneous,
      devOptional: node.devOptional && !node.dev && !node.optional && !node.extraneous,
      peer: node.peer && !node.extraneous,
      extraneous: node.extraneous,
    };
    for (const [flag, value] of Object.entries(expected)) {
      if ((entry?.[flag] === true) !== value) {
        findings.push({ check: "V6", message: `${node.location}: the flag ${flag} should be ${value}` });
      }
    }
  }
  return findings;
}

const copiedFields = [
  "acceptDependencies",
  "engines",
  "os",
  "cpu",
  "libc",
  "peerDependencies",
  "peerDependenciesMeta",
  "deprecated",
];

function isNothing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    value === false ||
    (typeof value === "object" && Object.keys(value).length === 0)
  );
}

function expectedEntry(manifest: Json): Map<string, unknown> {
  const optional = (manifest["optionalDependencies"] ?? {}) as Json;
  const required = Object.entries((manifest["dependencies"] ?? {}) as Json).filter(([name]) => !(name in optional));
  const dist = manifest["dist"] as Json;
  const name = String(manifest["name"]);
  const bin = manifest["bin"];
  const commands = typeof bin === "string" ? { [name.replace(/^@[^/]+\//, "")]: bin } : ((bin ?? {}) as Json);
  const license = manifest["license"];
  return new Map<string, unknown>([
    ...copiedFields.map((field): [string, unknown] => [field, manifest[field]]),
    ["version", manifest["version"]],
    ["dependencies", Object.fromEntries(required)],
    ["optionalDependencies", optional],
    ["bundleDependencies", manifest["bundleDependencies"] ?? manifest["bundledDependencies"]],
    [
      "bin",
      Object.fromEntries(Object.entries(commands).map(([key, path]) => [key, String(path).replace(/^(\.?\/)+/, "")])),
    ],
    ["license", typeof license === "object" && license !== null ? (license as Json)["type"] : license],
    ["hasInstallScript", manifest["hasInstallScript"]],
    ["resolved", dist["tarball"]],
    ["integrity", dist["integrity"]],
  ]);
}

/** The package in a folder: an alias says its real name. */
export function nameOf(path: string, entry: Json): string {
  const name = entry["name"];
  return typeof name === "string" ? name : path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

/** V7: every entry says what the registry says. The other checks believe the lock; this one does not. */
function checkManifests(project: CheckedProject): Finding[] {
  const { packages } = JSON.parse(project.lock) as LockDocument;
  const findings: Finding[] = [];
  for (const [path, entry] of Object.entries(packages)) {
    if (!path.includes("node_modules/") || entry["link"] === true || entry["inBundle"] === true) continue;
    const name = nameOf(path, entry);
    const manifest = project.manifest(name, String(entry["version"]));
    if (manifest === undefined) {
      findings.push({ check: "V7", message: `${path}: the registry has no ${name} ${String(entry["version"])}` });
      continue;
    }
    for (const [field, value] of expectedEntry(manifest)) {
      const isSame = isNothing(value) ? isNothing(entry[field]) : isDeepStrictEqual(entry[field], value);
      if (!isSame) findings.push({ check: "V7", message: `${path}: ${field} is not what the registry says` });
    }
  }
  return findings;
}

/** Runs checks in the given order; with `isFirstEnough`, stops at the first that finds something. */
export async function checkLock(
  project: CheckedProject,
  checks: readonly Finding["check"][] = allChecks,
  isFirstEnough = false,
): Promise<Finding[]> {
  writeProject(project);
  const findings: Finding[] = [];
  for (const check of checks) {
    if (check === "V1") findings.push(...(await checkInstall(project)));
    else if (check === "V2") findings.push(...(await checkList(project)));
    else if (check === "V3") findings.push(...(await checkIdempotence(project)));
    else if (check === "V6") findings.push(...(await checkModel(project)));
    else findings.push(...checkManifests(project));
    if (isFirstEnough && findings.length > 0) break;
  }
  return findings;
}
