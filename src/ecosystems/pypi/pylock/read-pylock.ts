/** Reads and validates pylock.toml (PEP 751) by the rules of the packaging specifications, "pylock.toml". */
import { EnkiError } from "../../../model/enki-error.ts";
import { parseWheelName, sdistVersionOf } from "../pep/file-name.ts";
import { parseMarker } from "../pep/marker.ts";
import { isNormalisedName } from "../pep/names.ts";
import { parseSpecifierSet } from "../pep/specifier.ts";
import type { Parsed } from "../pep/text-scanner.ts";
import { parseVersion, type Version } from "../pep/version.ts";
import type { LockedFile, LockedPackage, LockedSource, LockedWheel, Pylock } from "./pylock-document.ts";

/** Whether a file of this name is such a lock: `pylock.toml`, or `pylock.<name>.toml` with a name without dots. */
export function isPylockName(fileName: string): boolean {
  return /^pylock(?:\.[^.]+)?\.toml$/.test(fileName);
}

/**
 * The lock that a TOML value holds. Throws an EnkiError (`invalid-lock`) that names the place (`packages[0].wheels[1]`)
 * of what breaks a rule. Keys that the specification does not know are passed over, as it asks for.
 */
export function readPylock(value: unknown): Pylock {
  const top = new Fields(value, "");
  const version = top.required("lock-version", text);
  const parsed = parseVersion(version) ?? fail("lock-version", `${JSON.stringify(version)} is no version`);
  if (parsed.epoch !== "0" || parsed.release[0] !== "1") {
    fail("lock-version", `version ${version} of the format is not supported: this Enki reads version 1`);
  }
  top.required("created-by", text);
  return {
    environments: top.list("environments", markerAt),
    requiresPython: top.optional("requires-python", specifiersAt),
    extras: top.list("extras", normalisedName) ?? [],
    dependencyGroups: top.list("dependency-groups", text) ?? [],
    defaultGroups: top.list("default-groups", text) ?? [],
    packages: top.list("packages", readPackage) ?? fail("packages", "is missing"),
  };
}

function readPackage(value: unknown, place: string): LockedPackage {
  const fields = new Fields(value, place);
  const name = fields.required("name", normalisedName);
  const version = fields.optional("version", versionAt);
  const sources = (["vcs", "directory", "archive"] as const).flatMap(
    (kind) => fields.optional(kind, (table, at) => readSource(kind, table, at)) ?? [],
  );
  const sdist = fields.optional("sdist", (table, at): LockedFile => {
    const file = readFile(table, at);
    const found = sdistVersionOf(file.fileName, name);
    if (found === undefined) fail(at, `${file.fileName} is no source distribution of ${name}`);
    checkVersion(found, version, file.fileName, at);
    return file;
  });
  const wheels = fields.list("wheels", (table, at): LockedWheel => {
    const file = readFile(table, at);
    const wheel = parseWheelName(file.fileName) ?? fail(at, `${file.fileName} is no name of a wheel`);
    if (wheel.name !== name) fail(at, `${file.fileName} is no wheel of ${name}`);
    checkVersion(wheel.version, version, file.fileName, at);
    return { ...file, wheel };
  });
  const hasFiles = sdist !== undefined || (wheels ?? []).length > 0;
  if (hasFiles && sources.length > 0) fail(place, "vcs, directory and archive stand beside neither sdist nor wheels");
  if (!hasFiles && sources.length !== 1) fail(place, "exactly one of vcs, directory and archive is needed, or files");
  return {
    name,
    version,
    marker: fields.optional("marker", markerAt),
    requiresPython: fields.optional("requires-python", specifiersAt),
    source: sources[0],
    sdist,
    wheels: wheels ?? [],
  };
}

function readSource(kind: LockedSource["kind"], value: unknown, place: string): LockedSource {
  const fields = new Fields(value, place);
  if (kind === "archive") return { kind, file: readFile(value, place) };
  if (kind === "directory") {
    return { kind, path: fields.required("path", text), isEditable: fields.optional("editable", boolean) ?? false };
  }
  fields.required("type", text);
  return { kind, ...fields.place(), commit: fields.required("commit-id", text) };
}

function readFile(value: unknown, place: string): LockedFile {
  const fields = new Fields(value, place);
  const where = fields.place();
  const name = fields.optional("name", text);
  return {
    ...where,
    fileName: name ?? lastOfPath(where.path) ?? lastOfUrl(where.url),
    hashes: fields.required("hashes", hashesAt),
    size: fields.optional("size", count),
  };
}

/** Both kinds of separators end a folder: the path may be of another system. */
function lastOfPath(path: string | undefined): string | undefined {
  return path?.split(/[/\\]/).at(-1);
}

function lastOfUrl(url: string | undefined): string {
  const last =
    (url ?? "")
      .replace(/[?#].*$/, "")
      .split("/")
      .at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function checkVersion(found: Version, wanted: Version | undefined, fileName: string, place: string): void {
  if (wanted !== undefined && found.key !== wanted.key) fail(place, `${fileName} is not of version ${wanted.text}`);
}

/** How one value is read; what is wrong is thrown with its place. */
type Read<Value> = (value: unknown, place: string) => Value;

/** The entries of a table. */
class Fields {
  readonly #entries: ReadonlyMap<string, unknown>;
  readonly #place: string;

  constructor(value: unknown, place: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) fail(place, "must be a table");
    this.#entries = new Map(Object.entries(value));
    this.#place = place;
  }

  optional<Value>(key: string, read: Read<Value>): Value | undefined {
    const value = this.#entries.get(key);
    return value === undefined ? undefined : read(value, this.#placeOf(key));
  }

  required<Value>(key: string, read: Read<Value>): Value {
    const value = this.#entries.get(key);
    return value === undefined ? fail(this.#placeOf(key), "is missing") : read(value, this.#placeOf(key));
  }

  list<Value>(key: string, read: Read<Value>): readonly Value[] | undefined {
    return this.optional(key, (value, place) => {
      if (!Array.isArray(value)) return fail(place, "must be a list");
      return value.map((item: unknown, index) => read(item, `${place}[${index}]`));
    });
  }

  /** `url` and `path`, of which there must be one. */
  place(): { readonly url: string | undefined; readonly path: string | undefined } {
    const [url, path] = [this.optional("url", text), this.optional("path", text)];
    if (url === undefined && path === undefined) fail(this.#place, "must have a url or a path");
    return { url, path };
  }

  #placeOf(key: string): string {
    return this.#place === "" ? key : `${this.#place}.${key}`;
  }
}

const text: Read<string> = (value, place) => (typeof value === "string" ? value : fail(place, "must be a text"));
const boolean: Read<boolean> = (value, place) =>
  typeof value === "boolean" ? value : fail(place, "must be true or false");
const count: Read<number> = (value, place) => (typeof value === "number" ? value : fail(place, "must be a number"));

const normalisedName: Read<string> = (value, place) => {
  const name = text(value, place);
  return isNormalisedName(name) ? name : fail(place, `${JSON.stringify(name)} is not normalised`);
};

const versionAt: Read<Version> = (value, place) => {
  const written = text(value, place);
  return parseVersion(written) ?? fail(place, `${JSON.stringify(written)} is no version`);
};

const markerAt = parsedAt("marker", parseMarker);
const specifiersAt = parsedAt("version specifier", parseSpecifierSet);

function parsedAt<Value>(what: string, parse: (source: string) => Parsed<Value>): Read<Value> {
  return (value, place) => {
    const written = text(value, place);
    const parsed = parse(written);
    return parsed.ok
      ? parsed.value
      : fail(place, `${JSON.stringify(written)} is no ${what}: ${parsed.problem.message}`);
  };
}

const hashesAt: Read<ReadonlyMap<string, string>> = (value, place) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(place, "must be a table");
  const hashes = new Map(Object.entries(value).map(([algorithm, digest]) => [algorithm, text(digest, place)]));
  return hashes.size > 0 ? hashes : fail(place, "must hold at least one hash");
};

function fail(place: string, problem: string): never {
  throw new EnkiError("invalid-lock", `${place === "" ? "the lock" : place}: ${problem}`);
}
