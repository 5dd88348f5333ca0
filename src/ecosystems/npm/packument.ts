import { EnkiError } from "../../model/enki-error.ts";
import type { JsonObject, JsonValue } from "../../model/json.ts";
import { isJsonObject, isNativeBuild, lockFieldsOf, stringEntries, stringList } from "./package-metadata.ts";
import { digestBytes, type SlimHeader } from "./slim-packument.ts";
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
  /** Dependencies that the tarball itself carries, or fixes with a shrinkwrap. */
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
  const dependencies = entriesOf(fields["dependencies"]);
  const optionalDependencies = entriesOf(fields["optionalDependencies"]);
  const isFixed = fields["hasShrinkwrap"] === true;
  return {
    name,
    version,
    dependencies,
    optionalDependencies,
    peerDependencies: entriesOf(fields["peerDependencies"]),
    optionalPeers,
    bundled: new Set(
      isFixed ? [...dependencies.keys(), ...optionalDependencies.keys()] : stringList(fields["bundleDependencies"]),
    ),
    ...(typeof nodeEngine === "string" && nodeEngine.trim() !== "" && { nodeEngine }),
    isNativeBuild: fields["native"] === true,
    lockFields: fields,
  };
}

/** Fields that the slim form keeps as they are. */
const unchangedFields = ["resolved", "integrity", "shasum", "hasShrinkwrap"];

/** What versions of one run have in common. */
interface Run {
  readonly fields: JsonObject;
  /** Whether the run says itself what its integrity is, or that there is none. */
  readonly hasIntegrity: boolean;
  /** The first version of the run that was looked at. */
  readonly manifest: PackageManifest;
}

/** The lock fields that the versions of a run share. */
function sharedFields(name: string, kept: JsonObject): JsonObject {
  const fields: [string, JsonValue][] = Object.entries(lockFieldsOf(name, kept));
  for (const field of unchangedFields) {
    const value = kept[field];
    if (value === true || (typeof value === "string" && value !== "")) fields.push([field, value]);
  }
  if (isNativeBuild(kept)) fields.push(["native", true]);
  return Object.fromEntries(fields);
}

/** The versions of one package in a registry. Lines of single runs are parsed when they are first looked at. */
export class Packument {
  readonly name: string;
  readonly list: VersionList;
  readonly tags: ReadonlyMap<string, string>;
  readonly #header: SlimHeader;
  readonly #deprecated: ReadonlySet<number>;
  readonly #body: Buffer;
  /** The run of each version. */
  readonly #runOf: Uint16Array | Uint32Array;
  /** Where the line of each run begins, and last where the digests begin; found when first needed. */
  #starts: Uint32Array | undefined;
  readonly #runs = new Map<number, Run>();
  readonly #manifests = new Map<number, PackageManifest>();

  /** Reads the slim form. Throws an EnkiError when it is damaged. */
  constructor(name: string, slim: Uint8Array) {
    this.name = name;
    this.#body = Buffer.from(slim.buffer, slim.byteOffset, slim.byteLength);
    const end = this.#body.indexOf(10);
    const headerText = this.#body.toString("utf8", 0, end === -1 ? this.#body.length : end);
    this.#header = decodeHeader(name, headerText);
    const { versions, prereleases, runs } = this.#header;
    this.list = new VersionList(versions, prereleases);
    this.tags = new Map(this.#header.tags);
    this.#deprecated = new Set(this.#header.deprecated);
    this.#runOf = runs.length > 0xff_ff ? new Uint32Array(versions.length) : new Uint16Array(versions.length);
    let first = 0;
    runs.forEach((length, run) => {
      this.#runOf.fill(run, first, first + length);
      first += length;
    });
  }

  /** How many runs there are: neighbouring versions that say the same of engines, platforms and dependencies. */
  get runCount(): number {
    return this.#header.runs.length;
  }

  /** The run of a version; what holds for one version of a run (deprecated, engines, platform) holds for all. */
  runOf(index: number): number {
    return this.#runOf[index] ?? 0;
  }

  isDeprecated(run: number): boolean {
    return this.#deprecated.has(run);
  }

  /** The `engines.node` range of a run, when it has one. */
  nodeEngine(run: number): string | undefined {
    const { engines } = this.#header;
    return engines?.ranges[engines.of[run] ?? -1];
  }

  /** The operating systems and processors that a run restricts itself to. */
  platform(run: number): { os: readonly string[]; cpu: readonly string[] } | undefined {
    const { platforms } = this.#header;
    const kind = platforms?.kinds[platforms.of[run] ?? -1];
    if (kind === undefined) return undefined;
    const [os = "", cpu = ""] = kind.split(" ");
    return { os: os === "" ? [] : os.split(","), cpu: cpu === "" ? [] : cpu.split(",") };
  }

  /** When a version was published, in milliseconds since 1970, or `undefined` when the registry does not say. */
  publishedAtMs(index: number): number | undefined {
    const text = this.#header.times?.[index];
    const moment = typeof text === "string" ? Date.parse(text) : Number.NaN;
    return Number.isNaN(moment) ? undefined : moment;
  }

  /** What version number `index` of {@link list} says. */
  manifest(index: number): PackageManifest {
    const known = this.#manifests.get(index);
    if (known !== undefined) return known;
    const version = this.list.versions[index];
    if (version === undefined) throw new EnkiError("internal", `${this.name} has no version number ${index}`);
    const number = this.runOf(index);
    const run = this.#runs.get(number) ?? this.#readRun(number, version);
    const lockFields = { ...run.fields, ...this.#ownFields(index, version, run) };
    const manifest = { ...run.manifest, version, lockFields };
    this.#manifests.set(index, manifest);
    return manifest;
  }

  #readRun(number: number, version: string): Run {
    const starts = (this.#starts ??= this.#findStarts());
    const kept: unknown = JSON.parse(this.#body.toString("utf8", starts[number], (starts[number + 1] ?? 0) - 1));
    const fields = sharedFields(this.name, isJsonObject(kept) ? kept : {});
    const run = {
      fields,
      hasIntegrity: isJsonObject(kept) && kept["integrity"] !== undefined,
      manifest: packageManifest(this.name, version, fields),
    };
    this.#runs.set(number, run);
    return run;
  }

  #findStarts(): Uint32Array {
    const starts = new Uint32Array(this.runCount + 1);
    let position = this.#body.indexOf(10) + 1;
    for (let run = 0; run <= this.runCount; run++) {
      starts[run] = position;
      position = this.#body.indexOf(10, position) + 1;
    }
    return starts;
  }

  /** The tarball's address and hash where the run does not name them. */
  #ownFields(index: number, version: string, { fields, hasIntegrity }: Run): JsonObject {
    const begin = this.#body.length - (this.list.versions.length - index) * digestBytes;
    const digest = hasIntegrity ? undefined : this.#body.toString("base64", begin, begin + digestBytes);
    return {
      ...(fields["resolved"] === undefined && { resolved: `${this.#header.tarballPrefix}${version}.tgz` }),
      ...(digest !== undefined && { integrity: `sha512-${digest}` }),
    };
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
