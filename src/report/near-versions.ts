import { compareNaturally } from "./explanation/lists.ts";

/** How many versions are named on each side. */
const MAXIMUM_NEAR = 3;

/** Of the versions that exist, those just below and just above one that does not, ascending. */
export function nearVersions(existing: Iterable<string>, asked: string): readonly string[] {
  const sorted = [...existing].toSorted(compareNaturally);
  const above = sorted.findIndex((version) => compareNaturally(version, asked) > 0);
  const position = above === -1 ? sorted.length : above;
  return sorted.slice(Math.max(0, position - MAXIMUM_NEAR), position + MAXIMUM_NEAR);
}
