import type { CargoVersion } from "./version.ts";

/**
 * The class of versions of which a lock holds at most one: `1`, `0.3` or `0.0.7`, up to and with the leftmost number
 * that is not zero. Pre-release tags do not matter.
 */
export type Compatibility = string;

/** The compatibility class of a version. */
export function compatibilityOf(version: Pick<CargoVersion, "major" | "minor" | "patch">): Compatibility {
  if (version.major !== 0) return `${version.major}`;
  if (version.minor !== 0) return `0.${version.minor}`;
  return `0.0.${version.patch}`;
}
