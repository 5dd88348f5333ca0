import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { nix } from "../../../src/ecosystems/nix/index.ts";
import { npm } from "../../../src/ecosystems/npm/index.ts";
import { EnkiError } from "../../../src/model/enki-error.ts";
import type { Resolution } from "../../../src/model/resolution.ts";
import type { HttpClient } from "../../../src/net/http-client.ts";
import { nodeFileSystem } from "../../../src/net/node-file-system.ts";
import { explain } from "../../../src/report/explanation/explain.ts";
import { resolveService } from "../../../src/resolve.ts";
import { resolveRequest } from "../../helpers/resolve-request.ts";
import { objectionsToNpm } from "./judge-npm.ts";
import { checkLock, type Finding, type LockDocument, nameOf } from "./lock-checks.ts";
import { summariseLock } from "./npm-project.ts";
import { grownRegistry, type RandomUniverse } from "./random-universe.ts";
import { installedNpm, runNpm } from "./real-npm.ts";
import type { UniverseServer } from "./universe-server.ts";

/** What Enki says of a project. */
type EnkiAnswer =
  | {
      readonly kind: "lock";
      readonly lock: string;
      readonly resolution: Resolution;
      readonly doubts: readonly string[];
    }
  | { readonly kind: "none"; readonly why: string }
  | { readonly kind: "broken"; readonly why: string };

/** One thing that came of a comparison: what it is in general, whether Enki is to blame, and the particulars. */
export interface Verdict {
  readonly isFailure: boolean;
  readonly kind: string;
  readonly detail: string;
}

/** Where comparisons take place. */
export interface Workshop {
  readonly server: UniverseServer;
  readonly http: HttpClient;
  /** Scratch folder; its content is replaced. */
  readonly directory: string;
}

/** A tree that takes npm longer than this takes it for ever. */
const npm11 = { ...installedNpm, limitMs: 60_000 };

function fine(kind: string, detail = ""): Verdict {
  return { isFailure: false, kind, detail };
}

function failure(kind: string, detail: string): Verdict {
  return { isFailure: true, kind, detail };
}

function writeProject(directory: string, files: ReadonlyMap<string, string>): void {
  rmSync(directory, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

/** Resolves a project whose files lie in the workshop's folder. */
async function askEnki({ http, directory }: Workshop, registry: string, previous?: Resolution): Promise<EnkiAnswer> {
  const context = { projectDirectory: directory, files: nodeFileSystem };
  const text = readFileSync(join(directory, "package.json"));
  const { manifest, diagnostics } = npm.readManifest("package.json", text, context);
  if (manifest === undefined) return { kind: "none", why: diagnostics.map(({ message }) => message).join("; ") };
  try {
    const result = await resolveService(
      resolveRequest([npm, nix], [manifest], {
        ...context,
        ...(previous !== undefined && { previous }),
        registries: new Map([["npm", [{ kind: "http", url: registry }]]]),
        http,
        isOffline: false,
        limits: { maxSteps: 200_000 },
      }),
    );
    if (result.kind === "stopped") return { kind: "broken", why: `it stopped: ${result.reason}` };
    if (result.kind === "unsatisfiable") return { kind: "none", why: explain(result.derivation, result.narrator).text };
    if (result.violations.length > 0) return { kind: "broken", why: JSON.stringify(result.violations) };
    const { resolution, locks } = result;
    const doubts = resolution.fidelity.flatMap(({ unverified }) => unverified);
    return { kind: "lock", lock: locks[0]?.content ?? "", resolution, doubts };
  } catch (error) {
    const why = error instanceof EnkiError ? error.message : error instanceof Error ? error.stack : String(error);
    return { kind: "broken", why: why ?? "" };
  }
}

/** What npm's lock checks, {@link checkLock}, find in Enki's lock, but for what Enki says itself. */
async function findingsIn(
  { server, directory }: Workshop,
  files: ReadonlyMap<string, string>,
  base: string,
  lock: string,
  checks?: readonly Finding["check"][],
): Promise<readonly Finding[]> {
  const { packages } = JSON.parse(lock) as LockDocument;
  const manifest = (name: string, version: string): Readonly<Record<string, unknown>> | undefined =>
    server.manifest(base, name, version);
  const findings = await checkLock({ directory, files, lock, manifest }, checks);
  // What stands for an optional dependency that is not to be had is no version of the registry (decision 0203).
  return findings.filter(({ check, message }) => {
    const os = packages[message.slice(0, message.indexOf(":"))]?.["os"];
    return check !== "V7" || !Array.isArray(os) || os[0] !== "none";
  });
}

interface Size {
  readonly folders: number;
  readonly versions: number;
}

function installedIn(lock: string): readonly (readonly [string, string])[] {
  const { packages } = JSON.parse(lock) as LockDocument;
  return Object.entries(packages).flatMap(([path, entry]) => {
    const isMissing = Array.isArray(entry["os"]) && entry["os"][0] === "none";
    if (!path.includes("node_modules/") || entry["link"] === true || isMissing) return [];
    return [[path, `${nameOf(path, entry)}@${String(entry["version"])}`]] as const;
  });
}

function sizeOf(lock: string): Size {
  const installed = installedIn(lock);
  return { folders: installed.length, versions: new Set(installed.map(([, version]) => version)).size };
}

/** Resolves a universe with Enki alone: the lock by npm's model and the registry, and once more with what was found. */
export async function checkUniverse(workshop: Workshop, id: string, universe: RandomUniverse): Promise<Verdict[]> {
  const base = workshop.server.publish(id, universe.registry);
  writeProject(workshop.directory, universe.files);
  const ours = await askEnki(workshop, base);
  if (ours.kind === "broken") return [failure("Enki breaks down", ours.why)];
  if (ours.kind === "none") return [fine("Enki refuses it", ours.why)];
  if (ours.doubts.length > 0) return [fine("Enki says what it could not verify", ours.doubts.join("; "))];
  const findings = await findingsIn(workshop, universe.files, base, ours.lock, ["V7", "V6"]);
  return [
    fine("Enki solves it", summariseLock(ours.lock)),
    ...findings.map(({ check, message }) => failure(`${check} finds something`, message)),
    ...(await runAgain(workshop, base, universe.files, ours)),
  ];
}

async function runAgain(
  workshop: Workshop,
  base: string,
  files: ReadonlyMap<string, string>,
  { lock, resolution }: { readonly lock: string; readonly resolution: Resolution },
): Promise<Verdict[]> {
  writeProject(workshop.directory, files);
  const again = await askEnki(workshop, base, resolution);
  if (again.kind !== "lock") return [failure("a second run breaks down", again.why)];
  if (again.lock === lock) return [];
  return [failure("a second run changes the lock", `\n${summariseLock(lock)}\n${summariseLock(again.lock)}`)];
}

/** Removes a requirement after the registry has grown: what others need must keep its version. */
async function removeOne(
  workshop: Workshop,
  id: string,
  universe: RandomUniverse,
  ours: { readonly lock: string; readonly resolution: Resolution },
): Promise<Verdict[]> {
  const packageJson = JSON.parse(universe.files.get("package.json") ?? "{}") as Record<string, Record<string, string>>;
  // What an override refers to can't go.
  if (packageJson["overrides"] !== undefined) return [];
  const fields = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
  const names = fields.flatMap((field) => Object.keys(packageJson[field] ?? {}));
  const name = names.find((one) => names.indexOf(one) === names.lastIndexOf(one));
  if (name === undefined || names.length < 2) return [];
  for (const field of fields) delete packageJson[field]?.[name];
  const files = new Map([
    ...universe.files,
    ["package.json", `${JSON.stringify(packageJson, undefined, 2)}\n`] as const,
  ]);
  writeProject(workshop.directory, files);
  const base = workshop.server.publish(`${id}-later`, grownRegistry(universe.registry));
  const later = await askEnki(workshop, base, ours.resolution);
  if (later.kind !== "lock") return [failure("without a requirement it breaks down", `${name}: ${later.why}`)];
  const before = new Set(installedIn(ours.lock).map(([, version]) => version));
  const moved = installedIn(later.lock).filter(([, version]) => !before.has(version));
  if (moved.length === 0) return [];
  const detail = `${name} gone:\n${summariseLock(ours.lock)}\n${summariseLock(later.lock)}`;
  return [failure("versions move when a requirement goes", detail)];
}

/** Resolves a universe with Enki and with npm, and judges both. */
export async function compareUniverse(workshop: Workshop, id: string, universe: RandomUniverse): Promise<Verdict[]> {
  const { directory } = workshop;
  const base = workshop.server.publish(id, universe.registry);
  writeProject(directory, universe.files);
  const npmRun = await runNpm(directory, base, ["install", "--package-lock-only", "--ignore-scripts"], npm11);
  const theirs = npmRun.status === 0 ? readFileSync(join(directory, "package-lock.json"), "utf8") : undefined;
  const code = npmRun.isStopped ? "never ends" : `fails (${/code (\w+)/.exec(npmRun.stderr)?.[1] ?? "no code"})`;
  const objections = theirs === undefined ? [] : await objectionsToNpm(directory, universe.registry);
  writeProject(directory, universe.files);
  const ours = await askEnki(workshop, base);
  if (ours.kind === "broken") return [failure("Enki breaks down", ours.why)];
  if (ours.kind === "none") {
    if (theirs === undefined) return [fine(`both refuse it; npm ${code}`, ours.why)];
    const [objection] = objections;
    if (objection === undefined)
      return [failure("Enki refuses what npm solves", `${ours.why}\n${summariseLock(theirs)}`)];
    return [fine(`Enki refuses it; npm's answer ${objection.kind}`, `${objection.detail}\n${ours.why}`)];
  }
  const verdicts: Verdict[] = [];
  const findings = await findingsIn(workshop, universe.files, base, ours.lock);
  if (ours.doubts.length > 0) verdicts.push(fine("Enki says what it could not verify", ours.doubts.join("; ")));
  else for (const { check, message } of findings) verdicts.push(failure(`${check} finds something`, message));
  if (theirs === undefined) verdicts.push(fine(`Enki solves it; npm ${code}`, summariseLock(ours.lock)));
  else verdicts.push(compareLocks(ours.lock, theirs, objections[0]?.kind));
  verdicts.push(...(await runAgain(workshop, base, universe.files, ours)));
  verdicts.push(...(await removeOne(workshop, id, universe, ours)));
  return verdicts;
}

function compareLocks(ours: string, theirs: string, objection: string | undefined): Verdict {
  if (ours === theirs) return fine("both solve it: the same lock");
  if (objection !== undefined) return fine(`both solve it; npm's answer ${objection}`);
  const [our, their] = [sizeOf(ours), sizeOf(theirs)];
  const detail = `${our.folders} folders, ${our.versions} versions; npm ${their.folders}, ${their.versions}\n${summariseLock(ours)}\n${summariseLock(theirs)}`;
  if (our.folders <= their.folders && our.versions <= their.versions) {
    const isSmaller = our.folders < their.folders || our.versions < their.versions;
    return fine(`both solve it: Enki with ${isSmaller ? "less" : "as much"}`, detail);
  }
  // Direct requirements get the version that npm would pick for them alone, though another would save a copy.
  const theirPlaces = new Map(installedIn(theirs));
  const direct = directFolders(ours).filter((path) => theirPlaces.get(path) !== new Map(installedIn(ours)).get(path));
  const reason = direct.length > 0 ? ", as npm takes another version for a direct requirement" : "";
  return fine(`both solve it: Enki with more${reason}`, detail);
}

/** The folders in which the root and the workspaces find what they depend on. */
function directFolders(lock: string): readonly string[] {
  const { packages } = JSON.parse(lock) as LockDocument;
  return Object.entries(packages).flatMap(([path, entry]) => {
    if (path.includes("node_modules/")) return [];
    const tables = ["dependencies", "devDependencies", "optionalDependencies"].map((field) => entry[field] ?? {});
    const names = tables.flatMap((table) => Object.keys(table));
    return names.map((name) => {
      const own = `${path}/node_modules/${name}`;
      return own in packages ? own : `node_modules/${name}`;
    });
  });
}
