/** Turns the lock of a real project into an index that holds exactly its versions, and into the answer that it means. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseTomlDocument } from "../../../src/formats/toml.ts";
import { parseWheelName } from "../../../src/ecosystems/pypi/pep/file-name.ts";
import { evaluateMarker } from "../../../src/ecosystems/pypi/pep/marker-evaluation.ts";
import { parseMarker } from "../../../src/ecosystems/pypi/pep/marker.ts";
import { parseVersion } from "../../../src/ecosystems/pypi/pep/version.ts";
import { markerVariables, TargetEnvironment } from "../../../src/ecosystems/pypi/target-environment.ts";
import type { JsonValue } from "../../../src/model/json.ts";
import type { MemoryProjects, MemoryVersion } from "./memory-index.ts";

/** Where the shared locks are. */
const locksDirectory = fileURLToPath(new URL("../../../../shared/data/pypi/real-locks", import.meta.url));

/** One dependency entry of a lock. */
interface LockedDependency {
  readonly name: string;
  readonly version?: string;
  readonly marker?: string;
  readonly extra?: readonly string[];
}

interface LockedPackage {
  readonly name: string;
  readonly version?: string;
  readonly source?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly LockedDependency[];
  readonly "optional-dependencies"?: Readonly<Record<string, readonly LockedDependency[]>>;
  readonly "dev-dependencies"?: Readonly<Record<string, readonly LockedDependency[]>>;
  readonly sdist?: Readonly<Record<string, JsonValue>>;
  readonly wheels?: readonly Readonly<Record<string, JsonValue>>[];
}

/** An environment to resolve for. */
export interface ReplayEnvironment {
  readonly system: string;
  readonly python: string;
}

/** One project. */
export interface LockReplay {
  readonly name: string;
  readonly requiresPython: string;
  readonly projects: MemoryProjects;
  readonly requires: readonly string[];
  /** Package to version: the walk of the lock. */
  walk(environment: ReplayEnvironment): ReadonlyMap<string, string>;
}

/**
 * Whether every version of a walk has a file for the environment: a lock for all systems may hold wheels for few. Source
 * distributions count unless only `wheels` do.
 */
export function hasFiles(replay: LockReplay, environment: ReplayEnvironment, kinds: "all" | "wheels" = "all"): boolean {
  const target = new TargetEnvironment({
    system: environment.system,
    tools: new Map([["python", environment.python]]),
  });
  return [...replay.walk(environment)].every(([name, version]) => {
    const files = replay.projects.get(name)?.get(version)?.files;
    return (
      files === undefined ||
      files.some((file) => {
        const wheel = parseWheelName(JSON.stringify(file["filename"]).slice(1, -1));
        return wheel === undefined ? kinds === "all" : target.wheelRank(wheel.tags) !== undefined;
      })
    );
  });
}

/** The same index with one pure wheel per version, for environments that some versions have no file for. */
export function withPureWheels(projects: MemoryProjects): MemoryProjects {
  return new Map(
    [...projects].map(([name, versions]) => [
      name,
      new Map(
        [...versions].map(([version, { requires = [], extras = {} }]): [string, MemoryVersion] => [
          version,
          { requires, extras },
        ]),
      ),
    ]),
  );
}

/** Names of the shared locks. */
export function lockNames(): readonly string[] {
  if (!existsSync(locksDirectory)) return [];
  return readdirSync(locksDirectory)
    .filter((file) => file.endsWith(".uv.lock"))
    .map((file) => file.slice(0, -".uv.lock".length))
    .toSorted();
}

/** Reads one lock. */
export function readReplay(name: string): LockReplay {
  const file = `${name}.uv.lock`;
  // Patch numbers of Python were blanked in the shared locks, by pattern, and so were others that look like them.
  const text = readFileSync(join(locksDirectory, file), "utf8").replaceAll("[X]", "0");
  const { document } = parseTomlDocument(file, text);
  if (document === undefined) throw new Error(`${file} is unreadable`);
  const lock = document.value as { "requires-python": string; package: readonly LockedPackage[] };
  const members = lock.package.filter(({ source }) => source?.["registry"] === undefined);
  const groups = members.flatMap((member) => Object.values(member["dev-dependencies"] ?? {}).flat());
  const roots: readonly LockedDependency[] = [
    ...members.map((member) => ({
      name: member.name,
      version: versionOf(member),
      extra: Object.keys(member["optional-dependencies"] ?? {}),
    })),
    ...groups,
  ];
  return {
    name,
    requiresPython: lock["requires-python"],
    projects: indexOf(lock.package),
    requires: roots.map(requirementText),
    walk: (environment) => walkLock(lock.package, roots, environment),
  };
}

function versionOf(package_: LockedPackage): string {
  return package_.version ?? "0";
}

function requirementText({ name, version, marker, extra = [] }: LockedDependency): string {
  const extras = extra.length === 0 ? "" : `[${extra.join(",")}]`;
  const pin = version === undefined ? "" : `==${version}`;
  return `${name}${extras}${pin}${marker === undefined ? "" : ` ; ${marker}`}`;
}

function indexOf(packages: readonly LockedPackage[]): MemoryProjects {
  const projects = new Map<string, Map<string, MemoryVersion>>();
  for (const package_ of packages) {
    const versions = projects.get(package_.name) ?? new Map<string, MemoryVersion>();
    projects.set(package_.name, versions);
    const files = [...(package_.sdist === undefined ? [] : [package_.sdist]), ...(package_.wheels ?? [])];
    versions.set(versionOf(package_), {
      requires: (package_.dependencies ?? []).map(requirementText),
      extras: Object.fromEntries(
        Object.entries(package_["optional-dependencies"] ?? {}).map(([extra, list]) => [
          extra,
          list.map(requirementText),
        ]),
      ),
      ...(files.length === 0 ? {} : { files: files.map(indexFile) }),
    });
  }
  return projects;
}

function indexFile(file: Readonly<Record<string, JsonValue>>): Readonly<Record<string, JsonValue>> {
  const { url, hash, size } = file;
  if (typeof url !== "string" || typeof hash !== "string") throw new Error(`a file without url or hash`);
  return {
    filename: url.slice(url.lastIndexOf("/") + 1),
    url,
    hashes: { sha256: hash.replace("sha256:", "") },
    ...(size === undefined ? {} : { size }),
    ...(file["upload-time"] === undefined ? {} : { "upload-time": file["upload-time"] }),
  };
}

function walkLock(
  packages: readonly LockedPackage[],
  roots: readonly LockedDependency[],
  environment: ReplayEnvironment,
): ReadonlyMap<string, string> {
  const python = parseVersion(environment.python);
  if (python === undefined) throw new Error(`not a version: ${environment.python}`);
  const variables = markerVariables(environment.system, environment.python, python);
  const selected = new Map<string, string>();
  const seen = new Set<string>();
  const queue = [...roots];
  for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
    const parsed = one.marker === undefined ? undefined : parseMarker(one.marker);
    if (parsed !== undefined && (!parsed.ok || evaluateMarker(parsed.value, { variables }) !== true)) continue;
    const { name, version, extra = [] } = one;
    const found = packages.find(
      (package_) => package_.name === name && (version === undefined || versionOf(package_) === version),
    );
    if (found === undefined) throw new Error(`${name} is not in the lock`);
    selected.set(name, versionOf(found));
    for (const part of ["", ...extra]) {
      const key = `${name} ${versionOf(found)} ${part}`;
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(...(part === "" ? (found.dependencies ?? []) : (found["optional-dependencies"]?.[part] ?? [])));
    }
  }
  return selected;
}
