/**
 * Five real projects over the frozen registry of ../shared/data/npm: Enki's locks against the real npm (checks V1 to V8
 * of the guide: npm 12 repeats the first three), against npm's own locks, and, with `--rivals`, against what npm and bun write over the same registry.
 * `npm run oracle:npm -- [--only p2] [--rivals] [--install]`.
 */
import { createRequire } from "node:module";
import { satisfies } from "semver";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { npm } from "../../src/ecosystems/npm/index.ts";
import { nix } from "../../src/ecosystems/nix/index.ts";
import { createHttpClient } from "../../src/net/client.ts";
import { nodeFileSystem } from "../../src/net/node-file-system.ts";
import { resolveService } from "../../src/resolve.ts";
import { frozenPackuments, FrozenRegistry } from "../ecosystems/npm/frozen-registry.ts";
import {
  checkLock,
  nameOf,
  type CheckedProject,
  type Finding,
  type LockDocument,
} from "../ecosystems/npm/lock-checks.ts";
import { runNpm } from "../ecosystems/npm/real-npm.ts";
import { sharedNpmData } from "../ecosystems/npm/shared-scenarios.ts";
import { resolveRequest } from "../helpers/resolve-request.ts";
import { newerNpm, type NamedNpm } from "./newer-npm.ts";

const projects = ["p1-express", "p2-vite-react", "p4-toolchain", "p5-nest", "p7-cra-legacy"];

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    rivals: { type: "boolean", default: false },
    install: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});

interface Size {
  readonly folders: number;
  readonly versions: number;
}

function sizeOf(lock: LockDocument): Size {
  const entries = Object.entries(lock.packages).filter(([path]) => path !== "");
  const versions = new Set(entries.map(([path, entry]) => `${nameOf(path, entry)}@${String(entry["version"])}`));
  return { folders: entries.length, versions: versions.size };
}

/** Tarballs that a check needs, from the registry of npm's own configuration; kept for the next run. */
async function liveTarball(path: string): Promise<Uint8Array | undefined> {
  const kept = join(tmpdir(), "enki-frozen-npm-tarballs", encodeURIComponent(path));
  if (existsSync(kept)) return readFileSync(kept);
  const registry = spawnSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).stdout.trim();
  try {
    const response = await fetch(`${registry.replace(/\/$/, "")}/${path}`, { signal: AbortSignal.timeout(20_000) });
    if (!response.ok) return undefined;
    const body = new Uint8Array(await response.arrayBuffer());
    mkdirSync(join(kept, ".."), { recursive: true });
    writeFileSync(kept, body);
    return body;
  } catch {
    return undefined;
  }
}

async function enkiLock(directory: string, registry: string): Promise<{ lock: string; notes: string[]; ms: number }> {
  const text = readFileSync(join(directory, "package.json"));
  const context = { projectDirectory: directory, files: nodeFileSystem };
  const { manifest, diagnostics } = npm.readManifest("package.json", text, context);
  if (manifest === undefined) throw new Error(JSON.stringify(diagnostics));
  const before = performance.now();
  const result = await resolveService(
    resolveRequest([npm, nix], [manifest], {
      ...context,
      registries: new Map([["npm", [{ kind: "http", url: registry }]]]),
      http: createHttpClient(),
      isOffline: false,
    }),
  );
  if (result.kind !== "resolved") throw new Error(`no answer: ${result.kind}`);
  const notes = [
    ...result.violations.map(({ from, message }) => `violation: ${from} ${message}`),
    ...result.diagnostics.map(({ message }) => message),
    ...(result.resolution.fidelity.find(({ ecosystem }) => ecosystem === "npm")?.unverified ?? []),
  ];
  return { lock: result.locks[0]?.content ?? "", notes, ms: performance.now() - before };
}

function directDifferences(packageJson: string, ours: LockDocument, theirs: LockDocument): string[] {
  const manifest = JSON.parse(packageJson) as Record<string, Record<string, string>>;
  const names = Object.keys({ ...manifest["dependencies"], ...manifest["devDependencies"] });
  return names.filter(
    (name) =>
      ours.packages[`node_modules/${name}`]?.["version"] !== theirs.packages[`node_modules/${name}`]?.["version"],
  );
}

interface Pickable {
  readonly version: string;
}

/** npm's own choice of a version, from the library inside of pacote. */
const pickManifest = createRequire(createRequire(import.meta.url).resolve("pacote"))("npm-pick-manifest") as (
  packument: unknown,
  range: string,
) => Pickable;

/** How good a lock is beyond being right. */
interface Quality {
  /** Dependencies that see another version than npm would pick for them alone. */
  readonly offPick: number;
  /** Peers that see a version outside of their range, or nothing. */
  readonly brokenPeers: number;
}

function qualityOf(lock: LockDocument, packument: (name: string) => unknown): Quality {
  const picks = new Map<string, string | undefined>();
  const pick = (name: string, range: string): string | undefined => {
    const key = `${name} ${range}`;
    if (picks.has(key)) return picks.get(key);
    let version: string | undefined;
    try {
      version = pickManifest(packument(name), range).version;
    } catch {
      // No version, or none for this Node; then there is no choice to compare with.
    }
    picks.set(key, version);
    return version;
  };
  let offPick = 0;
  let brokenPeers = 0;
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (entry["inBundle"] === true) continue;
    const tables = entry as Record<string, Record<string, string> | undefined>;
    const needs = { ...tables["dependencies"], ...tables["optionalDependencies"], ...tables["devDependencies"] };
    for (const [name, range] of Object.entries(needs)) {
      const found = seenFrom(lock, path, name);
      const wished = found === undefined ? undefined : pick(name, range);
      if (wished !== undefined && wished !== found) offPick += 1;
    }
    const meta = (entry["peerDependenciesMeta"] ?? {}) as Record<string, { optional?: boolean }>;
    const above = path.slice(0, Math.max(0, path.lastIndexOf("/node_modules/")));
    for (const [name, range] of Object.entries(tables["peerDependencies"] ?? {})) {
      const found = seenFrom(lock, path.startsWith("node_modules/") ? above : path, name);
      const isFine = found === undefined ? meta[name]?.optional === true : satisfies(found, range, { loose: true });
      if (!isFine && range !== "*") brokenPeers += 1;
    }
  }
  return { offPick, brokenPeers };
}

/** The version that `require(name)` finds from a folder of a lock without links. */
function seenFrom(lock: LockDocument, path: string, name: string): string | undefined {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const entry = lock.packages[at === "" ? `node_modules/${name}` : `${at}/node_modules/${name}`];
    if (entry !== undefined) return String(entry["version"]);
    if (at === "") return undefined;
  }
}

async function main(): Promise<number> {
  const packuments = frozenPackuments();
  if (packuments === undefined) return 0;
  const newer = newerNpm();
  if (newer !== undefined) console.log(`V1 to V3 also by ${newer.label}`);
  const registry = await FrozenRegistry.start(packuments, { isAbbreviated: false, tarball: liveTarball });
  const scratch = mkdtempSync(join(tmpdir(), "enki-oracle-npm-"));
  let failures = 0;
  for (const project of projects.filter((name) => values.only?.some((only) => name.startsWith(only)) ?? true)) {
    const directory = join(scratch, project);
    mkdirSync(directory, { recursive: true });
    const packageJson = readFileSync(join(sharedNpmData, "projects", `${project}.json`), "utf8");
    writeFileSync(join(directory, "package.json"), packageJson);
    const { lock, notes, ms } = await enkiLock(directory, registry.url);
    const ours = JSON.parse(lock) as LockDocument;
    const theirs = JSON.parse(
      readFileSync(join(sharedNpmData, "npm-11-locks", `${project}.json`), "utf8"),
    ) as LockDocument;
    const documents = new Map<string, { versions: Record<string, Record<string, unknown>> }>();
    const checked: CheckedProject = {
      directory: join(scratch, `${project}-checks`),
      files: new Map([["package.json", packageJson]]),
      lock,
      manifest(name, version) {
        let document = documents.get(name);
        if (document === undefined) {
          const text = readFileSync(join(packuments, `${name.replace("/", "%2f")}.json`), "utf8");
          document = JSON.parse(text.replaceAll("https://npm.example", registry.url)) as NonNullable<typeof document>;
          documents.set(name, document);
        }
        return document.versions[version];
      },
    };
    const findings = [...(await checkLock(checked)), ...(await checkWithNewer(checked, newer))];
    const direct = directDifferences(packageJson, ours, theirs);
    const size = sizeOf(ours);
    console.log(`${project}: ${size.folders} folders, ${size.versions} versions, ${ms.toFixed(0)} ms`);
    const parsed = new Map<string, unknown>();
    const packument = (name: string): unknown => {
      if (!parsed.has(name)) {
        const text = readFileSync(join(packuments, `${name.replace("/", "%2f")}.json`), "utf8");
        parsed.set(name, JSON.parse(text));
      }
      return parsed.get(name);
    };
    const [quality, theirQuality] = [ours, theirs].map((each) => qualityOf(each, packument));
    const theirSize = sizeOf(theirs);
    console.log(
      `  Enki (npm): folders beyond one per version ${size.folders - size.versions} (${theirSize.folders - theirSize.versions}), ` +
        `versions ${size.versions} (${theirSize.versions}), dependencies off npm's pick ${quality?.offPick} (${theirQuality?.offPick}), ` +
        `broken peers ${quality?.brokenPeers} (${theirQuality?.brokenPeers})`,
    );
    for (const note of notes) console.log(`  note: ${note}`);
    for (const { check, message } of findings.slice(0, 20)) console.log(`  ${check}: ${message}`);
    for (const name of direct) console.log(`  direct dependency at another version than npm's: ${name}`);
    failures += findings.length + direct.length;
    if (values.rivals)
      failures += await compareWithNpm(join(scratch, `${project}-npm`), packageJson, registry.url, size);
    if (values.install) failures += await installForReal(join(scratch, `${project}-checks`), registry.url, lock);
  }
  await registry.stop();
  if (values.keep) console.log(scratch);
  else rmSync(scratch, { recursive: true, force: true });
  console.log(failures === 0 ? "all checks passed" : `${failures} findings`);
  return failures === 0 ? 0 : 1;
}

/** V8: the checks that npm makes, by the npm after the installed one. */
async function checkWithNewer(project: CheckedProject, newer: NamedNpm | undefined): Promise<readonly Finding[]> {
  if (newer === undefined) return [];
  const found = await checkLock({ ...project, npm: newer }, ["V1", "V2", "V3"]);
  return found.map(({ check, message }) => ({ check, message: `${newer.label}: ${message}` }));
}

async function compareWithNpm(directory: string, packageJson: string, registry: string, ours: Size): Promise<number> {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "package.json"), packageJson);
  const result = await runNpm(directory, registry, ["install", "--package-lock-only", "--ignore-scripts"]);
  if (result.status !== 0) {
    console.log(`  npm has no answer: ${result.stderr.slice(0, 200)}`);
    return 0;
  }
  const theirs = sizeOf(JSON.parse(readFileSync(join(directory, "package-lock.json"), "utf8")) as LockDocument);
  console.log(`  npm: ${theirs.folders} folders, ${theirs.versions} versions`);
  return ours.folders <= theirs.folders && ours.versions <= theirs.versions ? 0 : 1;
}

/** V4: a real installation from the frozen registry leaves the lock as it is. */
async function installForReal(directory: string, registry: string, lock: string): Promise<number> {
  writeFileSync(join(directory, "package-lock.json"), lock);
  const result = await runNpm(directory, registry, ["ci", "--ignore-scripts"]);
  const isSame = readFileSync(join(directory, "package-lock.json"), "utf8") === lock;
  console.log(
    `  V4: npm ci ${result.status === 0 && isSame ? "installed it" : `failed: ${result.stderr.slice(0, 300)}`}`,
  );
  return result.status === 0 && isSame ? 0 : 1;
}

process.exitCode = await main();
