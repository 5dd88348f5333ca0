/** Reading fields of the lock's JSON without trusting their types. */
import type { JsonObject, JsonValue } from "../../model/json.ts";

/** A string, or the empty one. */
export function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** An object, or an empty one. */
export function object(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The strings of a JSON list. */
export function texts(value: JsonValue | undefined): readonly string[] {
  return isList(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** The objects of a JSON list. */
export function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return isList(value) ? value.filter(isObject) : [];
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
