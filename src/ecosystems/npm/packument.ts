import { EnkiError } from "../../model/enki-error.ts";
import type { JsonObject, JsonValue } from "../../model/json.ts";
import { isJsonObject, isNativeBuild, lockFieldsOf, stringEntries, stringList } from "./package-metadata.ts";
import type { SlimHeader } from "./slim-packument.ts";
import { VersionList } from "./version-list.ts";

/** What one version of a package says, ready for resolution. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: ReadonlyMap<string, string>;
  readonly optionalDependencies: ReadonlyMap<string, string>;
  readonly peerDependencies: ReadonlyMap<string, string>;
  /** Peers that need not be there. */
  readonly optionalPeers: ReadonlySet<string>;
  /** Dependencies that the tarball itself carries. */
  readonly bundled: ReadonlySet<string>;
  /** `engines.node`, when it restricts. */
  readonly nodeEngine?: string;
  /** Compiling it needs Python and a C compiler. */
  readonly isNativeBuild: boolean;
  /** Everything that a lock entry repeats, `resolved` and `integrity` included. */
  readonly lockFields: JsonObject;
}

const none: ReadonlyMap<string, string> = new Map();

function entriesOf(value: JsonValue | undefined): ReadonlyMap<string, string> {
  return value === undefined ? none : new Map(stringEntries(value));
}

/** Reads the lock fields of one package version. */
export function packageManifest(name: string, version: string, fields: JsonObject): PackageManifest {
  const optionalPeers = new Set<string>();
  const meta = fields["peerDependenciesMeta"];
  if (isJsonObject(meta)) {
    for (const [peer, value] of Object.entries(meta)) {
      if (isJsonObject(value) && value["optional"] === true) optionalPeers.add(peer);
    }
  }
  const engines = fields["engines"];
  const nodeEngine = isJsonObject(engines) ? engines["node"] : undefined;
  return {
    name,
    version,
    dependencies: entriesOf(fields["dependencies"]),
    optionalDependencies: entriesOf(fields["optionalDependencies"]),
    peerDependencies: entriesOf(fields["peerDependencies"]),
    optionalPeers,
    bundled: new Set(stringList(fields["bundleDependencies"])),
    ...(typeof nodeEngine === "string" && nodeEngine.trim() !== "" && { nodeEngine }),
    isNativeBuild: fields["native"] === true,
    lockFields: fields,
  };
}

/** Fields that the slim form keeps as they are. */
const unchangedFields = ["resolved", "integrity", "shasum", "hasShrinkwrap"];

/** The lock fields of a version in a registry. */
function registryFields(name: string, kept: JsonObject): JsonObject {
  const fields: [string, JsonValue][] = Object.entries(lockFieldsOf(name, kept));
  for (const field of unchangedFields) {
    const value = kept[field];
    if (value === true || (typeof value === "string" && value !== "")) fields.push([field, value]);
  }
  if (isNativeBuild(kept)) fields.push(["native", true]);
  return Object.fromEntries(fields);
}

/** The versions of one package in a registry. Lines of single versions are parsed when they are first looked at. */
export class Packument {
  readonly name: string;
  readonly list: VersionList;
  readonly tags: ReadonlyMap<string, string>;
  readonly header: SlimHeader;
  readonly #deprecated: ReadonlySet<number>;
  readonly #body: Buffer;
  /** Where the line of each version begins; the last entry is the end. */
  readonly #starts: Uint32Array;
  readonly #manifests: (PackageManifest | undefined)[];

  /** Reads the slim form. Throws an EnkiError when it is damaged. */
  constructor(name: string, slim: Uint8Array) {
    this.name = name;
    this.#body = Buffer.from(slim.buffer, slim.byteOffset, slim.byteLength);
    const end = this.#body.indexOf(10);
    const headerText = this.#body.toString("utf8", 0, end === -1 ? this.#body.length : end);
    this.header = decodeHeader(name, headerText);
    this.list = new VersionList(this.header.versions, this.header.prereleases);
    this.tags = new Map(this.header.tags);
    this.#deprecated = new Set(this.header.deprecated);
    const count = this.header.versions.length;
    this.#manifests = Array.from({ length: count }, () => undefined);
    this.#starts = new Uint32Array(count + 1);
    let position = end === -1 ? this.#body.length : end + 1;
    for (let index = 0; index < count; index++) {
      this.#starts[index] = position;
      const next = this.#body.indexOf(10, position);
      position = next === -1 ? this.#body.length + 1 : next + 1;
    }
    this.#starts[count] = position;
  }

  isDeprecated(index: number): boolean {
    return this.#deprecated.has(index);
  }

  /** The `engines.node` range of a version, when it has one. */
  nodeEngine(index: number): string | undefined {
    const engines = this.header.engines;
    return engines?.ranges[engines.of[index] ?? -1];
  }

  /** The operating systems and processors that a version restricts itself to. */
  platform(index: number): { os: readonly string[]; cpu: readonly string[] } | undefined {
    const kind = this.header.platforms?.kinds[this.header.platforms.of[index] ?? -1];
    if (kind === undefined) return undefined;
    const [os = "", cpu = ""] = kind.split(" ");
    return { os: os === "" ? [] : os.split(","), cpu: cpu === "" ? [] : cpu.split(",") };
  }

  /** When a version was published, in milliseconds since 1970, or `undefined` when the registry does not say. */
  publishedAtMs(index: number): number | undefined {
    const text = this.header.times?.[index];
    const moment = typeof text === "string" ? Date.parse(text) : Number.NaN;
    return Number.isNaN(moment) ? undefined : moment;
  }

  /** What version number `index` of {@link list} says. */
  manifest(index: number): PackageManifest {
    const known = this.#manifests[index];
    if (known !== undefined) return known;
    const version = this.list.versions[index];
    const start = this.#starts[index];
    const end = this.#starts[index + 1];
    if (version === undefined || start === undefined || end === undefined) {
      throw new EnkiError("internal", `${this.name} has no version number ${index}`);
    }
    const kept: unknown = JSON.parse(this.#body.toString("utf8", start, end - 1));
    const manifest = packageManifest(this.name, version, registryFields(this.name, isJsonObject(kept) ? kept : {}));
    this.#manifests[index] = manifest;
    return manifest;
  }
}

function decodeHeader(name: string, text: string): SlimHeader {
  const header: unknown = JSON.parse(text);
  if (!isJsonObject(header) || !Array.isArray(header["versions"])) {
    throw new EnkiError("internal", `The cached form of ${name} is damaged`);
  }
  // The line was written by `slimPackument` and checked by the cache's own checksum.
  return header as unknown as SlimHeader;
}
