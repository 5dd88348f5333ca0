import type { JsonObject, JsonValue } from "../../model/json.ts";
import { EnkiError } from "../../model/enki-error.ts";
import { isJsonObject, isNativeBuild, lockFieldsOf, stringEntries } from "./package-metadata.ts";
import { sortVersions } from "./version-list.ts";

/** Name and version of the slim form; part of the cache key, so change it whenever the form changes. */
export const slimFormat = "npm-slim-3";

/** The first line of a slim packument. */
export interface SlimHeader {
  readonly name: string;
  /** Dist-tags in the registry's order. */
  readonly tags: readonly (readonly [string, string])[];
  /** Ascending. */
  readonly versions: readonly string[];
  readonly prereleases: readonly number[];
  /** Indices of deprecated versions. */
  readonly deprecated: readonly number[];
  /** The distinct `engines.node` ranges, and per version the index of its range (or -1). Absent when there is none. */
  readonly engines?: { readonly ranges: readonly string[]; readonly of: readonly number[] };
  /** The distinct `[os, cpu]` restrictions, and per version the index (or -1). Absent when there is none. */
  readonly platforms?: { readonly kinds: readonly JsonValue[]; readonly of: readonly number[] };
  /** Publication moments, RFC 3339, per version; `null` where unknown. Absent when the registry gave none at all. */
  readonly times?: readonly (string | null)[];
  /** Whether the registry sent the full document, which names licences and funding. */
  readonly isFull: boolean;
}

/** Per version the index of a value in the list of distinct values. */
class Distinct {
  readonly values: JsonValue[] = [];
  readonly of: number[] = [];
  readonly #known = new Map<string, number>();

  push(value: JsonValue | undefined): void {
    if (value === undefined) {
      this.of.push(-1);
      return;
    }
    const key = JSON.stringify(value);
    let index = this.#known.get(key);
    if (index === undefined) {
      index = this.values.length;
      this.values.push(value);
      this.#known.set(key, index);
    }
    this.of.push(index);
  }
}

function slimVersion(name: string, manifest: JsonObject): JsonObject | undefined {
  const dist = manifest["dist"];
  if (!isJsonObject(dist) || typeof dist["tarball"] !== "string" || dist["tarball"] === "") return undefined;
  const fields: [string, JsonValue][] = Object.entries(lockFieldsOf(name, manifest));
  fields.push(["resolved", dist["tarball"]]);
  if (typeof dist["integrity"] === "string" && dist["integrity"] !== "") fields.push(["integrity", dist["integrity"]]);
  if (typeof dist["shasum"] === "string" && typeof dist["integrity"] !== "string") {
    fields.push(["shasum", dist["shasum"]]);
  }
  if (typeof dist["unpackedSize"] === "number") fields.push(["unpackedSize", dist["unpackedSize"]]);
  if (manifest["_hasShrinkwrap"] === true) fields.push(["hasShrinkwrap", true]);
  if (isNativeBuild(manifest)) fields.push(["native", true]);
  return Object.fromEntries(fields);
}

/**
 * Turns a packument (npm's document of one package, full or abbreviated) into Enki's slim form: one JSON line with what
 * choosing a version needs, then one JSON line per version with its lock fields, to be parsed only for the versions
 * that are looked at. Versions that make no sense are left out; `undefined` when the document is no packument.
 */
export function slimPackument(name: string, document: unknown): Uint8Array | undefined {
  if (!isJsonObject(document) || !isJsonObject(document["versions"])) return undefined;
  const manifests = new Map<string, JsonObject>();
  for (const [version, manifest] of Object.entries(document["versions"])) {
    if (!isJsonObject(manifest)) continue;
    const slim = slimVersion(name, manifest);
    if (slim !== undefined) manifests.set(version, slim);
  }
  const { versions, prereleases } = sortVersions(manifests.keys());
  const engines = new Distinct();
  const platforms = new Distinct();
  const deprecated: number[] = [];
  const lines: string[] = [];
  versions.forEach((version, index) => {
    const slim = manifests.get(version);
    if (slim === undefined) return;
    if (slim["deprecated"] !== undefined) deprecated.push(index);
    const nodeEngine = isJsonObject(slim["engines"]) ? slim["engines"]["node"] : undefined;
    engines.push(typeof nodeEngine === "string" ? nodeEngine : undefined);
    const restricts = slim["os"] !== undefined || slim["cpu"] !== undefined;
    platforms.push(restricts ? [slim["os"] ?? null, slim["cpu"] ?? null] : undefined);
    lines.push(JSON.stringify(slim));
  });
  const time = new Map(stringEntries(document["time"]));
  const header: SlimHeader = {
    name,
    tags: stringEntries(document["dist-tags"]),
    versions,
    prereleases,
    deprecated,
    ...(engines.values.length > 0 && { engines: { ranges: engines.values.map(String), of: engines.of } }),
    ...(platforms.values.length > 0 && { platforms: { kinds: platforms.values, of: platforms.of } }),
    ...(time.size > 0 && { times: versions.map((version) => time.get(version) ?? null) }),
    isFull: time.size > 0 || document["readme"] !== undefined,
  };
  return Buffer.from([JSON.stringify(header), ...lines].join("\n"));
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
