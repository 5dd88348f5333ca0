import { nestedWithin } from "../../../model/nested-id.ts";
import type { JsonValue } from "../../../model/json.ts";
import type { OutputFile, PackageId, Resolution } from "../../../model/resolution.ts";
import { EnkiError } from "../../../model/enki-error.ts";
import type { ExportContext } from "../../ecosystem.ts";
import { directoryOf } from "../manifest/paths.ts";
import { activate } from "../package/activation.ts";
import type { CrateDetails, DetailedDependency } from "../package/details.ts";
import { readDetails } from "../package/details.ts";
import { parseVersion } from "../versions/version.ts";
import type { CargoVersion } from "../versions/version.ts";
import type { CargoLock, LockedPackage, LockedReference } from "./lock-document.ts";
import { readLock } from "./read-lock.ts";
import { writeLock } from "./write-lock.ts";

/** A package of the resolution, decoded. */
interface Entry {
  readonly id: PackageId;
  readonly name: string;
  readonly version: CargoVersion;
  readonly details: CrateDetails;
  readonly isRoot: boolean;
}

/** Writes one Cargo.lock for every cargo workspace of the resolution, from the resolution alone. */
export function exportCargoLocks({ resolution, existing }: ExportContext): readonly OutputFile[] {
  const entries = readEntries(resolution);
  const files: OutputFile[] = [];
  for (const workspace of workspacesOf(resolution)) {
    if (!/(?:^|\/)Cargo\.toml$/u.test(workspace.file)) continue;
    const directory = directoryOf(workspace.file);
    const path = directory === "" ? "Cargo.lock" : `${directory}/Cargo.lock`;
    const packages = packagesOf(workspace.members, entries, workspace.activatesWeak);
    const lock: CargoLock = {
      version: workspace.lockVersion,
      comments: [],
      packages,
      unusedPatches: workspace.unusedPatches,
      metadata: [],
    };
    files.push({ path, content: writeOver(existing(path), path, lock) });
  }
  return files;
}

/**
 * Writes a lock in place of an older one, as cargo does: comments and metadata of others stay, and when nothing else is
 * new the format version stays too, so that an unchanged answer is an unchanged file.
 */
function writeOver(existing: string | undefined, path: string, lock: CargoLock): string {
  if (existing === undefined) return writeLock(lock);
  let previous: CargoLock;
  try {
    previous = readLock(path, existing);
  } catch (error) {
    // A lock that can't be read is replaced: it is an output, the answer does not depend on it.
    if (error instanceof EnkiError) return writeLock(lock);
    throw error;
  }
  const kept = { ...lock, comments: previous.comments, metadata: previous.metadata };
  const unchanged = writeLock({ ...kept, version: previous.version });
  return unchanged === existing.replaceAll("\r\n", "\n") ? existing : writeLock(kept);
}

interface Workspace {
  readonly file: string;
  readonly lockVersion: 1 | 2 | 3 | 4;
  readonly members: readonly PackageId[];
  readonly activatesWeak: boolean;
  readonly unusedPatches: readonly LockedReference[];
}

function workspacesOf(resolution: Resolution): readonly Workspace[] {
  const workspaces = new Map<string, Workspace & { readonly members: PackageId[] }>();
  for (const root of resolution.roots) {
    if (root.ecosystem !== "cargo") continue;
    const { workspace, lockVersion, isVirtual, weakFeatures, unusedPatches } = root.details;
    if (typeof workspace !== "string") continue;
    let known = workspaces.get(workspace);
    if (known === undefined) {
      const version = lockVersion === 1 || lockVersion === 2 || lockVersion === 3 ? lockVersion : 4;
      known = {
        file: workspace,
        lockVersion: version,
        members: [],
        activatesWeak: weakFeatures !== "omit",
        unusedPatches: readReferences(unusedPatches),
      };
      workspaces.set(workspace, known);
    }
    if (isVirtual !== true) known.members.push(root.id);
  }
  return [...workspaces.values()].toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

function readReferences(value: JsonValue | undefined): readonly LockedReference[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[]).flatMap((item) => {
    if (typeof item !== "object" || item === null || !("name" in item)) return [];
    const { name, version: text, source } = item;
    const version = typeof text === "string" ? parseVersion(text) : undefined;
    if (typeof name !== "string" || version === undefined) return [];
    return [{ name, version, source: typeof source === "string" ? source : undefined }];
  });
}

function readEntries(resolution: Resolution): ReadonlyMap<PackageId, Entry> {
  const entries = new Map<PackageId, Entry>();
  for (const [isRoot, packages] of [
    [true, resolution.roots],
    [false, resolution.packages],
  ] as const) {
    for (const { id, ecosystem, name, version: text, details: json } of packages) {
      // What is built inside of other packages has no lockfile here.
      if (ecosystem !== "cargo" || name === undefined || nestedWithin(id) !== undefined) continue;
      const version = parseVersion(text ?? "");
      const details = readDetails(json);
      if (version === undefined || details === undefined) {
        throw new EnkiError("invalid-lock", `the lock's facts about ${id} are not readable`);
      }
      entries.set(id, { id, name, version, details, isRoot });
    }
  }
  return entries;
}

function packagesOf(
  members: readonly PackageId[],
  entries: ReadonlyMap<PackageId, Entry>,
  activatesWeak: boolean,
): readonly LockedPackage[] {
  const entryOf = (id: PackageId): Entry => {
    const entry = entries.get(id);
    if (entry === undefined) throw new EnkiError("invalid-lock", `the lock refers to ${id}, which it does not hold`);
    return entry;
  };
  // What is switched on by one workspace must not show up in the lock of another, so reachability is found anew.
  const used = activate<Entry, DetailedDependency>(
    members.map((id) => ({ package: entryOf(id), features: [] })),
    {
      look: ({ details, isRoot }) => ({
        isMember: isRoot,
        features: details.features,
        dependencies: details.dependencies,
      }),
      targetOf(_from, { resolved }) {
        const { replacedBy } = entryOf(resolved).details;
        return entryOf(replacedBy ?? resolved);
      },
      activatesWeak,
    },
  );
  const named = new Set(used.flatMap(({ dependencies }) => dependencies.map(({ dependency }) => dependency.resolved)));
  const replaced = [...named].flatMap((id): readonly LockedPackage[] => {
    const entry = entryOf(id);
    const { checksum, replacedBy } = entry.details;
    if (replacedBy === undefined) return [];
    return [{ ...toReference(entry), checksum, dependencies: [], replace: toReference(entryOf(replacedBy)) }];
  });
  const built = used.map(({ package: entry, dependencies }) => ({
    ...toReference(entry),
    checksum: entry.details.checksum,
    dependencies: uniqueReferences(dependencies.map(({ dependency }) => toReference(entryOf(dependency.resolved)))),
    replace: undefined,
  }));
  return [...built, ...replaced];
}

function uniqueReferences(references: readonly LockedReference[]): readonly LockedReference[] {
  const seen = new Map<string, LockedReference>();
  for (const reference of references) {
    seen.set(`${reference.name} ${reference.version.text} ${reference.source ?? ""}`, reference);
  }
  return [...seen.values()];
}

function toReference({ name, version, details }: Entry): LockedReference {
  const { source, commit } = details;
  if (source.startsWith("path+")) return { name, version, source: undefined };
  return { name, version, source: commit === undefined ? source : `${source}#${commit}` };
}
