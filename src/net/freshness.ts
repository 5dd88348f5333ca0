/** What an answer's headers say about keeping it. */
export interface Freshness {
  /** How long it may be used without asking again, in milliseconds. */
  readonly freshMs: number;
  readonly mayBeStored: boolean;
}

/** Reads Cache-Control and Age (RFC 9111, sections 5.2.2 and 5.1). Without `max-age` an answer is asked again each time. */
export function freshnessOf(headers: ReadonlyMap<string, string>): Freshness {
  const directives = new Map<string, string>();
  for (const part of (headers.get("cache-control") ?? "").toLowerCase().split(",")) {
    const [name = "", value = ""] = part.trim().split("=", 2);
    directives.set(name, value.replaceAll('"', ""));
  }
  if (directives.has("no-store")) return { freshMs: 0, mayBeStored: false };
  const maxAge = directives.get("max-age") ?? "";
  if (directives.has("no-cache") || !/^\d{1,10}$/u.test(maxAge)) return { freshMs: 0, mayBeStored: true };
  const age = headers.get("age") ?? "";
  const ageSeconds = /^\d{1,10}$/u.test(age) ? Number(age) : 0;
  // A year at most: a registry that says more is not to be trusted for longer.
  const seconds = Math.min(Number(maxAge), 31_536_000) - ageSeconds;
  return { freshMs: Math.max(0, seconds) * 1000, mayBeStored: true };
}
