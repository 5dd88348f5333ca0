import { changedHashes, refuseChangedHashes } from "./changed-hashes.ts";
import type {
  CollectContext,
  Ecosystem,
  LockedPreference,
  NestedProject,
  PackageSource,
  Selection,
} from "../ecosystems/ecosystem.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { FileSystem } from "../model/file-system.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import { nestedId, nestedWithin, withoutNesting } from "../model/nested-id.ts";
import type { EcosystemResolution, Edge, PackageId, ResolvedPackage } from "../model/resolution.ts";
import type { Dependency } from "../solver/provider.ts";

/** Where the files of a nested project seem to lie. */
export const NESTED_DIRECTORY = "/nested";

/** A project inside of another package, with a source of its own: its packages share no version with the service's. */
export interface OpenedProject {
  readonly project: NestedProject;
  readonly manifest: Manifest;
  readonly source: PackageSource;
  /** What the package around it depends on for it. */
  readonly dependencies: readonly Dependency[];
  /** What the lock inside it holds; `undefined` when it has none that can be read. */
  readonly locked: readonly ResolvedPackage[] | undefined;
}

/** Its manifest, or what is wrong with it. */
export function readNestedManifest(
  definition: Ecosystem,
  project: NestedProject,
  files: FileSystem,
): { readonly manifest?: Manifest | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const bytes = new TextEncoder().encode(project.files.get(project.manifest) ?? "");
  const reading = definition.readManifest(project.manifest, bytes, { projectDirectory: NESTED_DIRECTORY, files });
  const errors = reading.diagnostics.filter(({ severity }) => severity === "error");
  return errors.length > 0 ? { diagnostics: errors } : { manifest: reading.manifest, diagnostics: [] };
}

/**
 * The files of a nested project. What the project around it says about registries (`.cargo/config.toml`, `.npmrc`) holds
 * for it too; nothing else of the disk is seen.
 */
export function nestedFiles(project: NestedProject, around: FileSystem, projectDirectory: string): FileSystem {
  const root = `${NESTED_DIRECTORY}/`;
  const folders = new Map<string, Set<string>>([[NESTED_DIRECTORY, new Set()]]);
  for (const path of project.files.keys()) {
    const steps = `${NESTED_DIRECTORY}/${path}`.split("/");
    for (let length = 2; length < steps.length; length++) {
      const folder = steps.slice(0, length).join("/");
      const names = folders.get(folder) ?? new Set<string>();
      folders.set(folder, names.add(steps[length] ?? ""));
    }
  }
  const isConfiguration = (path: string): boolean => path.startsWith(`${root}.`);
  const outside = (path: string): string => `${projectDirectory}/${path.slice(root.length)}`;
  return {
    readFile(path) {
      if (isConfiguration(path)) return around.readFile(outside(path));
      if (!path.startsWith(root)) return around.readFile(path);
      const text = project.files.get(path.slice(root.length));
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    readDirectory: (path) => {
      const names = folders.get(path);
      return names === undefined ? undefined : [...names].toSorted();
    },
    kind(path) {
      if (isConfiguration(path)) return around.kind(outside(path));
      if (!path.startsWith(root) && path !== NESTED_DIRECTORY) return around.kind(path);
      if (project.files.has(path.slice(root.length))) return "file";
      return folders.has(path) ? "directory" : undefined;
    },
  };
}

/** The pins of an earlier lock that belong to a nested project, else what the lock inside it holds. */
export function nestedPreferences(
  ecosystem: Ecosystem,
  project: NestedProject,
  all: readonly LockedPreference[],
): { readonly preferences: readonly LockedPreference[]; readonly locked: readonly ResolvedPackage[] | undefined } {
  const kept = all.filter((one) => nestedWithin(one.package.id) === project.within);
  const text = project.lock === undefined ? undefined : project.files.get(project.lock);
  const locked = text === undefined ? undefined : ecosystem.importLock?.(project.lock ?? "", text);
  if (kept.length > 0) {
    const preferences = kept.map(({ package: package_, ...rest }) => ({
      ...rest,
      package: { ...package_, id: withoutNesting(package_.id) },
    }));
    return { preferences, locked };
  }
  const pinned = (locked ?? []).map((package_) => ({
    name: package_.name,
    version: package_.version,
    package: package_,
  }));
  return { preferences: pinned, locked };
}

/**
 * What was selected of a nested project, as a part of the package around it: ids of its own, edges from that package, in
 * its build environment. Throws an EnkiError (`integrity-mismatch`) when the registry has other files than the lock
 * inside it says.
 */
export async function collectNested(
  opened: OpenedProject,
  selection: Selection,
  context: Pick<CollectContext, "foreignPackageId" | "signal">,
): Promise<EcosystemResolution | undefined> {
  const { project, manifest, source, dependencies, locked } = opened;
  const { within } = project;
  if (!dependencies.some((dependency) => selection.candidate(dependency.package) !== undefined)) return undefined;
  const part = await source.collect(selection, { manifests: [manifest], ...context });
  const nothing = { roots: [], instances: [], edges: [], targets: [], provenance: [], fidelity: [] };
  const before = { ...nothing, packages: locked ?? [] };
  if (changedHashes(before, { ...nothing, packages: part.packages }).length > 0) {
    refuseChangedHashes(before, { ...nothing, packages: part.packages });
  }
  const roots = new Set(part.roots.map(({ id }) => id));
  const ids = new Map<string, PackageId>(part.packages.map(({ id }) => [id, nestedId(id, within)]));
  for (const root of roots) ids.set(root, within);
  const environment = `build:${within}` as const;
  return {
    roots: [],
    packages: part.packages.map((package_) => ({
      ...package_,
      id: nestedId(package_.id, within),
      details: renamed(package_.details, ids),
    })),
    instances: part.instances
      .filter((instance) => !roots.has(instance.package))
      .map(({ path: _path, ...instance }) => ({
        ...instance,
        package: ids.get(instance.package) ?? instance.package,
        environment,
      })),
    edges: part.edges.flatMap((edge): readonly Edge[] => {
      const [from, to] = [ids.get(edge.from) ?? edge.from, ids.get(edge.to) ?? edge.to];
      if (from === to) return [];
      const fromAround: Partial<Edge> = roots.has(edge.from) ? { kind: "build", why: project.why } : {};
      return [{ ...edge, from, to, environment, ...fromAround }];
    }),
    provenance: part.provenance,
    fidelity: { ...part.fidelity, unverified: [...part.fidelity.unverified, ...departures(project, part, locked)] },
  };
}

/** How the packages differ from those that the author locked. */
function departures(
  { within, lock }: NestedProject,
  part: EcosystemResolution,
  locked: readonly ResolvedPackage[] | undefined,
): readonly string[] {
  if (lock === undefined || locked === undefined) {
    return [`${within}: what it builds inside is locked by Enki, because it has no lockfile of its own`];
  }
  const known = new Set(locked.map(({ id }) => id));
  const others = part.packages.filter(({ id, artifacts }) => artifacts.length > 0 && !known.has(id));
  if (others.length === 0) return [];
  const names = others.map(({ name, version }) => `${name} ${version}`).join(", ");
  return [`${within}: its own ${lock} does not hold ${names}`];
}

/** Details with ids of packages replaced, wherever they stand. */
function renamed(details: JsonObject, ids: ReadonlyMap<string, PackageId>): JsonObject {
  const walk = (value: JsonValue): JsonValue => {
    if (typeof value === "string") return ids.get(value) ?? value;
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return (value as readonly JsonValue[]).map(walk);
    return Object.fromEntries(Object.entries(value as JsonObject).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(details) as JsonObject;
}
