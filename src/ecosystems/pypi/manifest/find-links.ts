/** What `--find-links` of pip and uv names: a directory with wheels and source distributions. */
import type { DocumentIndex } from "./pypi-document.ts";

/** The place as an index that ranks before all others; nothing for pages on the network, which the caller reports. */
export function findLinks(place: string): readonly DocumentIndex[] {
  if (/^https?:/i.test(place)) return [];
  const path = place.replace(/^file:(?:\/\/)?/i, "");
  return [{ name: undefined, url: path, isExplicit: false, isDirectory: true }];
}
