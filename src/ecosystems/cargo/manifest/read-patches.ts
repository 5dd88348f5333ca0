import { parseVersion } from "../versions/version.ts";
import type { ManifestPatch, ManifestReplacement } from "./manifest-document.ts";
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

/** Reads `[replace]` of a workspace's root, whose keys are `name:version`. */
export function readReplacements(context: DependencyContext): readonly ManifestReplacement[] {
  const { reader } = context;
  const table = reader.table(reader.root, "replace", []) ?? {};
  const replacements: ManifestReplacement[] = [];
  for (const key of Object.keys(table)) {
    const specification = key.slice(key.lastIndexOf("#") + 1);
    const separator = specification.search(/[:@]/u);
    const crate = specification.slice(0, separator);
    const version = separator === -1 ? undefined : parseVersion(specification.slice(separator + 1));
    if (version === undefined) {
      const help = 'write the key as "name:1.2.3"';
      reader.error("invalid-replace", `\`${key}\` does not name a crate and a version`, ["replace", key], { help });
      continue;
    }
    const entry = { [crate]: table[key] };
    const [dependency] = readDependencyTable(context, entry, ["replace", key], "normal", undefined);
    if (dependency !== undefined) replacements.push({ crate, version, dependency });
  }
  return replacements;
}
