import { EnkiError } from "../../model/enki-error.ts";
import type { JsonObject, JsonValue } from "../../model/json.ts";
import type { DerivedForm } from "../../net/derived-form.ts";
import { isJsonObject, isNativeBuild, lockFieldsOf, stringEntries, stringList } from "./package-metadata.ts";
import {
  countsBytes,
  digestBytes,
  slimMark,
  slimOffsets,
  type SlimCounts,
  type SlimHeader,
  type SlimOffsets,
  type VersionKind,
} from "./slim-layout.ts";
import { VersionList } from "./version-list.ts";

/** What one version of a package says, ready for resolution. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: ReadonlyMap<string, string>;
  readonly optionalDependencies: ReadonlyMap<string, string>;
  readonly peerDependencies: ReadonlyMap<string, string>;
  /** Ranges that do as well as those of the dependencies, where such a version is there already. */
  readonly accepted: ReadonlyMap<string, string>;
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
    accepted: entriesOf(fields["acceptDependencies"]),
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

/** The versions of one package in a registry, read from the slim form in place. Lines are parsed when first looked at. */
export class Packument {
  readonly name: string;
  readonly list: VersionList;
  readonly tags: ReadonlyMap<string, string>;
  /** What decides the order of versions; neighbouring versions share one. */
  readonly kinds: readonly VersionKind[];
  /** Stretches of versions of one kind: the first version of each, ascending, and which of {@link kinds}. */
  readonly kindFirsts: Int32Array;
  readonly kindOf: Int32Array;
  readonly #header: SlimHeader;
  readonly #offsets: SlimOffsets;
  readonly #form: DerivedForm;
  /** Everything before the lines. */
  readonly #front: Buffer;
  readonly #tables: Int32Array;
  readonly #runFirsts: Int32Array;
  readonly #runs = new Map<number, Run>();
  readonly #manifests = new Map<number, PackageManifest>();

  /** Reads the slim form. Throws an EnkiError when it is damaged. */
  constructor(name: string, slim: DerivedForm) {
    this.name = name;
    this.#form = slim;
    const counts = countsOf(slim.byteLength < countsBytes ? undefined : slim.glance(0, countsBytes));
    const offsets = counts === undefined ? undefined : slimOffsets(counts);
    if (counts === undefined || offsets === undefined || offsets.totalBytes !== slim.byteLength) {
      throw new EnkiError("internal", `The cached form of ${name} is damaged`);
    }
    const front = slim.front(offsets.lineByte);
    this.#front = Buffer.from(front.buffer, front.byteOffset, front.byteLength);
    const tables = new Int32Array(front.buffer, front.byteOffset, offsets.headerByte >>> 2);
    this.#tables = tables;
    this.#offsets = offsets;
    // Written by `slimPackument`, and checked by the cache's own checksum.
    this.#header = JSON.parse(this.#front.toString("utf8", offsets.headerByte, offsets.textByte)) as SlimHeader;
    this.tags = new Map(this.#header.tags);
    this.kinds = this.#header.kinds;
    this.kindFirsts = tables.subarray(offsets.kindFirsts, offsets.kindOf);
    this.kindOf = tables.subarray(offsets.kindOf, offsets.runFirsts);
    this.#runFirsts = tables.subarray(offsets.runFirsts, offsets.lineEnds);
    this.list = new VersionList({
      count: counts.versions,
      numbers: tables.subarray(offsets.numbers, offsets.prereleases),
      prereleases: tables.subarray(offsets.prereleases, offsets.textEnds),
      text: (index) => this.#front.toString("utf8", ...this.#partOf(offsets.textByte, offsets.textEnds, index)),
    });
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
    const version = this.list.version(index);
    if (version === undefined) throw new EnkiError("internal", `${this.name} has no version number ${index}`);
    const number = lastAtMost(this.#runFirsts, index);
    const run = this.#runs.get(number) ?? this.#readRun(number, version);
    const lockFields = { ...run.fields, ...this.#ownFields(index, version, run) };
    const manifest = { ...run.manifest, version, lockFields };
    this.#manifests.set(index, manifest);
    return manifest;
  }

  /** Where text number `index` lies of those that begin at `start`, whose ends the table at `ends` holds. */
  #partOf(start: number, ends: number, index: number): [from: number, end: number] {
    const from = index === 0 ? 0 : (this.#tables[ends + index - 1] ?? 0) + 1;
    return [start + from, start + (this.#tables[ends + index] ?? 0)];
  }

  #readRun(number: number, version: string): Run {
    const [from, end] = this.#partOf(this.#offsets.lineByte, this.#offsets.lineEnds, number);
    const kept = parsedLine(this.#form.glance(from, end).toString(), this.name, version);
    const fields = sharedFields(this.name, isJsonObject(kept) ? kept : {});
    const run = {
      fields,
      hasIntegrity: isJsonObject(kept) && kept["integrity"] !== undefined,
      manifest: packageManifest(this.name, version, fields),
    };
    this.#runs.set(number, run);
    return run;
  }

  /** The tarball's address and hash where the run does not name them. */
  #ownFields(index: number, version: string, { fields, hasIntegrity }: Run): JsonObject {
    const begin = this.#offsets.digestByte + index * digestBytes;
    const digest = hasIntegrity ? undefined : this.#form.glance(begin, begin + digestBytes).toString("base64");
    return {
      ...(fields["resolved"] === undefined && { resolved: `${this.#header.tarballPrefix}${version}.tgz` }),
      ...(digest !== undefined && { integrity: `sha512-${digest}` }),
    };
  }
}

/** The slim form is made without looking into strings and words, so this is where it turns out that one is none. */
function parsedLine(line: string, name: string, version: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new EnkiError("invalid-registry-document", `What the registry says of ${name} ${version} is not JSON`, {
      cause,
    });
  }
}

/** `undefined` for what is no slim packument. */
function countsOf(bytes: Buffer | undefined): SlimCounts | undefined {
  if (bytes === undefined) return undefined;
  const [mark, versions = 0, prereleases = 0, stretches = 0, runs = 0, headerBytes = 0, textBytes = 0, lineBytes = 0] =
    new Int32Array(bytes.buffer, bytes.byteOffset, countsBytes / 4);
  return mark === slimMark ? { versions, prereleases, stretches, runs, headerBytes, textBytes, lineBytes } : undefined;
}

/** The index of the last of ascending numbers that is not above `bound`. */
function lastAtMost(ascending: Int32Array, bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) <= bound) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
