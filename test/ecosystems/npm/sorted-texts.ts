import { sortVersions } from "../../../src/ecosystems/npm/sort-versions.ts";
import { VersionList } from "../../../src/ecosystems/npm/version-list.ts";

/** Versions in order, and the indices of those with pre-release identifiers. */
export function sortTexts(texts: readonly string[]): {
  readonly versions: readonly string[];
  readonly prereleases: readonly number[];
  readonly list: VersionList;
} {
  const bytes = Buffer.from(texts.join(" "), "latin1");
  const ends: number[] = [];
  for (const text of texts) ends.push((ends.at(-1) ?? -1) + 1 + text.length);
  const starts = texts.map((text, index) => (ends[index] ?? 0) - text.length);
  const { order, prereleases, numbers } = sortVersions({ bytes, starts, ends });
  const versions = order.map((index) => texts[index] ?? "");
  const list = new VersionList({
    count: versions.length,
    numbers,
    prereleases: Int32Array.from(prereleases),
    text: (index) => versions[index] ?? "",
  });
  return { versions, prereleases, list };
}
