import { relative } from "node:path";
import { ecosystems as ecosystemLoaders } from "../ecosystems/index.ts";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { canonicalResolution } from "../lockfile/canonical-resolution.ts";
import { LOCK_FILE_NAME } from "../lockfile/lock-schema.ts";
import { parseLock } from "../lockfile/read-lock.ts";
import { findUnknownHosts } from "../lockfile/unknown-hosts.ts";
import { formatCanonicalLock } from "../lockfile/write-lock.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { FileSystem } from "../model/file-system.ts";
import type { EcosystemId } from "../model/requirement.ts";
import type { OutputFile, Resolution } from "../model/resolution.ts";
import { nodeFileSystem } from "../net/node-file-system.ts";
import type { Workspace } from "../workspace/open-workspace.ts";
import { CONFIGURATION_FILE_NAME } from "../workspace/configuration.ts";
import { openWorkspace } from "../workspace/open-workspace.ts";
import type { Settings } from "../workspace/settings.ts";
import { userConfigurationFile } from "../workspace/user-configuration.ts";
import type { CommandContext } from "./command-context.ts";
import { renderDiagnostic } from "./render-diagnostic.ts";

/** A service that a command works on: its manifests, what Enki can resolve, and its lock. */
export interface Service {
  readonly ecosystems: ReadonlyMap<EcosystemId, Ecosystem>;
  readonly workspace: Workspace;
}

/** A lock on disk. */
export interface LockOnDisk {
  readonly text: string;
  readonly resolution: Resolution;
}

/** Loads every ecosystem. */
export async function loadEcosystems(): Promise<ReadonlyMap<EcosystemId, Ecosystem>> {
  const loaded = [...ecosystemLoaders].map(async ([id, load]) => [id, await load()] as const);
  return new Map(await Promise.all(loaded));
}

/**
 * Reads the service's configuration and manifests, and says what is wrong with them. Throws an EnkiError
 * (`invalid-manifest`, `invalid-configuration`) when something is.
 */
export async function openService(
  { host, shell, projectDirectory, files = nodeFileSystem }: CommandContext,
  selected: readonly string[] = [],
): Promise<Service> {
  const ecosystems = await loadEcosystems();
  const userFile = userConfigurationFile(host.environment, host.homeDirectory);
  const userText = readText(files, userFile);
  const user = userText === undefined ? undefined : { file: userFile, text: userText };
  const workspace = openWorkspace(projectDirectory, files, ecosystems, selected, user);
  const errors = workspace.diagnostics.filter(({ severity }) => severity === "error");
  for (const diagnostic of workspace.diagnostics) {
    if (diagnostic.severity !== "error") shell.talk(renderDiagnostic(diagnostic, shell.paint));
  }
  const [first] = errors;
  if (first !== undefined) {
    const isConfiguration = first.origin?.file === CONFIGURATION_FILE_NAME || first.origin?.file === userFile;
    const count = errors.length === 1 ? "1 error" : `${String(errors.length)} errors`;
    const where = [...new Set(errors.flatMap(({ origin }) => origin?.file ?? []))].join(", ");
    const code = isConfiguration ? "invalid-configuration" : "invalid-manifest";
    throw new EnkiError(code, `nothing was done because of ${count} in ${where}`, { diagnostics: errors });
  }
  return { ecosystems, workspace };
}

/** The text of a file of the project, or `undefined` when there is none. */
export function readProjectFile(
  { projectDirectory, files = nodeFileSystem }: CommandContext,
  path: string,
): string | undefined {
  return readText(files, `${projectDirectory}/${path}`);
}

function readText(files: FileSystem, path: string): string | undefined {
  const bytes = files.readFile(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** The lock of the project, or `undefined` when there is none. Throws an EnkiError (`invalid-lock`) for a damaged one. */
export function readLock(context: CommandContext): LockOnDisk | undefined {
  const text = readProjectFile(context, LOCK_FILE_NAME);
  return text === undefined ? undefined : { text, resolution: parseLock(text) };
}

/** The lock of the project. Throws an EnkiError (`usage`) when there is none. */
export function requireLock(context: CommandContext): LockOnDisk {
  const lock = readLock(context);
  if (lock !== undefined) return lock;
  throw new EnkiError("usage", `there is no ${LOCK_FILE_NAME} in ${context.projectDirectory}`, {
    hint: "run `enki resolve` first, or name the project with --directory",
  });
}

/**
 * Throws an EnkiError (`lock-mismatch`) when a lock sends downloads to hosts that neither the configuration nor a
 * manifest names.
 */
export function refuseUnknownHosts(
  context: CommandContext,
  resolution: Resolution,
  { ecosystems, workspace }: Service,
  registries: Settings["registries"],
): void {
  const { projectDirectory } = context;
  const where = { projectDirectory, files: nodeFileSystem, environmentVariables: context.host.environment };
  const named = [CONFIGURATION_FILE_NAME, ...workspace.manifests.map(({ file }) => file)]
    .map((file) => readProjectFile(context, file) ?? "")
    .flatMap(hostsNamedIn);
  const knownHosts = new Map(
    [...ecosystems].map(([id, ecosystem]) => {
      const locations = registries.get(id) ?? [];
      // A local registry is the user's own, wherever its documents point.
      if (locations.some(({ kind }) => kind === "path")) return [id, undefined];
      const hosts = ecosystem.downloadHosts?.(locations, where);
      return [id, hosts === undefined ? undefined : new Set([...hosts, ...named])];
    }),
  );
  const unknown = findUnknownHosts(resolution, (id) => knownHosts.get(id));
  const [first] = unknown;
  if (first === undefined) return;
  const hosts = [...new Set(unknown.map(({ host }) => host))].toSorted();
  throw new EnkiError(
    "lock-mismatch",
    `${LOCK_FILE_NAME} sends downloads to ${hosts.join(", ")}, which no configured registry uses (${first.package}${unknown.length > 1 ? ` and ${String(unknown.length - 1)} more` : ""})`,
    {
      hint: "if that is meant, name the registry under [registries] in enki.toml or with --registry; else restore the lock and review the change that brought this in",
    },
  );
}

/** The hosts of all URLs in a manifest: git requirements, indexes of its own. */
function hostsNamedIn(text: string): readonly string[] {
  return [
    ...text.matchAll(/:\/\/(?:[^\s/"'@]{0,256}@)?([A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?)(?=[/"'\s#?]|$)/g),
  ].flatMap(([, host]) => host?.toLowerCase() ?? []);
}

/**
 * The resolution exactly as its lock holds it. Everything else is written from this form, so that `enki resolve` and a
 * later `enki export` give the same bytes. Registry paths become relative to the project.
 */
export function lockedForm(resolution: Resolution, projectDirectory: string): LockOnDisk {
  const provenance = resolution.provenance.map((one) =>
    one.registry.startsWith("/") ? { ...one, registry: relative(projectDirectory, one.registry) || "." } : one,
  );
  const canonical = canonicalResolution({ ...resolution, provenance });
  return { text: formatCanonicalLock(canonical), resolution: canonical };
}

/** The native lockfiles of a resolution, sorted by path. */
export function nativeLocks(context: CommandContext, service: Service, resolution: Resolution): readonly OutputFile[] {
  const { manifests } = service.workspace;
  const existing = (path: string): string | undefined => readProjectFile(context, path);
  const files = [...service.ecosystems.values()].flatMap((ecosystem) =>
    ecosystem.exportLocks({
      resolution,
      manifests: manifests.filter((manifest) => manifest.ecosystem === ecosystem.id),
      existing,
    }),
  );
  return files.toSorted((left, right) => (left.path < right.path ? -1 : 1));
}
