import type { JsonObject } from "../../model/json.ts";
import { EnkiError } from "../../model/enki-error.ts";
import { hasInstallScript, isJsonObject, stringEntries, stringList } from "./package-metadata.ts";
import { sortVersions } from "./version-list.ts";

/** Name and version of the slim form; part of the cache key, so change it whenever the form changes. */
export const slimFormat = "npm-slim-5";

/** Bytes of one SHA-512 digest. */
export const digestBytes = 64;

/** An integrity of one SHA-512 in its only spelling, which the block of digests can hold. */
const plainIntegrity = /^sha512-[A-Za-z\d+/]{85}[AQgw]==$/;

/** The first line of a slim packument. Its lists go by runs: neighbouring versions that say the same but for their tarball. */
export interface SlimHeader {
  readonly name: string;
  /** Dist-tags in the registry's order. */
  readonly tags: readonly (readonly [string, string])[];
  /** Ascending. */
  readonly versions: readonly string[];
  readonly prereleases: readonly number[];
  /** How many versions each run holds, in the order of the versions. */
  readonly runs: readonly number[];
  /** What stands before the version in the address of a tarball; `.tgz` stands after it. */
  readonly tarballPrefix: string;
  /** The runs that are deprecated. */
  readonly deprecated: readonly number[];
  /** The distinct `engines.node` ranges, and per run the index of its range (or -1). Absent when there is none. */
  readonly engines?: { readonly ranges: readonly string[]; readonly of: readonly number[] };
  /** The distinct restrictions `os,os cpu,cpu`, and per run the index (or -1). Absent when there is none. */
  readonly platforms?: { readonly kinds: readonly string[]; readonly of: readonly number[] };
  /** Publication moments, RFC 3339, per version; `null` where unknown. Absent when the registry gave none at all. */
  readonly times?: readonly (string | null)[];
}

/** Per run the index of a text in the list of distinct texts. */
class Distinct {
  readonly texts: string[] = [];
  readonly of: number[] = [];
  readonly #known = new Map<string, number>();

  push(text: string | undefined): void {
    if (text === undefined) {
      this.of.push(-1);
      return;
    }
    let index = this.#known.get(text);
    if (index === undefined) {
      index = this.texts.length;
      this.texts.push(text);
      this.#known.set(text, index);
    }
    this.of.push(index);
  }
}

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
  const os = stringList(manifest["os"]);
  const cpu = stringList(manifest["cpu"]);
  return os.length + cpu.length === 0 ? undefined : `${os.join(",")} ${cpu.join(",")}`;
}

/** What stands before the version in the address of the newest version's tarball. */
function tarballPrefixOf(version: string | undefined, tarball: string | undefined): string {
  const ending = `${version ?? ""}.tgz`;
  return tarball?.endsWith(ending) === true ? tarball.slice(0, -ending.length) : "";
}

/**
 * Turns a packument (npm's document of one package, full or abbreviated) into Enki's slim form: one JSON line with what
 * choosing a version needs; one JSON line per run of versions with their lock fields, to be parsed only when a version
 * of the run is looked at; and the SHA-512 digests of all versions, 64 bytes each. Versions that make no sense are left
 * out; `undefined` when the document is no packument.
 */
export function slimPackument(name: string, document: unknown): Uint8Array | undefined {
  if (!isJsonObject(document) || !isJsonObject(document["versions"])) return undefined;
  const manifests = new Map<string, { readonly manifest: JsonObject; readonly tarball: string }>();
  for (const [version, manifest] of Object.entries(document["versions"])) {
    if (!isJsonObject(manifest) || !isJsonObject(manifest["dist"])) continue;
    const { tarball } = manifest["dist"];
    if (typeof tarball === "string" && tarball !== "") manifests.set(version, { manifest, tarball });
  }
  const { versions, prereleases } = sortVersions(manifests.keys());
  const newest = versions.at(-1);
  const tarballPrefix = tarballPrefixOf(newest, manifests.get(newest ?? "")?.tarball);
  const engines = new Distinct();
  const platforms = new Distinct();
  const deprecated: number[] = [];
  const runs: number[] = [];
  const lines: string[] = [""];
  const digests = Buffer.alloc(versions.length * digestBytes);
  versions.forEach((version, index) => {
    const known = manifests.get(version);
    if (known === undefined) return;
    const { manifest, tarball } = known;
    const isUsual = tarballPrefix !== "" && tarball === `${tarballPrefix}${version}.tgz`;
    const line = JSON.stringify(keptFields(manifest, isUsual ? undefined : tarball));
    const integrity = isJsonObject(manifest["dist"]) ? manifest["dist"]["integrity"] : undefined;
    if (isPlainIntegrity(integrity)) digests.write(integrity.slice("sha512-".length), index * digestBytes, "base64");
    if (line === lines.at(-1)) {
      runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
      return;
    }
    if (typeof manifest["deprecated"] === "string" && manifest["deprecated"] !== "") deprecated.push(runs.length);
    const nodeEngine = isJsonObject(manifest["engines"]) ? manifest["engines"]["node"] : undefined;
    engines.push(typeof nodeEngine === "string" ? nodeEngine : undefined);
    platforms.push(platformText(manifest));
    lines.push(line);
    runs.push(1);
  });
  const time = new Map(stringEntries(document["time"]));
  const header: SlimHeader = {
    name,
    tags: stringEntries(document["dist-tags"]),
    versions,
    prereleases,
    runs,
    tarballPrefix,
    deprecated,
    ...(engines.texts.length > 0 && { engines: { ranges: engines.texts, of: engines.of } }),
    ...(platforms.texts.length > 0 && { platforms: { kinds: platforms.texts, of: platforms.of } }),
    ...(time.size > 0 && { times: versions.map((version) => time.get(version) ?? null) }),
  };
  lines[0] = JSON.stringify(header);
  return Buffer.concat([Buffer.from(`${lines.join("\n")}\n`), digests]);
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
  const slim = slimPackument(name, document);
  if (slim === undefined) {
    throw new EnkiError("invalid-registry-document", `The registry's document of ${name} has no table of versions`);
  }
  return slim;
}
