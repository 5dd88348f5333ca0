import { parseTomlDocument } from "../../../formats/toml.ts";
import { EnkiError } from "../../../model/enki-error.ts";
import type { CargoVersion } from "../versions/version.ts";
import { parseVersion } from "../versions/version.ts";
import type { CargoLock, LockedPackage, LockedReference } from "./lock-document.ts";
import { markerLines, withoutCommit } from "./lock-document.ts";

interface Table {
  readonly [key: string]: unknown;
}

/** One `[[package]]` whose dependencies are still texts. */
interface RawPackage extends LockedReference {
  readonly checksum: string | undefined;
  readonly dependencies: readonly string[];
  readonly replace: string | undefined;
}

/** Reads a Cargo.lock of any version up to 4. A file that is none throws an EnkiError `invalid-lock`. */
export function readLock(file: string, text: string): CargoLock {
  if (/^(?:<{7}|={7}|>{7})/mu.test(text)) {
    throw new EnkiError("invalid-lock", `${file} has merge conflict markers`, {
      hint: "resolve the conflict by writing it anew: delete it and resolve again",
    });
  }
  const { document, diagnostics } = parseTomlDocument(file, text);
  if (document === undefined) throw new EnkiError("invalid-lock", `${file} is no TOML`, { diagnostics });
  const root = tableOf(document.value, file);
  const metadata = Object.entries(tableOf(root["metadata"] ?? {}, `${file}: metadata`)).map(
    ([key, value]) => [key, stringOf(value, `${file}: metadata.${key}`)] as const,
  );
  const raw = listOf(root["package"] ?? [], `${file}: package`).map((item, index) =>
    readPackage(tableOf(item, `${file}: package[${index}]`), `${file}: package[${index}]`),
  );
  const checksums = new Map(metadata.filter(([key]) => key.startsWith("checksum ")));
  const version = lockVersion(root["version"], checksums.size > 0, file);
  const index = new PackageIndex(raw, file);
  const unused = tableOf(root["patch"] ?? {}, `${file}: patch`)["unused"] ?? [];
  return {
    version,
    comments: commentsOf(text),
    packages: raw.map((package_): LockedPackage => ({
      ...package_,
      checksum: package_.checksum ?? oldChecksum(package_, checksums),
      dependencies: package_.dependencies.map((entry) => index.resolve(entry)),
      replace: package_.replace === undefined ? undefined : index.resolve(package_.replace),
    })),
    unusedPatches: listOf(unused, `${file}: patch.unused`).map((item) => readReference(tableOf(item, file), file)),
    metadata: version === 1 ? metadata.filter(([key]) => !checksums.has(key)) : metadata,
  };
}

function lockVersion(value: unknown, hasOldChecksums: boolean, file: string): CargoLock["version"] {
  if (value === undefined) return hasOldChecksums ? 1 : 2;
  if (value === 3 || value === 4) return value;
  throw new EnkiError("invalid-lock", `${file} has the version ${JSON.stringify(value)}, which is not known`, {
    hint: "it was written by a newer cargo; the versions up to 4 can be read",
  });
}

function commentsOf(text: string): readonly string[] {
  const comments: string[] = [];
  for (const line of text.split("\n")) {
    if (!line.startsWith("#")) break;
    if (!markerLines.includes(line)) comments.push(line);
  }
  return comments;
}

function oldChecksum(
  { name, version, source }: LockedReference,
  known: ReadonlyMap<string, string>,
): string | undefined {
  const checksum = known.get(`checksum ${name} ${version.text} (${source ?? ""})`);
  return checksum === "<none>" ? undefined : checksum;
}

function readPackage(table: Table, path: string): RawPackage {
  const { checksum, dependencies, replace } = table;
  return {
    ...readReference(table, path),
    checksum: checksum === undefined ? undefined : stringOf(checksum, `${path}.checksum`),
    dependencies: listOf(dependencies ?? [], `${path}.dependencies`).map((entry) => stringOf(entry, path)),
    replace: replace === undefined ? undefined : stringOf(replace, `${path}.replace`),
  };
}

function readReference(table: Table, path: string): LockedReference {
  const { source } = table;
  return {
    name: stringOf(table["name"], `${path}.name`),
    version: versionOf(stringOf(table["version"], `${path}.version`), path),
    source: source === undefined ? undefined : stringOf(source, `${path}.source`),
  };
}

/** Finds the package that an abbreviated entry means. */
class PackageIndex {
  readonly #byName = new Map<string, LockedReference[]>();
  readonly #file: string;

  constructor(packages: readonly RawPackage[], file: string) {
    this.#file = file;
    for (const { name, version, source } of packages) {
      const known = this.#byName.get(name);
      const reference = { name, version, source };
      if (known === undefined) this.#byName.set(name, [reference]);
      else known.push(reference);
    }
  }

  resolve(entry: string): LockedReference {
    const [name = "", version, source] = entry.split(" ");
    const wanted = source === undefined ? undefined : withoutCommit(source.slice(1, -1));
    const found = (this.#byName.get(name) ?? []).filter(
      (reference) =>
        (version === undefined || reference.version.text === version) &&
        (wanted === undefined || (reference.source !== undefined && withoutCommit(reference.source) === wanted)),
    );
    // A local package has no source to tell it apart by: of several, an entry without one means it.
    const [only, second] = found.length > 1 ? found.filter((reference) => reference.source === undefined) : found;
    if (only === undefined || second !== undefined) {
      throw new EnkiError("invalid-lock", `${this.#file} refers to \`${entry}\`, which it does not define once`);
    }
    return only;
  }
}

function versionOf(text: string, path: string): CargoVersion {
  const version = parseVersion(text);
  if (version === undefined) throw new EnkiError("invalid-lock", `${path}: \`${text}\` is no version`);
  return version;
}

function tableOf(value: unknown, path: string): Table {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new EnkiError("invalid-lock", `${path} is no table`);
  }
  return value as Table;
}

function listOf(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new EnkiError("invalid-lock", `${path} is no list`);
  return value;
}

function stringOf(value: unknown, path: string): string {
  if (typeof value !== "string") throw new EnkiError("invalid-lock", `${path} is no string`);
  return value;
}
