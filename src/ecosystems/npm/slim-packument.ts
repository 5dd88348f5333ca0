import type { JsonObject } from "../../model/json.ts";
import { EnkiError } from "../../model/enki-error.ts";
import { hasInstallScript, isJsonObject, stringEntries, stringList } from "./package-metadata.ts";
import {
  digestBytes,
  slimMark,
  slimOffsets,
  type SlimCounts,
  type SlimHeader,
  type VersionKind,
} from "./slim-layout.ts";
import { sortVersions, type SortedVersions } from "./sort-versions.ts";

/** An integrity of one SHA-512 in its only spelling, which the block of digests can hold. */
const plainIntegrity = /^sha512-[A-Za-z\d+/]{85}[AQgw]==$/;

/**
 * What of a version is kept: everything that a lock entry may need, as the registry wrote it. Absent fields cost nothing.
 * `resolved` and `integrity` are here only when they are unusual; an integrity of `null` says that there is none.
 */
function keptFields(manifest: JsonObject, tarball: string | undefined): object {
  const dist = isJsonObject(manifest["dist"]) ? manifest["dist"] : {};
  const { integrity } = dist;
  return {
    resolved: tarball,
    integrity: isPlainIntegrity(integrity) ? undefined : (integrity ?? null),
    shasum: integrity === undefined ? dist["shasum"] : undefined,
    dependencies: manifest["dependencies"],
    optionalDependencies: manifest["optionalDependencies"],
    peerDependencies: manifest["peerDependencies"],
    peerDependenciesMeta: manifest["peerDependenciesMeta"],
    bundleDependencies: manifest["bundleDependencies"] ?? manifest["bundledDependencies"],
    acceptDependencies: manifest["acceptDependencies"],
    engines: manifest["engines"],
    os: manifest["os"],
    cpu: manifest["cpu"],
    libc: manifest["libc"],
    bin: manifest["bin"],
    license: manifest["license"],
    funding: manifest["funding"],
    workspaces: manifest["workspaces"],
    deprecated: manifest["deprecated"],
    gypfile: manifest["gypfile"],
    hasInstallScript: hasInstallScript(manifest) || undefined,
    hasShrinkwrap: manifest["_hasShrinkwrap"] === true || undefined,
  };
}

function isPlainIntegrity(integrity: unknown): integrity is string {
  return typeof integrity === "string" && plainIntegrity.test(integrity);
}

function platformText(manifest: JsonObject): string | undefined {
  const lists = ["os", "cpu", "libc"].map((field) => stringList(manifest[field]).join(","));
  return lists.every((list) => list === "") ? undefined : lists.join(" ");
}

/** What stands before the version in the address of the newest version's tarball. */
function tarballPrefixOf(version: string | undefined, tarball: string | undefined): string {
  const ending = `${version ?? ""}.tgz`;
  return tarball?.endsWith(ending) === true ? tarball.slice(0, -ending.length) : "";
}

/** Versions that say the same, in the order of the versions. */
class Runs {
  readonly firsts: number[] = [];
  readonly lines: string[] = [];
  readonly kinds: VersionKind[] = [];
  /** Stretches of versions of one kind. */
  readonly kindFirsts: number[] = [];
  readonly kindOf: number[] = [];
  readonly #known = new Map<string, number>();

  push(index: number, line: string, kindOf: () => VersionKind): void {
    if (line === this.lines.at(-1)) return;
    this.firsts.push(index);
    this.lines.push(line);
    const kind = kindOf();
    const key = JSON.stringify(kind);
    let number = this.#known.get(key);
    if (number === undefined) {
      number = this.kinds.length;
      this.kinds.push(kind);
      this.#known.set(key, number);
    }
    if (number === this.kindOf.at(-1)) return;
    this.kindFirsts.push(index);
    this.kindOf.push(number);
  }
}

function kindOfManifest(manifest: JsonObject): VersionKind {
  const engine = isJsonObject(manifest["engines"]) ? manifest["engines"]["node"] : undefined;
  return {
    isDeprecated: typeof manifest["deprecated"] === "string" && manifest["deprecated"] !== "",
    engine: typeof engine === "string" ? engine : null,
    platform: platformText(manifest) ?? null,
  };
}

/** Texts one after the other with a byte between two, and where each of them ends. */
function joinTexts(texts: readonly string[]): { bytes: Buffer; ends: number[] } {
  const bytes = Buffer.from(texts.join("\n"));
  const ends: number[] = [];
  const isPlain = bytes.length === texts.reduce((sum, text) => sum + text.length + 1, -1);
  let at = 0;
  for (const text of texts) {
    at += isPlain ? text.length : Buffer.byteLength(text);
    ends.push(at);
    at += 1;
  }
  return { bytes, ends };
}

/**
 * Turns a packument (npm's document of one package, full or abbreviated) into Enki's slim form ({@link SlimCounts}):
 * tables that are used as they lie in the cache, and the lock fields of each run of versions as JSON, to be parsed only
 * when a version of the run is looked at. Versions that make no sense are left out; `undefined` when the document is no
 * packument.
 */
export function slimPackument(document: unknown): Uint8Array | undefined {
  if (!isJsonObject(document) || !isJsonObject(document["versions"])) return undefined;
  const manifests = new Map<string, { readonly manifest: JsonObject; readonly tarball: string }>();
  for (const [version, manifest] of Object.entries(document["versions"])) {
    if (!isJsonObject(manifest) || !isJsonObject(manifest["dist"])) continue;
    const { tarball } = manifest["dist"];
    if (typeof tarball === "string" && tarball !== "") manifests.set(version, { manifest, tarball });
  }
  const sorted = sortVersions(manifests.keys());
  const { versions } = sorted;
  const newest = versions.at(-1);
  const tarballPrefix = tarballPrefixOf(newest, manifests.get(newest ?? "")?.tarball);
  const runs = new Runs();
  const integrities: (string | undefined)[] = [];
  versions.forEach((version, index) => {
    const known = manifests.get(version);
    if (known === undefined) return;
    const { manifest, tarball } = known;
    const isUsual = tarballPrefix !== "" && tarball === `${tarballPrefix}${version}.tgz`;
    const line = JSON.stringify(keptFields(manifest, isUsual ? undefined : tarball));
    const integrity = isJsonObject(manifest["dist"]) ? manifest["dist"]["integrity"] : undefined;
    integrities.push(isPlainIntegrity(integrity) ? integrity : undefined);
    runs.push(index, line, () => kindOfManifest(manifest));
  });
  const time = new Map(stringEntries(document["time"]));
  const header: SlimHeader = {
    tags: stringEntries(document["dist-tags"]),
    tarballPrefix,
    kinds: runs.kinds,
    ...(time.size > 0 && { times: versions.map((version) => time.get(version) ?? null) }),
  };
  return writeSlim(sorted, header, runs, integrities);
}

function writeSlim(
  { versions, prereleases, numbers }: SortedVersions,
  header: SlimHeader,
  runs: Runs,
  integrities: readonly (string | undefined)[],
): Uint8Array {
  const headerBytes = Buffer.from(JSON.stringify(header));
  const texts = joinTexts(versions);
  const lines = joinTexts(runs.lines);
  const counts: SlimCounts = {
    versions: versions.length,
    prereleases: prereleases.length,
    stretches: runs.kindFirsts.length,
    runs: runs.firsts.length,
    headerBytes: headerBytes.length,
    textBytes: texts.bytes.length,
    lineBytes: lines.bytes.length,
  };
  const offsets = slimOffsets(counts);
  const bytes = Buffer.from(new ArrayBuffer(offsets.totalBytes));
  const tables = new Int32Array(bytes.buffer, 0, offsets.headerByte / 4);
  tables.set([slimMark, ...Object.values(counts)]);
  tables.set(numbers, offsets.numbers);
  tables.set(prereleases, offsets.prereleases);
  tables.set(texts.ends, offsets.textEnds);
  tables.set(runs.kindFirsts, offsets.kindFirsts);
  tables.set(runs.kindOf, offsets.kindOf);
  tables.set(runs.firsts, offsets.runFirsts);
  tables.set(lines.ends, offsets.lineEnds);
  bytes.set(headerBytes, offsets.headerByte);
  bytes.set(texts.bytes, offsets.textByte);
  bytes.set(lines.bytes, offsets.lineByte);
  integrities.forEach((integrity, index) => {
    if (integrity === undefined) return;
    bytes.write(integrity.slice("sha512-".length), offsets.digestByte + index * digestBytes, "base64");
  });
  return bytes;
}

/** {@link slimPackument} of the bytes that a registry sent. Throws an EnkiError when they are no packument. */
export function slimPackumentBytes(name: string, body: Uint8Array): Uint8Array {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  } catch (error) {
    throw new EnkiError("invalid-registry-document", `The registry's document of ${name} is not JSON`, {
      cause: error,
    });
  }
  const slim = slimPackument(document);
  if (slim === undefined) {
    throw new EnkiError("invalid-registry-document", `The registry's document of ${name} has no table of versions`);
  }
  return slim;
}
