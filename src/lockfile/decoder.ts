import { EnkiError } from "../model/enki-error.ts";
import type { JsonObject } from "../model/json.ts";

/** A value inside a lock together with the path to it, which every complaint names. */
export interface Located {
  readonly value: unknown;
  readonly path: string;
}

/** The keys of an object in the order of the file. Reading a key marks it as known. */
export class RecordReader {
  readonly path: string;
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #known = new Set<string>();

  constructor({ value, path }: Located) {
    this.path = path;
    this.#values = new Map(entriesOf({ value, path }).map((entry) => [entry.key, entry.value]));
  }

  optional<T>(key: string, decode: (located: Located) => T): T | undefined {
    this.#known.add(key);
    const value = this.#values.get(key);
    return value === undefined ? undefined : decode({ value, path: joinPath(this.path, key) });
  }

  required<T>(key: string, decode: (located: Located) => T): T {
    const decoded = this.optional(key, decode);
    if (decoded === undefined) throw invalid(this.path, `lacks "${key}"`);
    return decoded;
  }

  /** Complains about the first key that nobody has asked for. */
  refuseOthers(): void {
    for (const key of this.#values.keys()) {
      if (!this.#known.has(key)) throw invalid(joinPath(this.path, key), "is not a key that Enki knows");
    }
  }
}

export function entriesOf({ value, path }: Located): readonly { key: string; value: unknown; path: string }[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(path, "must be an object");
  return Object.entries(value).map(([key, element]) => ({ key, value: element, path: joinPath(path, key) }));
}

export function decodeString({ value, path }: Located): string {
  if (typeof value !== "string") throw invalid(path, "must be a string");
  return value;
}

/** A whole number, zero or above. */
export function decodeCount({ value, path }: Located): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw invalid(path, "must be a whole number");
  }
  return value;
}

export function decodeList<T>(decode: (located: Located) => T): (located: Located) => readonly T[] {
  return ({ value, path }) => {
    if (!Array.isArray(value)) throw invalid(path, "must be a list");
    return value.map((element: unknown, index) => decode({ value: element, path: `${path}[${String(index)}]` }));
  };
}

export const decodeStrings: (located: Located) => readonly string[] = decodeList(decodeString);

/** Any object of JSON. Its keys may be any text, `__proto__` included. */
export function decodeJsonObject({ value, path }: Located): JsonObject {
  if (!isJsonObject(value)) throw invalid(path, "must be an object");
  return value;
}

/** The only source of values is `JSON.parse`, which makes nothing but JSON. */
function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The error for a lock whose shape is wrong at `path`. */
export function invalid(path: string, problem: string): EnkiError {
  return new EnkiError("invalid-lock", `enki.lock is damaged: ${path === "" ? "the file" : path} ${problem}`, {
    hint: "restore the file from version control, or delete it and run `enki resolve`",
  });
}

function joinPath(path: string, key: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key);
  if (!isPlain) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
