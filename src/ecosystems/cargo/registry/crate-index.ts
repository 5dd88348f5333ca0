import type { CrateSource } from "../package/crate-source.ts";
import type { Release } from "../package/release.ts";
import type { CargoVersion } from "../versions/version.ts";
import { parseVersion } from "../versions/version.ts";
import type { Catalog, CatalogEntry } from "./catalog.ts";
import { GroupedCatalog } from "./grouped-catalog.ts";
import type { InvalidRelease } from "./index-line.ts";
import { decodeLine } from "./index-line.ts";

/**
 * The catalog in one crate's file of an index. Only versions are scanned when it is opened; a line is decoded when its
 * release is asked for: of a closure of tens of thousands of lines the solver looks at a few hundred.
 */
export function openCrateIndex(
  crate: string,
  source: CrateSource,
  body: Uint8Array,
  downloadUrl: (release: Release) => string | undefined,
): Catalog {
  return new GroupedCatalog(crate, source, scanLines(crate, source, body), downloadUrl);
}

/** The releases that a crate's file lists. Lines that are no JSON or name another crate are skipped; the last line of a version wins. */
function scanLines(crate: string, source: CrateSource, body: Uint8Array): readonly CatalogEntry[] {
  // One byte per character: offsets stay cheap, and a line is decoded as UTF-8 only when it is read.
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  const usualStart = `{"name":"${crate}","vers":"`;
  const entries = new Map<string, CatalogEntry>();
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    if (text.startsWith(usualStart, start)) {
      const from = start + usualStart.length;
      const version = parseVersion(text.slice(from, text.indexOf('"', from)));
      if (version !== undefined) entries.set(version.text, new CompactEntry(text.slice(start, end), version, source));
    } else if (end > start) {
      const entry = readLooseLine(crate, source, text.slice(start, end));
      if (entry !== undefined) entries.set(entry.version.text, entry);
    }
    start = end + 1;
  }
  return [...entries.values()];
}

/** A line that was written in another layout than the public registry's: normalised, so that the quick scans hold. */
function readLooseLine(crate: string, source: CrateSource, line: string): CatalogEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(utf8(line));
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { name, vers }: { name?: unknown; vers?: unknown } = value;
  if (name !== crate || typeof vers !== "string") return undefined;
  const version = parseVersion(vers);
  if (version === undefined) return undefined;
  return new CompactEntry(Buffer.from(JSON.stringify(value), "utf8").toString("latin1"), version, source);
}

function utf8(latin1: string): string {
  // oxlint-disable-next-line no-control-regex -- the question is exactly whether the line is ASCII
  return /^[\u0000-\u007F]*$/u.test(latin1) ? latin1 : Buffer.from(latin1, "latin1").toString("utf8");
}

/**
 * An entry whose outer fields are found by searching its text. That is exact for JSON without blanks between tokens:
 * inside of strings a quote is escaped, and no other object of a line has a key with these names and this type of value.
 */
class CompactEntry implements CatalogEntry {
  readonly version: CargoVersion;
  readonly source: CrateSource;
  readonly #line: string;
  #release: Release | InvalidRelease | undefined;

  constructor(line: string, version: CargoVersion, source: CrateSource) {
    this.#line = line;
    this.version = version;
    this.source = source;
  }

  get isYanked(): boolean {
    return this.#line.includes('"yanked":true');
  }

  get links(): string | undefined {
    return this.#stringField("links");
  }

  get rustVersion(): string | undefined {
    return this.#stringField("rust_version");
  }

  get published(): string | undefined {
    return this.#stringField("pubtime");
  }

  get formatVersion(): number {
    const at = this.#line.indexOf('"v":');
    const digits = at === -1 ? null : /^\d{1,9}/u.exec(this.#line.slice(at + 4, at + 13));
    return digits === null ? 1 : Number(digits[0]);
  }

  mayHaveFeature(name: string): boolean {
    return this.#line.includes(`"${name}"`) || this.#line.includes("\\u");
  }

  release(): Release | InvalidRelease {
    return (this.#release ??= decodeLine(utf8(this.#line), this.version, this.source));
  }

  /** The fields that are read this way stand behind the dependencies and features. */
  #stringField(key: string): string | undefined {
    const at = this.#line.lastIndexOf(`"${key}":"`);
    if (at === -1) return undefined;
    const from = at + key.length + 4;
    return utf8(this.#line.slice(from, this.#line.indexOf('"', from)));
  }
}
