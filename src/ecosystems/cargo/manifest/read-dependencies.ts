import type { DocumentPath } from "../../../formats/text-document.ts";
import type { GitReference } from "../package/crate-source.ts";
import { parsePlatform } from "../package/platform.ts";
import type { CrateDependencyKind } from "../package/release.ts";
import { isCrateName } from "../registry/index-path.ts";
import { isRequirementProblem, parseRequirement } from "../versions/parse-requirement.ts";
import type { CargoRequirement } from "../versions/requirement.ts";
import { anyVersion } from "../versions/requirement.ts";
import { joinPath } from "./paths.ts";
import type { DeclaredSource, Edition, ManifestDependency } from "./manifest-document.ts";
import type { ManifestReader, TomlTable } from "./manifest-reader.ts";
import { asTable } from "./manifest-reader.ts";

/** What a workspace gives its members to inherit: `[workspace.dependencies]`, as declared at its root. */
export type InheritedDependencies = ReadonlyMap<string, ManifestDependency>;

/** How the dependency tables of one package are read. */
export interface DependencyContext {
  readonly reader: ManifestReader;
  /** The directory of the manifest, relative to the project's root. */
  readonly directory: string;
  readonly edition: Edition;
  /** `undefined` outside of a workspace. */
  readonly inherited: InheritedDependencies | undefined;
}

const tables: readonly { readonly key: string; readonly old?: string; readonly kind: CrateDependencyKind }[] = [
  { key: "dependencies", kind: "normal" },
  { key: "dev-dependencies", old: "dev_dependencies", kind: "dev" },
  { key: "build-dependencies", old: "build_dependencies", kind: "build" },
];

const knownKeys = new Set(
  "version path git branch tag rev registry registry-index features default-features default_features optional package workspace public artifact lib target base".split(
    " ",
  ),
);

/** Reads all dependency tables of a package, those below `[target.…]` included. */
export function readDependencies(context: DependencyContext): readonly ManifestDependency[] {
  const { reader } = context;
  const result = readTables(context, reader.root, [], undefined);
  const targets = reader.table(reader.root, "target", []) ?? {};
  for (const name of Object.keys(targets)) {
    const table = reader.table(targets, name, ["target"]);
    if (table === undefined) continue;
    const platform = parsePlatform(name);
    if (typeof platform === "string") {
      reader.error("invalid-target", `\`${name}\` is no target: ${platform}`, ["target", name], { part: "key" });
      continue;
    }
    result.push(...readTables(context, table, ["target", name], name));
  }
  return result;
}

function readTables(
  context: DependencyContext,
  parent: TomlTable,
  path: DocumentPath,
  target: string | undefined,
): ManifestDependency[] {
  const result: ManifestDependency[] = [];
  for (const { key, old, kind } of tables) {
    const used = parent[key] === undefined && old !== undefined && parent[old] !== undefined ? old : key;
    const table = context.reader.table(parent, used, path);
    if (table === undefined) continue;
    if (used === old) {
      const severity = context.edition === "2024" ? "error" : "warning";
      context.reader.report(severity, "deprecated-key", `\`${old}\` is deprecated`, [...path, used], {
        part: "key",
        help: `write \`${key}\``,
      });
    }
    result.push(...readDependencyTable(context, table, [...path, used], kind, target));
  }
  return result;
}

/** Reads one table of dependencies. */
export function readDependencyTable(
  context: DependencyContext,
  table: TomlTable,
  path: DocumentPath,
  kind: CrateDependencyKind,
  target: string | undefined,
): readonly ManifestDependency[] {
  const result: ManifestDependency[] = [];
  for (const [alias, value] of Object.entries(table)) {
    const dependency = readDependencyEntry(context, alias, value, [...path, alias], kind, target);
    if (dependency !== undefined) result.push(dependency);
  }
  return result;
}

/** Reads the entry at `path`, a version or a table, as a dependency called `alias`. */
export function readDependencyEntry(
  context: DependencyContext,
  alias: string,
  value: unknown,
  path: DocumentPath,
  kind: CrateDependencyKind,
  target: string | undefined,
): ManifestDependency | undefined {
  if (!isCrateName(alias)) {
    context.reader.error("invalid-name", `\`${alias}\` is no name for a dependency`, path, { part: "key" });
    return undefined;
  }
  const isPlain = typeof value === "string";
  const entry = isPlain ? { version: value } : asTable(value);
  if (entry !== undefined) return readEntry(context, { alias, entry, path, isPlain, kind, target });
  context.reader.error("wrong-type", `\`${alias}\` must be a version or a table`, path);
  return undefined;
}

interface Entry {
  readonly alias: string;
  readonly entry: TomlTable;
  readonly path: DocumentPath;
  /** Written as `name = "version"`. */
  readonly isPlain: boolean;
  readonly kind: CrateDependencyKind;
  readonly target: string | undefined;
}

function readEntry(context: DependencyContext, written: Entry): ManifestDependency | undefined {
  const { reader } = context;
  const { alias, entry, path, kind, target } = written;
  reader.warnUnknown(entry, knownKeys, path);
  const features = reader.strings(entry, "features", path) ?? [];
  const isOptional = reader.boolean(entry, "optional", path) ?? false;
  if (isOptional && kind === "dev") {
    reader.error("optional-dev", `the dev-dependency \`${alias}\` cannot be optional`, [...path, "optional"]);
  }
  const defaultKey = entry["default-features"] === undefined ? "default_features" : "default-features";
  const usesDefaultFeatures = reader.boolean(entry, defaultKey, path);
  const common = { alias, kind, target, isOptional, origin: reader.origin(path) };

  if (reader.boolean(entry, "workspace", path) === true) {
    return inherit(context, written, { common, features, usesDefaultFeatures });
  }
  if (entry["workspace"] === false) {
    reader.error("workspace-false", "`workspace` cannot be false", [...path, "workspace"]);
  }
  const source = readSource(context, entry, path);
  const crate = reader.string(entry, "package", path) ?? alias;
  const requirement = readRequirement(context, written, source);
  if (source === undefined || requirement === undefined) return undefined;
  const origin =
    entry["version"] === undefined || written.isPlain ? common.origin : reader.origin([...path, "version"]);
  return { ...common, origin, crate, source, requirement, features, usesDefaultFeatures: usesDefaultFeatures ?? true };
}

function readRequirement(
  context: DependencyContext,
  written: Entry,
  source: DeclaredSource | undefined,
): CargoRequirement | undefined {
  const { reader } = context;
  const { alias, entry, path, isPlain } = written;
  const text = reader.string(entry, "version", path);
  if (text === undefined) {
    if (source?.kind === "registry" && entry["version"] === undefined) {
      reader.report("warning", "no-version", `dependency \`${alias}\` has no version, path or git address`, path, {
        part: "key",
        help: `write \`${alias} = "*"\` if any version will do`,
      });
    }
    return anyVersion;
  }
  const parsed = parseRequirement(text);
  if (!isRequirementProblem(parsed)) return parsed;
  const message = `invalid version requirement \`${text}\` of \`${alias}\`: ${parsed.problem}`;
  reader.error("invalid-requirement", message, isPlain ? path : [...path, "version"], {
    help: parsed.help,
    offset: parsed.offset,
  });
  return undefined;
}

function readSource(context: DependencyContext, entry: TomlTable, path: DocumentPath): DeclaredSource | undefined {
  const { reader, directory } = context;
  const git = reader.string(entry, "git", path);
  const local = reader.string(entry, "path", path);
  const name = reader.string(entry, "registry", path);
  const indexUrl = reader.string(entry, "registry-index", path);
  if (git !== undefined) {
    if (local !== undefined) {
      reader.error("ambiguous-source", "only one of `git` and `path` is allowed", [...path, "path"]);
      return undefined;
    }
    const references = (["branch", "tag", "rev"] as const).filter((key) => entry[key] !== undefined);
    if (references.length > 1) {
      reader.error("ambiguous-source", "only one of `branch`, `tag` and `rev` is allowed", path);
      return undefined;
    }
    const [key] = references;
    const reference = key === undefined ? undefined : reader.string(entry, key, path);
    const meant: GitReference =
      key === undefined || reference === undefined ? { kind: "default" } : { kind: key, name: reference };
    return { kind: "git", url: git, reference: meant };
  }
  if (local !== undefined) return { kind: "path", directory: joinPath(directory, local) };
  return { kind: "registry", name, indexUrl };
}

function inherit(
  context: DependencyContext,
  written: Entry,
  own: {
    readonly common: Pick<ManifestDependency, "alias" | "kind" | "target" | "isOptional" | "origin">;
    readonly features: readonly string[];
    readonly usesDefaultFeatures: boolean | undefined;
  },
): ManifestDependency | undefined {
  const { reader, inherited } = context;
  const { alias, path } = written;
  if (inherited === undefined) {
    const help = "add the package to a workspace, or write the version here";
    reader.error("no-workspace", `\`${alias}\` is inherited, but there is no workspace`, path, { help });
    return undefined;
  }
  const base = inherited.get(alias);
  if (base === undefined) {
    const help = `add it to \`[workspace.dependencies]\``;
    reader.error("not-inheritable", `the workspace does not define the dependency \`${alias}\``, path, { help });
    return undefined;
  }
  if (own.usesDefaultFeatures === false && base.usesDefaultFeatures) {
    const message = `\`default-features = false\` of \`${alias}\` is ignored, because the workspace enables them`;
    reader.report(context.edition === "2024" ? "error" : "warning", "default-features-ignored", message, path);
  }
  return {
    ...base,
    ...own.common,
    usesDefaultFeatures: base.usesDefaultFeatures || own.usesDefaultFeatures === true,
    features: [...new Set([...base.features, ...own.features])],
  };
}
