import type { OutputFile, PackageId, Resolution } from "../../../model/resolution.ts";
import { EnkiError } from "../../../model/enki-error.ts";
import type { ExportContext } from "../../ecosystem.ts";
import { directoryOf } from "../manifest/paths.ts";
import { activate } from "../package/activation.ts";
import type { CrateDetails, DetailedDependency } from "../package/details.ts";
import { readDetails } from "../package/details.ts";
import { parseVersion } from "../versions/version.ts";
import type { CargoVersion } from "../versions/version.ts";
import type { LockedPackage, LockedReference } from "./lock-document.ts";
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
    const content = writeLock({
      version: workspace.lockVersion,
      comments: [],
      packages,
      unusedPatches: [],
      metadata: [],
    });
    void existing;
    files.push({ path, content });
  }
  return files;
}

interface Workspace {
  readonly file: string;
  readonly lockVersion: 1 | 2 | 3 | 4;
  readonly members: readonly PackageId[];
  readonly activatesWeak: boolean;
}

function workspacesOf(resolution: Resolution): readonly Workspace[] {
  const workspaces = new Map<
    string,
    { file: string; lockVersion: 1 | 2 | 3 | 4; members: PackageId[]; activatesWeak: boolean }
  >();
  for (const root of resolution.roots) {
    if (root.ecosystem !== "cargo") continue;
    const { workspace, lockVersion, isVirtual, weakFeatures } = root.details;
    if (typeof workspace !== "string") continue;
    let known = workspaces.get(workspace);
    if (known === undefined) {
      const version = lockVersion === 1 || lockVersion === 2 || lockVersion === 3 ? lockVersion : 4;
      known = { file: workspace, lockVersion: version, members: [], activatesWeak: weakFeatures !== "omit" };
      workspaces.set(workspace, known);
    }
    if (isVirtual !== true) known.members.push(root.id);
  }
  return [...workspaces.values()].toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

function readEntries(resolution: Resolution): ReadonlyMap<PackageId, Entry> {
  const entries = new Map<PackageId, Entry>();
  for (const [isRoot, packages] of [
    [true, resolution.roots],
    [false, resolution.packages],
  ] as const) {
    for (const { id, ecosystem, name, version: text, details: json } of packages) {
      if (ecosystem !== "cargo" || name === undefined) continue;
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
      targetOf: (_from, dependency) => entryOf(dependency.resolved),
      activatesWeak,
    },
  );
  return used.map(({ package: entry, dependencies }) => ({
    ...toReference(entry),
    checksum: entry.details.checksum,
    dependencies: uniqueReferences(dependencies.map(({ target }) => toReference(target))),
    replace: undefined,
  }));
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
