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
  return value instanceof Map ? mapText(value, lineStart) : recordText(value as CanonicalRecord, lineStart);
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

function recordText(record: CanonicalRecord, lineStart: string): string {
  const inner = `${lineStart}  `;
  let text = "";
  for (const key of inOrder(Object.keys(record))) {
    const value = record[key];
    if (value !== undefined) text += `${text === "" ? "{" : ","}${inner}${quoted(key)}: ${textOf(value, inner)}`;
  }
  return text === "" ? "{}" : `${text}${lineStart}}`;
}

function mapText(map: ReadonlyMap<string, CanonicalValue>, lineStart: string): string {
  const inner = `${lineStart}  `;
  let text = "";
  for (const key of inOrder([...map.keys()])) {
    const value = map.get(key);
    if (value !== undefined) text += `${text === "" ? "{" : ","}${inner}${quoted(key)}: ${textOf(value, inner)}`;
  }
  return text === "" ? "{}" : `${text}${lineStart}}`;
}

/** Sorts keys, which mostly are in order already. */
function inOrder(keys: readonly string[]): readonly string[] {
  for (let at = 1; at < keys.length; at++) {
    if ((keys[at - 1] ?? "") > (keys[at] ?? "")) return keys.toSorted(compareBytewise);
  }
  return keys;
}
