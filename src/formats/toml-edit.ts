/** Changes single keys and elements of a TOML text; comments, order and layout of everything else stay as they are. */
import type { DocumentPath, Span } from "./text-document.ts";
import type { Place } from "./toml-positions.ts";
import { pathKey, tomlPlaces } from "./toml-positions.ts";

/** Why a text can't be edited at a place; the message completes "… because ". */
export class TomlEditError extends Error {}

/**
 * Gives a key of a table a value, which is TOML text already. A table that does not exist is added at the end. A new key
 * goes last, or, when asked and the others are sorted, where it belongs among them. Throws a {@link TomlEditError} for tables written inline.
 */
export function setTomlKey(
  text: string,
  table: readonly string[],
  key: string,
  value: string,
  placement: "last" | "sorted" = "last",
): string {
  const places = tomlPlaces(text);
  const existing = places.get(pathKey([...table, key]))?.value;
  if (existing !== undefined) return splice(text, existing, value);
  const line = `${tomlKey(key)} = ${value}`;
  const newline = lineEndOf(text);
  const header = places.get(pathKey(table))?.value;
  if (header !== undefined && text.charAt(header.offset) === "{") {
    throw new TomlEditError(`${table.join(".")} is written inline`);
  }
  const siblings = keysOf(text, places, table);
  const [first] = siblings;
  if (header === undefined && first === undefined) {
    const gap = text === "" ? "" : text.endsWith("\n") ? newline : `${newline}${newline}`;
    return `${text}${gap}[${table.map(tomlKey).join(".")}]${newline}${line}${newline}`;
  }
  // What comes to a table that is indented, or written in dotted keys, is written like the rest of it.
  const written = `${first?.prefix ?? ""}${line}`;
  const names = siblings.map(({ name }) => name);
  const isSorted =
    placement === "sorted" && names.every((name, index) => index === 0 || (names[index - 1] ?? "") <= name);
  const follower = isSorted ? siblings.find(({ name }) => name > key) : undefined;
  if (follower !== undefined) return insert(text, follower.start, `${written}${newline}`);
  return insertLineAfter(text, siblings.at(-1)?.end ?? header?.offset ?? 0, written, newline);
}

/** Takes a key away, with its whole lines; a table of its own under that name goes with everything in it. */
export function removeTomlKey(text: string, path: readonly string[]): string {
  const place = tomlPlaces(text).get(pathKey(path));
  const span = place?.value ?? place?.key;
  if (span === undefined) return text;
  const start = lineStart(text, (place?.key ?? span).offset);
  if (text.slice(start).trimStart().startsWith("[")) return removeTable(text, start);
  const before = text.slice(start, (place?.key ?? span).offset);
  if (before.trim() !== "" && !/^[\s\w."'-]*$/.test(before)) {
    throw new TomlEditError(`${path.join(".")} is written inline`);
  }
  return `${text.slice(0, start)}${text.slice(lineEnd(text, span.offset + span.length))}`;
}

/** Adds an element, which is TOML text already, at the end of an array. Throws a {@link TomlEditError} without the array. */
export function addTomlElement(text: string, path: DocumentPath, value: string): string {
  const { array, elements } = elementsOf(text, path);
  const last = elements.at(-1);
  const inner = text.slice(array.offset, array.offset + array.length);
  if (last === undefined) return splice(text, array, `[${value}]`);
  const end = last.offset + last.length;
  if (!inner.includes("\n")) return insert(text, end, `, ${value}`);
  const indentation = /^[ \t]*/.exec(text.slice(lineStart(text, last.offset)))?.[0] ?? "";
  const behind = /^\s*,/.exec(text.slice(end));
  const comma = behind === null ? "," : "";
  const newline = lineEndOf(text);
  // The comma goes directly behind the element, the new line behind its comment.
  const withComma = comma === "" ? text : insert(text, end, comma);
  return insertLineAfter(withComma, end, `${indentation}${value}${behind === null ? "" : ","}`, newline);
}

/** Gives an element of an array another value, which is TOML text already. */
export function setTomlElement(text: string, path: DocumentPath, index: number, value: string): string {
  const element = elementsOf(text, path).elements[index];
  return element === undefined ? text : splice(text, element, value);
}

/** Takes an element of an array away; one that has its line for itself takes the line along. */
export function removeTomlElement(text: string, path: DocumentPath, index: number): string {
  const { elements } = elementsOf(text, path);
  const element = elements[index];
  if (element === undefined) return text;
  const end = element.offset + element.length;
  const comma = /^\s*,/.exec(text.slice(end))?.[0].length ?? 0;
  const start = lineStart(text, element.offset);
  const stop = lineEnd(text, end + comma);
  const rest = text.slice(end + comma, stop).trim();
  const isAlone = text.slice(start, element.offset).trim() === "" && (rest === "" || rest.startsWith("#"));
  if (isAlone) return `${text.slice(0, start)}${text.slice(stop)}`;
  const blank = /^[ \t]*/.exec(text.slice(end + comma))?.[0].length ?? 0;
  const next = elements[index + 1];
  if (next !== undefined) return `${text.slice(0, element.offset)}${text.slice(end + comma + blank)}`;
  // The last of several: the comma before it goes too.
  const previous = elements[index - 1];
  const from = previous === undefined ? element.offset : previous.offset + previous.length;
  return `${text.slice(0, from)}${text.slice(end)}`;
}

/** A text as a basic string of TOML. */
export function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll("\u007F", "\\u007F");
}

function tomlKey(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : tomlString(name);
}

interface KeyInTable {
  readonly name: string;
  /** What stands on its line before it: indentation, or the table's own name and a dot. */
  readonly prefix: string;
  readonly start: number;
  readonly end: number;
}

/** The keys that stand in the block of a table itself, in the order of the text; sub-tables aside. */
function keysOf(text: string, places: ReadonlyMap<string, Place>, table: readonly string[]): readonly KeyInTable[] {
  const keys: KeyInTable[] = [];
  for (const [name, { key, value }] of places) {
    const path: unknown = JSON.parse(name);
    if (!Array.isArray(path) || path.length !== table.length + 1 || !isPrefix(table, path)) continue;
    const [own] = path.slice(-1);
    if (key === undefined || typeof own !== "string") continue;
    const start = lineStart(text, key.offset);
    if (text.slice(start).trimStart().startsWith("[")) continue;
    const span = value ?? lastUnder(places, path) ?? key;
    keys.push({ name: own, prefix: text.slice(start, key.offset), start, end: span.offset + span.length });
  }
  return keys.toSorted((left, right) => left.start - right.start);
}

/** The last value under a dotted key such as `serde.version = "1"`. */
function lastUnder(places: ReadonlyMap<string, Place>, path: readonly unknown[]): Span | undefined {
  const start = `${JSON.stringify(path).slice(0, -1)},`;
  const under = [...places].flatMap(([name, { value }]) =>
    name.startsWith(start) && value !== undefined ? value : [],
  );
  return under.toSorted((left, right) => left.offset - right.offset).at(-1);
}

function isPrefix(prefix: readonly string[], path: readonly unknown[]): boolean {
  return prefix.every((step, index) => path[index] === step);
}

function elementsOf(text: string, path: DocumentPath): { readonly array: Span; readonly elements: readonly Span[] } {
  const places = tomlPlaces(text);
  const array = places.get(pathKey(path))?.value;
  if (array === undefined || text.charAt(array.offset) !== "[") {
    throw new TomlEditError(`${path.join(".")} is no array`);
  }
  const elements: Span[] = [];
  for (let index = 0; ; index++) {
    const element = places.get(pathKey([...path, index]))?.value;
    if (element === undefined) return { array, elements };
    elements.push(element);
  }
}

/** From a header to the next one, comments directly above that one excepted. */
function removeTable(text: string, start: number): string {
  const headers = [...tomlPlaces(text).values()].flatMap(({ key }) => {
    const line = key === undefined ? start : lineStart(text, key.offset);
    return line > start && text.slice(line).trimStart().startsWith("[") ? line : [];
  });
  const next = headers.length === 0 ? text.length : Math.min(...headers);
  const above = /(?:^[ \t]*#[^\n]*\n)+$/m.exec(text.slice(start, next));
  const stop = above === null ? next : start + above.index;
  const before = text.slice(0, start);
  return stop === text.length
    ? `${before.trimEnd()}${before.trim() === "" ? "" : lineEndOf(text)}`
    : before + text.slice(stop);
}

function splice(text: string, { offset, length }: Span, replacement: string): string {
  return `${text.slice(0, offset)}${replacement}${text.slice(offset + length)}`;
}

function insert(text: string, at: number, inserted: string): string {
  return `${text.slice(0, at)}${inserted}${text.slice(at)}`;
}

/** A line of its own behind the one that holds `at`. */
function insertLineAfter(text: string, at: number, line: string, newline: string): string {
  const end = lineEnd(text, at);
  const isOpen = end === text.length && !text.endsWith("\n");
  return insert(text, end, isOpen ? `${newline}${line}` : `${line}${newline}`);
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

function lineEnd(text: string, at: number): number {
  const newline = text.indexOf("\n", at);
  return newline === -1 ? text.length : newline + 1;
}

function lineEndOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
