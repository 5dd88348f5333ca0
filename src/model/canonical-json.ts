import type { JsonValue } from "./json.ts";
import { byEntryKey } from "./order.ts";

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
  return `${textOf(value, "\n")}\n`;
}

// Texts are put together by concatenation: a list of the parts of a large lock has half a million members.
function textOf(value: CanonicalValue, lineStart: string): string {
  if (typeof value === "string") return quoted(value);
  if (value === null || typeof value !== "object") {
    if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("JSON has no such number");
    return JSON.stringify(value);
  }
  if (isList(value)) return listText(value, lineStart);
  return recordText(value instanceof Map ? [...value] : Object.entries(value), lineStart);
}

/** Nearly no text has anything to escape, and to look is faster than to ask. */
function quoted(text: string): string {
  return /["\\\p{Cc}\p{Surrogate}]/u.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function isList(value: object): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}

function listText(list: readonly CanonicalValue[], lineStart: string): string {
  if (list.length === 0) return "[]";
  const inner = `${lineStart}  `;
  let text = "";
  for (const element of list) text += `${text === "" ? "[" : ","}${inner}${textOf(element, inner)}`;
  return `${text}${lineStart}]`;
}

function recordText(entries: readonly (readonly [string, CanonicalValue | undefined])[], lineStart: string): string {
  const inner = `${lineStart}  `;
  const sorted = entries.toSorted(byEntryKey);
  let text = "";
  for (const [key, value] of sorted) {
    if (value !== undefined) text += `${text === "" ? "{" : ","}${inner}${quoted(key)}: ${textOf(value, inner)}`;
  }
  return text === "" ? "{}" : `${text}${lineStart}}`;
}
