import type { JsonObject, JsonValue } from "../model/json.ts";

/** A member that is a text, or `undefined`. */
export function textOf(details: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(details, key) ? details[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** The texts of a member that is a text or a list; empty when it is neither. */
export function textsOf(details: JsonObject, key: string): readonly string[] {
  return textsIn(Object.hasOwn(details, key) ? details[key] : undefined);
}

/** The texts of a value that is a text or a list. */
function textsIn(value: JsonValue | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** The members of an object that are texts, as pairs; empty when it is no object. */
export function textEntries(value: JsonValue | undefined): readonly (readonly [string, string])[] {
  if (!isObject(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}

/** A member that is a list of lists of texts: commands. */
export function commandsOf(details: JsonObject, key: string): readonly (readonly string[])[] {
  const value = Object.hasOwn(details, key) ? details[key] : undefined;
  return Array.isArray(value) ? value.map((item) => textsIn(item)) : [];
}

/** Whether a JSON value is an object. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
