import type { Ecosystem } from "../ecosystems/ecosystem.ts";

/** What a range on the command line means: a bare version is what the ecosystem's own tool takes it for. */
export function writtenRange(ecosystem: Ecosystem, range: string): string {
  return /^v?\d[\w.+~-]*$/.test(range) ? (ecosystem.rangeForExact?.(range) ?? range) : range;
}

/**
 * What stands behind the `@` of an `enki add` that gives a version: the range that the ecosystem's tool writes for a new
 * requirement. A bare version is a range for cargo, but exactly that version for `enki add`. `undefined` where new
 * requirements get no range.
 */
export function rangeForAdd(ecosystem: Ecosystem, version: string): string | undefined {
  const written = ecosystem.rangeForNew?.(version);
  return written !== undefined && /^\d/.test(written) ? `^${written}` : written;
}

/** The same, but exact where the range would admit others of the versions that exist. */
export function rangeToGet(ecosystem: Ecosystem, version: string, existing: Iterable<string>): string | undefined {
  const usual = rangeForAdd(ecosystem, version);
  const others = [...existing].filter((other) => other !== version);
  if (usual === undefined || !others.some((other) => ecosystem.rangeAdmits(usual, other))) return usual;
  return ecosystem.rangeForExact?.(version) ?? `=${version}`;
}
