import type { ManifestPatch } from "./manifest-document.ts";
import type { DependencyContext } from "./read-dependencies.ts";
import { readDependencyTable } from "./read-dependencies.ts";

/** Reads `[patch.…]` of a workspace's root: releases that stand in for those of another source. */
export function readPatches(context: DependencyContext): readonly ManifestPatch[] {
  const { reader } = context;
  const sources = reader.table(reader.root, "patch", []) ?? {};
  const patches: ManifestPatch[] = [];
  for (const of of Object.keys(sources)) {
    const table = reader.table(sources, of, ["patch"]);
    if (table === undefined) continue;
    for (const dependency of readDependencyTable(context, table, ["patch", of], "normal", undefined)) {
      patches.push({ of, dependency });
    }
  }
  return patches;
}
