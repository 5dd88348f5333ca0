import type { JsonValue } from "./json.ts";
import { compareBytewise } from "./order.ts";

/** JSON, or a map from keys to it: name-keyed data stays out of plain objects, where `__proto__` is no ordinary key. */
export type CanonicalValue =
  JsonValue | ReadonlyMap<string, CanonicalValue> | readonly CanonicalValue[] | CanonicalRecord;

export interface CanonicalRecord {
  readonly [key: string]: CanonicalValue | undefined;
}

/**
 * The one text of a value: keys sorted by their UTF-16 code units, two spaces, LF, a final line end, nothing but what JSON
 * requires escaped. Keys whose value is `undefined` are left out.
 */
export function canonicalJson(value: CanonicalValue): string {
  const parts: string[] = [];
  write(value, "\n", parts);
  parts.push("\n");
  return parts.join("");
}

function write(value: CanonicalValue, lineStart: string, parts: string[]): void {
  if (value === null || typeof value !== "object") {
    if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("JSON has no such number");
    parts.push(JSON.stringify(value));
  } else if (isList(value)) {
    writeList(value, lineStart, parts);
  } else {
    writeRecord(value instanceof Map ? [...value] : Object.entries(value), lineStart, parts);
  }
}

function isList(value: object): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}

function writeList(list: readonly CanonicalValue[], lineStart: string, parts: string[]): void {
  if (list.length === 0) {
    parts.push("[]");
    return;
  }
  const inner = `${lineStart}  `;
  parts.push("[");
  list.forEach((element, index) => {
    parts.push(index === 0 ? inner : `,${inner}`);
    write(element, inner, parts);
  });
  parts.push(lineStart, "]");
}

function writeRecord(
  entries: readonly (readonly [string, CanonicalValue | undefined])[],
  lineStart: string,
  parts: string[],
): void {
  const inner = `${lineStart}  `;
  const sorted = entries.toSorted(([left], [right]) => compareBytewise(left, right));
  let isFirst = true;
  for (const [key, value] of sorted) {
    if (value === undefined) continue;
    parts.push(isFirst ? "{" : ",", inner, JSON.stringify(key), ": ");
    write(value, inner, parts);
    isFirst = false;
  }
  if (isFirst) parts.push("{}");
  else parts.push(lineStart, "}");
}
