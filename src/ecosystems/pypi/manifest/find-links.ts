/** What `--find-links` of pip and uv names: a directory or a page with wheels and source distributions. */
import type { DocumentIndex } from "./pypi-document.ts";

/** The place as an index that ranks before all others. */
export function findLinks(place: string): DocumentIndex {
  if (/^https?:/i.test(place)) return { name: undefined, url: place, isExplicit: false, layout: "page" };
  const path = place.replace(/^file:(?:\/\/)?/i, "");
  return { name: undefined, url: path, isExplicit: false, layout: "directory" };
}
