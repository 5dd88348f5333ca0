/** A decoded JSON object, before its members are looked at. */
export type UnknownRecord = Readonly<Record<string, unknown>>;

/** Whether `value` is a JSON object. */
export function isRecord(value: unknown): value is UnknownRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An own member that is a text, or `undefined`. */
export function stringMember(record: UnknownRecord, key: string): string | undefined {
  const value = ownMember(record, key);
  return typeof value === "string" ? value : undefined;
}

/** An own member that is a number, or `undefined`. */
export function numberMember(record: UnknownRecord, key: string): number | undefined {
  const value = ownMember(record, key);
  return typeof value === "number" ? value : undefined;
}

/** An own member that is an object, or `undefined`. */
export function recordMember(record: UnknownRecord, key: string): UnknownRecord | undefined {
  const value = ownMember(record, key);
  return isRecord(value) ? value : undefined;
}

/** The texts of an own member that is a text or a list of texts; `undefined` when it is neither. */
export function stringsMember(record: UnknownRecord, key: string): readonly string[] | undefined {
  const value = ownMember(record, key);
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) return undefined;
  return value.filter((item) => typeof item === "string");
}

function ownMember(record: UnknownRecord, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
