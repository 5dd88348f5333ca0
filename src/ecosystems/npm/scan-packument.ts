import { isSame } from "./byte-ranges.ts";
import { JsonCursor, UnusualSpelling } from "./json-cursor.ts";
import type { VersionTexts } from "./sort-versions.ts";

/** Fields of a version that are kept as the registry wrote them, in the order in which they are kept. */
export const keptFields = [
  "dependencies",
  "optionalDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "bundleDependencies",
  "bundledDependencies",
  "acceptDependencies",
  "engines",
  "os",
  "cpu",
  "libc",
  "bin",
  "license",
  "funding",
  "workspaces",
  "deprecated",
  "gypfile",
] as const;

/** Other fields that are looked at. */
const otherFields = ["hasInstallScript", "scripts", "_hasShrinkwrap", "dist"] as const;

/** Fields of `dist`. */
const distFields = ["tarball", "integrity", "shasum"] as const;

/** A field of a version that is looked at. */
export type ScannedField = (typeof keptFields | typeof otherFields | typeof distFields)[number];

const allFields: readonly ScannedField[] = [...keptFields, ...otherFields, ...distFields];
const firstOfDist = keptFields.length + otherFields.length;

/** The number of each field. */
export const fieldNumbers: Readonly<Record<ScannedField, number>> = Object.fromEntries(
  allFields.map((field, number) => [field, number]),
) as Record<ScannedField, number>;
const { dist, tarball } = fieldNumbers;

/** The names of fields by their length, which most names differ in. */
const byLength: { readonly name: Uint8Array; readonly number: number }[][] = [];
for (const [number, field] of allFields.entries()) {
  (byLength[field.length] ??= []).push({ name: Buffer.from(field), number });
}

/**
 * Where the fields of versions lie: two places for each field of each row, where its value begins and ends; the end is 0
 * where there is none. The same memory serves one packument after the other.
 */
let places = new Int32Array(1024 * allFields.length * 2);

const quote = 0x22;

/** Where things lie in the bytes of a packument, until the next one is scanned. */
export class ScannedPackument implements VersionTexts {
  readonly bytes: Buffer;
  /** Whether there is a table of versions. */
  hasVersions = false;
  /** Where the text of each version begins and ends that has a tarball. Row by row; versions may occur twice. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** The values of `dist-tags` and `time`, as they are spelled. */
  tags: string | undefined;
  time: string | undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Where the value of a field begins. */
  start(row: number, field: number): number {
    return places[(row * allFields.length + field) * 2] ?? 0;
  }

  /** Where the value of a field has ended; 0 when there is none. */
  end(row: number, field: number): number {
    return places[(row * allFields.length + field) * 2 + 1] ?? 0;
  }

  /** The version of a row. */
  version(row: number): string {
    return this.bytes.toString("latin1", this.starts[row], this.ends[row]);
  }

  /** A value as it is spelled; `undefined` where there is none. */
  text(row: number, field: number): string | undefined {
    const end = this.end(row, field);
    return end === 0 ? undefined : this.bytes.toString("utf8", this.start(row, field), end);
  }

  /** Whether a value is a string that is not empty. */
  holdsText(row: number, field: number): boolean {
    const start = this.start(row, field);
    return this.end(row, field) - start > 2 && this.bytes[start] === quote;
  }
}

/** Makes place for a row, and forgets what was noted of its fields from number `first` on. */
function clear(row: number, first: number): void {
  const end = (row + 1) * allFields.length * 2;
  if (end > places.length) {
    const larger = new Int32Array(places.length * 2);
    larger.set(places);
    places = larger;
  }
  for (let place = (row * allFields.length + first) * 2 + 1; place < end; place += 2) places[place] = 0;
}

/**
 * Finds in the bytes of a packument what is kept of it, without making anything of the rest. `undefined` when it is not
 * spelled as programs spell JSON, or is no JSON at all: `JSON.parse` has to decide then. What it finds may still be no JSON
 * inside of strings and words. With `isPlain`, the text is known to have no needless escapes.
 */
export function scanPackument(bytes: Buffer, isPlain: boolean): ScannedPackument | undefined {
  try {
    return new Scan(bytes, isPlain).packument();
  } catch (error) {
    if (error instanceof UnusualSpelling) return undefined;
    throw error;
  }
}

class Scan {
  readonly #cursor: JsonCursor;
  readonly #bytes: Buffer;
  readonly #isPlain: boolean;
  readonly #found: ScannedPackument;

  constructor(bytes: Buffer, isPlain: boolean) {
    this.#bytes = bytes;
    this.#cursor = new JsonCursor(bytes);
    this.#isPlain = isPlain;
    this.#found = new ScannedPackument(bytes);
  }

  packument(): ScannedPackument {
    const cursor = this.#cursor;
    const found = this.#found;
    let hasMore = cursor.enterObject();
    while (hasMore) {
      const key = this.#key();
      const start = cursor.at;
      // Where something is said twice, the last counts, as it does for `JSON.parse`.
      if (key === "versions") this.#versions();
      else cursor.passValue();
      if (key === "dist-tags") found.tags = this.#bytes.toString("utf8", start, cursor.at);
      if (key === "time") found.time = this.#bytes.toString("utf8", start, cursor.at);
      hasMore = cursor.passComma();
    }
    if (cursor.at !== this.#bytes.length) throw new UnusualSpelling();
    return found;
  }

  #versions(): void {
    const cursor = this.#cursor;
    const { starts, ends } = this.#found;
    this.#found.hasVersions = cursor.isAtObject;
    starts.length = 0;
    ends.length = 0;
    if (!cursor.isAtObject) {
      cursor.passValue();
      return;
    }
    let hasMore = cursor.enterObject();
    while (hasMore) {
      const row = starts.length;
      const start = cursor.at + 1;
      const end = this.#passKey();
      clear(row, 0);
      if (cursor.isAtObject) this.#fields(row, 0);
      else cursor.passValue();
      if (this.#found.holdsText(row, tarball)) {
        starts.push(start);
        ends.push(end);
      } else this.#forget(start, end);
      hasMore = cursor.passComma();
    }
  }

  /** A version without a tarball counts for nothing, nor does what was said of it before: its text there becomes empty. */
  #forget(start: number, end: number): void {
    const { starts, ends } = this.#found;
    for (let row = 0; row < starts.length; row++) {
      const from = starts[row] ?? 0;
      const length = (ends[row] ?? 0) - from;
      if (length === end - start && isSame(this.#bytes, from, this.#bytes, start, length)) ends[row] = from;
    }
  }

  /** Notes where the fields of an object lie: those of a version, or from number `first` on those of its `dist`. */
  #fields(row: number, first: number): void {
    const cursor = this.#cursor;
    const end = first === 0 ? firstOfDist : allFields.length;
    let hasMore = cursor.enterObject();
    while (hasMore) {
      const number = this.#fieldAtKey();
      const start = cursor.at;
      const isDist = number === dist && first === 0;
      if (isDist) clear(row, firstOfDist);
      if (isDist && cursor.isAtObject) this.#fields(row, firstOfDist);
      else cursor.passValue();
      if (number === tarball && cursor.hasEscape && !this.#isPlain) throw new UnusualSpelling();
      if (number >= first && number < end) {
        const place = (row * allFields.length + number) * 2;
        places[place] = start;
        places[place + 1] = cursor.at;
      }
      hasMore = cursor.passComma();
    }
  }

  /** Moves past a key, and returns it. */
  #key(): string {
    const start = this.#cursor.at + 1;
    return this.#bytes.toString("latin1", start, this.#passKey());
  }

  /** Moves past a key, and returns which field it names; -1 when it is none of those that are looked at. */
  #fieldAtKey(): number {
    const start = this.#cursor.at + 1;
    const end = this.#passKey();
    const fields = byLength[end - start];
    if (fields === undefined) return -1;
    return fields.find(({ name }) => isSame(this.#bytes, start, name, 0, name.length))?.number ?? -1;
  }

  #passKey(): number {
    const end = this.#cursor.passKey();
    if (!this.#isPlain && this.#cursor.hasEscape) throw new UnusualSpelling();
    return end;
  }
}
