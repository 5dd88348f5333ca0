import { compareVersions } from "../versions/version.ts";
import type { CargoLock, LockedPackage, LockedReference } from "./lock-document.ts";
import { markerLines, withoutCommit } from "./lock-document.ts";

/** Writes a lock exactly as cargo does, whatever the order of its packages. */
export function writeLock(lock: CargoLock): string {
  const lines: string[] = [...markerLines, ...lock.comments];
  if (lock.version >= 3) lines.push(`version = ${lock.version}`);
  lines.push("");
  const packages = lock.packages.toSorted(comparePackages);
  const names = new NameTable(packages);
  for (const package_ of packages) {
    lines.push("[[package]]", ...referenceLines(package_));
    if (package_.checksum !== undefined && lock.version > 1) lines.push(`checksum = ${quote(package_.checksum)}`);
    if (package_.replace !== undefined) {
      lines.push(`replace = ${quote(names.entry(package_.replace, lock.version))}`);
    } else if (package_.dependencies.length > 0) {
      lines.push("dependencies = [");
      for (const entry of sortedEntries(package_.dependencies, names, lock.version)) lines.push(` ${quote(entry)},`);
      lines.push("]");
    }
    lines.push("");
  }
  for (const unused of lock.unusedPatches.toSorted(comparePackages)) {
    lines.push("[[patch.unused]]", ...referenceLines(unused), "");
  }
  const metadata = metadataOf(lock, packages);
  if (metadata.length > 0) {
    lines.push("[metadata]", ...metadata.map(([key, value]) => `${quoteKey(key)} = ${quote(value)}`), "");
  }
  while (lines.at(-1) === "") lines.pop();
  return `${lines.join("\n")}\n`;
}

function referenceLines({ name, version, source }: LockedReference): string[] {
  const lines = [`name = ${quote(name)}`, `version = ${quote(version.text)}`];
  if (source !== undefined) lines.push(`source = ${quote(source)}`);
  return lines;
}

/** Entries sort by name, version **as text** and source, unlike packages; one entry per package. */
function sortedEntries(dependencies: readonly LockedReference[], names: NameTable, version: number): readonly string[] {
  const sorted = dependencies.toSorted(
    (a, b) =>
      compareText(a.name, b.name) ||
      compareText(a.version.text, b.version.text) ||
      compareText(a.source ?? "", b.source ?? ""),
  );
  return [...new Set(sorted.map((dependency) => names.entry(dependency, version)))];
}

/** Knows how much of a reference is needed to be unambiguous within one lock. */
class NameTable {
  readonly #versions = new Map<string, Map<string, Set<string>>>();

  constructor(packages: readonly LockedPackage[]) {
    for (const { name, version, source } of packages) {
      let versions = this.#versions.get(name);
      if (versions === undefined) this.#versions.set(name, (versions = new Map<string, Set<string>>()));
      let sources = versions.get(version.text);
      if (sources === undefined) versions.set(version.text, (sources = new Set()));
      sources.add(source ?? "");
    }
  }

  entry({ name, version, source }: LockedReference, lockVersion: number): string {
    const versions = this.#versions.get(name);
    const suffix = source === undefined ? "" : ` (${withoutCommit(source)})`;
    if (lockVersion === 1) return `${name} ${version.text}${suffix}`;
    if ((versions?.get(version.text)?.size ?? 0) > 1) return `${name} ${version.text}${suffix}`;
    return (versions?.size ?? 0) > 1 ? `${name} ${version.text}` : name;
  }
}

function metadataOf(lock: CargoLock, packages: readonly LockedPackage[]): readonly (readonly [string, string])[] {
  if (lock.version > 1) return lock.metadata;
  const checksums = packages.flatMap(({ name, version, source, checksum }): readonly (readonly [string, string])[] =>
    source === undefined || source.startsWith("git+")
      ? []
      : [[`checksum ${name} ${version.text} (${source})`, checksum ?? "<none>"]],
  );
  const others = lock.metadata.filter(([key]) => !key.startsWith("checksum "));
  return [...checksums, ...others].toSorted(([a], [b]) => compareText(a, b));
}

/** cargo's order of packages: name, version with build metadata, source. */
function comparePackages(left: LockedReference, right: LockedReference): number {
  return (
    compareText(left.name, right.name) ||
    compareVersions(left.version, right.version) ||
    compareSources(left.source, right.source)
  );
}

/** Kinds of sources in cargo's order; among git sources tags come first, then branches, commits and the default. */
const sourceKinds = ["registry+", "sparse+", "local-registry+", "directory+", "git+"];
const gitReferences = ["?tag=", "?branch=", "?rev="];

function compareSources(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined) return (left === undefined ? 0 : 1) - (right === undefined ? 0 : 1);
  const byKind = kindRank(left) - kindRank(right);
  if (byKind !== 0 || !left.startsWith("git+")) return byKind || compareText(left, right);
  // cargo compares the kind of source, which holds the reference, before the URL.
  return (
    referenceRank(left) - referenceRank(right) || compareText(gitUrl(left), gitUrl(right)) || compareText(left, right)
  );
}

function kindRank(source: string): number {
  return sourceKinds.findIndex((kind) => source.startsWith(kind));
}

function referenceRank(source: string): number {
  const found = gitReferences.findIndex((prefix) => source.includes(prefix));
  return found === -1 ? gitReferences.length : found;
}

function gitUrl(source: string): string {
  return withoutCommit(source).replace(/\?.*$/u, "");
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function quote(text: string): string {
  // Names, versions, URLs and checksums have no control characters; JSON's escapes are TOML's too.
  return JSON.stringify(text);
}

function quoteKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/u.test(key) ? key : quote(key);
}
