import type { PackageId } from "../../model/resolution.ts";

/** The id of a version: `pypi:name@1.0`. */
export function packageIdOf(name: string, candidate: { readonly text: string }): PackageId {
  return `pypi:${name}@${candidate.text}`;
}
