/** Values of a TOML document, narrowed without complaint: what has another type counts as absent. */

export type Table = Readonly<Record<string, unknown>>;

export function tableOf(value: unknown): Table | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** The tables in a list. */
export function tables(value: unknown): readonly Table[] {
  return Array.isArray(value) ? value.map(tableOf).filter((table) => table !== undefined) : [];
}

/** The texts in a list. */
export function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
