import { isCrateName } from "../registry/index-path.ts";
import { anyVersion } from "../versions/requirement.ts";
import { parseVersion } from "../versions/version.ts";
import type { LocalPackage, ManifestReplacement } from "./manifest-document.ts";
import type { DependencyContext } from "./read-dependencies.ts";
import { readDependencyEntry } from "./read-dependencies.ts";

/** `name:1.2.3`, `name@1.2.3`, or the same behind the URL of a registry and `#` (cargo's package id specifications). */
const specification = /^(?:([^#\s]+:\/\/[^#\s]+)#)?([^:@#\s]+)[:@]([^:@#\s]+)$/u;

/** Reads `[replace]` of a workspace's root: single releases of registries whose content is taken from elsewhere. */
export function readReplacements(context: DependencyContext): readonly ManifestReplacement[] {
  const { reader } = context;
  const table = reader.table(reader.root, "replace", []);
  if (table === undefined) return [];
  if (reader.root["patch"] !== undefined) {
    reader.error("replace-and-patch", "[replace] and [patch] can't stand in one manifest", ["replace"], {
      help: "write the replacements as [patch.crates-io] too",
    });
  }
  return Object.entries(table).flatMap(([key, value]) => {
    const path = ["replace", key];
    const [, registry, crate = "", text = ""] = specification.exec(key) ?? [];
    const version = parseVersion(text);
    if (version === undefined || !isCrateName(crate)) {
      reader.error("invalid-replacement", `\`${key}\` does not say which version is replaced`, path, {
        part: "key",
        help: 'write the name and the full version: "name:1.2.3"',
      });
      return [];
    }
    const dependency = readDependencyEntry(context, crate, value, path, "normal", undefined);
    if (dependency === undefined) return [];
    if (dependency.source.kind === "registry" || dependency.requirement !== anyVersion) {
      reader.error("replacement-requirement", `the replacement of ${crate} can't require a version`, path, {
        help: "name a path or a git repository, and nothing else",
      });
      return [];
    }
    if (dependency.crate !== crate) {
      reader.error("replacement-name", `${crate} can't be replaced by ${dependency.crate}`, path, {
        help: "both must have the same name",
      });
      return [];
    }
    return [{ registry, version, dependency }];
  });
}

/** Complains about local replacements that are another version than they replace. */
export function checkReplacements(
  { reader }: DependencyContext,
  replacements: readonly ManifestReplacement[],
  packages: readonly LocalPackage[],
): void {
  for (const { dependency, version } of replacements) {
    const { crate, source } = dependency;
    const local = source.kind === "path" ? packages.find(({ directory }) => directory === source.directory) : undefined;
    if (local === undefined || (local.name === crate && local.version.text === version.text)) continue;
    const found = `${local.name} ${local.version.text}`;
    const message = `${crate} ${version.text} is replaced by \`${local.directory}\`, which holds ${found}`;
    const key = Object.keys(reader.table(reader.root, "replace", []) ?? {}).find((name) =>
      [":", "@"].some((separator) => name.endsWith(`${crate}${separator}${version.text}`)),
    );
    reader.error("replacement-version", message, ["replace", key ?? ""], {
      help: "a replacement has the name and version of what it replaces; [patch] allows other versions",
    });
  }
}
