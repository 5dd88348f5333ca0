/** A moment (RFC 3339, UTC) for people: midnight is the day alone. */
export function dayOf(moment: string): string {
  return moment.replace(/T00:00:00(?:\.0+)?Z$/u, "");
}
