/** The `kind` of a structured reason, as the sources of all ecosystems give them. */
export function reasonKind(reason: unknown): string | undefined {
  if (typeof reason !== "object" || reason === null || !("kind" in reason)) return undefined;
  return typeof reason.kind === "string" ? reason.kind : undefined;
}

type Detail = string | number | readonly string[];

/** Words and numbers by name. */
export type ReasonDetails = Readonly<Record<string, Detail>>;

/** The plain words and numbers of a structured reason besides its kind. */
export function reasonDetails(reason: unknown): ReasonDetails {
  if (typeof reason !== "object" || reason === null) return {};
  const plain = Object.entries(reason).flatMap(([key, value]: [string, unknown]): [string, Detail][] => {
    if (key === "kind") return [];
    if (typeof value === "string" || typeof value === "number") return [[key, value]];
    const isTexts = Array.isArray(value) && value.every((one): one is string => typeof one === "string");
    return isTexts ? [[key, value]] : [];
  });
  return Object.fromEntries(plain);
}
