/** Prints the few TOML values that lockfiles need, in a stable form. */

/** A date-time is printed as it is, without quotes. */
export interface TomlDate {
  readonly date: string;
}

export type TomlValue = string | number | boolean | TomlDate | readonly TomlValue[] | ReadonlyMap<string, TomlValue>;

/** A value on one line. */
function tomlValue(value: TomlValue): string {
  if (typeof value === "string") return tomlString(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (isMap(value)) {
    const entries = [...value].map(([key, item]) => `${tomlKey(key)} = ${tomlValue(item)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return "date" in value ? value.date : `[${value.map(tomlValue).join(", ")}]`;
}

/** `key = value`; a list of tables, of many items or of long ones has one item per line. */
export function tomlLine(key: string, value: TomlValue): string {
  const line = `${tomlKey(key)} = ${tomlValue(value)}\n`;
  const isLong = Array.isArray(value) && (value.length > 4 || value.some(isMap) || line.length > 120);
  if (!isLong || value.length === 0) return line;
  return `${tomlKey(key)} = [\n${value.map((item: TomlValue) => `    ${tomlValue(item)},\n`).join("")}]\n`;
}

function isMap(value: TomlValue): value is ReadonlyMap<string, TomlValue> {
  return value instanceof Map;
}

function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : tomlString(key);
}

/** A basic string; control characters are escaped. */
function tomlString(text: string): string {
  const escaped = text.replace(/["\\]/g, "\\$&").replace(/\p{Cc}/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}
