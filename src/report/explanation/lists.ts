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

/** Compares texts so that numbers in them count as numbers: `9.1` before `10.0`. For display only. */
export function compareNaturally(left: string, right: string): number {
  const [a, b] = [left, right].map((text) => text.match(/\d+|\D+/gu) ?? []);
  for (const [index, part] of (a ?? []).entries()) {
    const other = b?.[index];
    if (other === undefined) return 1;
    const difference = Number(part) - Number(other);
    if (Number.isNaN(difference) ? part !== other : difference !== 0) {
      return Number.isNaN(difference) ? (part < other ? -1 : 1) : difference;
    }
  }
  return (a?.length ?? 0) - (b?.length ?? 0);
}
