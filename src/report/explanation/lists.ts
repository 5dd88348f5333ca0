/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[], conjunction: "and" | "or"): string {
  const last = items.at(-1) ?? "";
  return items.length <= 1 ? last : `${items.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}

/** Like {@link listed}, but names at most `limit` items and counts the rest. */
export function shortList(items: readonly string[], conjunction: "and" | "or", limit: number): string {
  if (items.length <= limit) return listed(items, conjunction);
  return listed([...items.slice(0, limit - 1), `${items.length - limit + 1} others`], conjunction);
}
