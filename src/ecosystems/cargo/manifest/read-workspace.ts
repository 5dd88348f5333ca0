import { matchDirectories } from "../../../formats/match-directories.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import type {
  CargoWorkspace,
  Edition,
  LocalPackage,
  ManifestDependency,
  ManifestFile,
  ResolverVersion,
} from "./manifest-document.ts";
import type { ManifestFiles } from "./manifest-files.ts";
import { asTable, ManifestReader } from "./manifest-reader.ts";
import type { TomlTable } from "./manifest-reader.ts";
import { directoryOf, isInside, joinPath } from "./paths.ts";
import { readDependencyTable } from "./read-dependencies.ts";
import { readPackage } from "./read-package.ts";
import type { Inheritance } from "./read-package.ts";
import { lockVersionFor } from "./rust-version.ts";
import { readPatches } from "./read-patches.ts";
import { checkReplacements, readReplacements } from "./read-replacements.ts";

const workspaceKeys = new Set(
  "members exclude default-members resolver dependencies package lints metadata".split(" "),
);

/**
 * Reads the workspace that `manifest` belongs to: its own, one above it that lists it, or just itself. `undefined` when
 * there is an error among `diagnostics`.
 */
export function readWorkspace(
  manifest: ManifestFile,
  files: ManifestFiles,
  diagnostics: Diagnostic[],
): CargoWorkspace | undefined {
  const root = findRoot(manifest, files);
  const reader = new ManifestReader(root.file, root.document, diagnostics);
  const table = reader.table(reader.root, "workspace", []);
  if (table !== undefined) reader.warnUnknown(table, workspaceKeys, ["workspace"]);
  const rootPackage = asTable(reader.root["package"]) ?? asTable(reader.root["project"]);
  if (table === undefined && rootPackage === undefined) {
    reader.error("no-package", "a manifest needs a [package] or a [workspace] table", []);
    return undefined;
  }
  const edition = readableEdition(rootPackage);
  const inheritance = table === undefined ? undefined : readInheritance(reader, table, root.directory, edition);
  const context = { reader, directory: root.directory, edition, inherited: inheritance?.dependencies };
  const patches = readPatches(context);
  const replacements = readReplacements(context);
  const packages = new PackageCollector(root, reader, files, table, inheritance, diagnostics);
  packages.collect([...patches, ...replacements].map(({ dependency }) => dependency));
  checkReplacements(context, replacements, [...packages.members.values(), ...packages.others.values()]);

  const resolver = readResolver(reader, table, rootPackage, edition);
  diagnostics.push(...files.diagnostics);
  if (diagnostics.some((diagnostic) => diagnostic.severity === "error")) return undefined;
  return {
    file: root.file,
    directory: root.directory,
    sha256: root.sha256,
    lockVersion: lockVersionFor([...packages.members.values()].map(({ rustVersion }) => rustVersion)),
    members: packages.sorted(packages.members),
    localPackages: packages.sorted(packages.others),
    resolver,
    patches,
    replacements,
  };
}

/** The manifest whose workspace holds `manifest`, which may be itself. Looks no higher than the project. */
function findRoot(manifest: ManifestFile, files: ManifestFiles): ManifestFile {
  const own = asTable(manifest.document.value) ?? {};
  if (own["workspace"] !== undefined) return manifest;
  const pointer = asTable(own["package"])?.["workspace"];
  if (typeof pointer === "string") return files.in(joinPath(manifest.directory, pointer)) ?? manifest;
  for (let directory = manifest.directory; directory !== "";) {
    directory = directoryOf(directory);
    const candidate = files.in(directory);
    const table = asTable(asTable(candidate?.document.value)?.["workspace"]);
    if (candidate === undefined || table === undefined) continue;
    const excluded = Array.isArray(table["exclude"]) ? table["exclude"] : [];
    const isExcluded = excluded.some(
      (path) => typeof path === "string" && isInside(manifest.directory, joinPath(directory, path)),
    );
    return isExcluded ? manifest : candidate;
  }
  return manifest;
}

/** Finds all packages of a workspace: listed members, and what they reach by path. */
class PackageCollector {
  readonly members = new Map<string, LocalPackage>();
  readonly others = new Map<string, LocalPackage>();
  readonly #root: ManifestFile;
  readonly #reader: ManifestReader;
  readonly #files: ManifestFiles;
  readonly #table: TomlTable | undefined;
  readonly #inheritance: Inheritance | undefined;
  readonly #diagnostics: Diagnostic[];
  readonly #seen = new Set<string>();

  constructor(
    root: ManifestFile,
    reader: ManifestReader,
    files: ManifestFiles,
    table: TomlTable | undefined,
    inheritance: Inheritance | undefined,
    diagnostics: Diagnostic[],
  ) {
    this.#root = root;
    this.#reader = reader;
    this.#files = files;
    this.#table = table;
    this.#inheritance = inheritance;
    this.#diagnostics = diagnostics;
  }

  sorted(packages: ReadonlyMap<string, LocalPackage>): readonly LocalPackage[] {
    return [...packages.values()].toSorted((a, b) => (a.file < b.file ? -1 : 1));
  }

  /** `substitutes` are what patches and replacements put in the place of other packages. */
  collect(substitutes: readonly ManifestDependency[]): void {
    const { directory } = this.#root;
    const reader = this.#reader;
    const excluded = (
      this.#table === undefined ? [] : (reader.strings(this.#table, "exclude", ["workspace"]) ?? [])
    ).map((path) => joinPath(directory, path));
    if (reader.root["package"] !== undefined || reader.root["project"] !== undefined) this.#add(directory, true);
    if (this.#table !== undefined) {
      const globs = reader.strings(this.#table, "members", ["workspace"]) ?? [];
      for (const [index, glob] of globs.entries()) {
        const found = matchDirectories(directory, glob, this.#files);
        for (const member of found.directories) {
          if (!excluded.some((path) => isInside(member, path)) || !found.isPattern)
            this.#addListed(member, found.isPattern, index);
        }
      }
    }
    this.#follow([...this.members.values()], excluded);
    for (const substitute of substitutes) {
      if (substitute.source.kind !== "path") continue;
      const added = this.#add(substitute.source.directory, false, substitute);
      if (added !== undefined) this.#follow([added], excluded);
    }
  }

  /** Packages that members reach by path inside of the workspace are members too, unless excluded. */
  #follow(start: readonly LocalPackage[], excluded: readonly string[]): void {
    const { directory } = this.#root;
    for (const pending = [...start]; pending.length > 0;) {
      const current = pending.pop();
      const isMember = current !== undefined && this.members.has(current.directory);
      for (const dependency of current?.dependencies ?? []) {
        if (dependency.source.kind !== "path" || (!isMember && dependency.kind === "dev")) continue;
        const target = dependency.source.directory;
        const isInWorkspace =
          this.#table !== undefined && isInside(target, directory) && !excluded.some((path) => isInside(target, path));
        const added = this.#add(target, isMember && isInWorkspace, dependency);
        if (added !== undefined) pending.push(added);
      }
    }
  }

  #addListed(directory: string, isPattern: boolean, index: number): void {
    if (this.#files.in(directory) === undefined) {
      if (isPattern || this.#files.diagnostics.length > 0) return;
      const message = `the member \`${directory}\` has no Cargo.toml`;
      this.#reader.error("missing-member", message, ["workspace", "members", index]);
      return;
    }
    this.#add(directory, true);
  }

  /** Reads the package in `directory` unless that was done before. */
  #add(directory: string, isMember: boolean, by?: ManifestDependency): LocalPackage | undefined {
    if (this.#seen.has(directory)) return undefined;
    this.#seen.add(directory);
    const manifest = this.#files.in(directory);
    if (manifest === undefined) {
      if (by === undefined || this.#files.diagnostics.length > 0) return undefined;
      const document = this.#files.in(directoryOf(by.origin.file))?.document;
      this.#diagnostics.push({
        code: "cargo-missing-path",
        severity: "error",
        message: `the path dependency \`${by.alias}\` has no Cargo.toml in \`${directory}\``,
        origin: by.origin,
        ...(document === undefined || by.origin.line === undefined
          ? {}
          : { sourceLine: document.lineText(by.origin.line) }),
      });
      return undefined;
    }
    const reader =
      manifest.file === this.#root.file
        ? this.#reader
        : new ManifestReader(manifest.file, manifest.document, this.#diagnostics);
    const package_ = readPackage(manifest, reader, this.#inheritance);
    if (package_ === undefined) return undefined;
    (isMember ? this.members : this.others).set(directory, package_);
    return package_;
  }
}

function readInheritance(reader: ManifestReader, table: TomlTable, directory: string, edition: Edition): Inheritance {
  const path = ["workspace", "dependencies"];
  const dependencies = reader.table(table, "dependencies", ["workspace"]) ?? {};
  const context = { reader, directory, edition, inherited: undefined };
  const entries = readDependencyTable(context, dependencies, path, "normal", undefined);
  return {
    dependencies: new Map(entries.map((entry) => [entry.alias, entry])),
    package: reader.table(table, "package", ["workspace"]) ?? {},
  };
}

function readableEdition(table: TomlTable | undefined): Edition {
  const edition = table?.["edition"];
  return edition === "2018" || edition === "2021" || edition === "2024" ? edition : "2015";
}

function readResolver(
  reader: ManifestReader,
  workspace: TomlTable | undefined,
  rootPackage: TomlTable | undefined,
  edition: Edition,
): ResolverVersion {
  const section = workspace?.["resolver"] === undefined ? "package" : "workspace";
  const table = section === "workspace" ? workspace : rootPackage;
  const text = table === undefined ? undefined : reader.string(table, "resolver", [section]);
  if (text === "1" || text === "2" || text === "3") return text;
  if (text !== undefined) {
    const help = 'the resolvers are "1", "2" and "3"';
    reader.error("unknown-resolver", `unknown resolver \`${text}\``, [section, "resolver"], { help });
  }
  // A virtual workspace has no edition of its own and gets the oldest resolver.
  if (rootPackage === undefined) return "1";
  return edition === "2024" ? "3" : edition === "2021" ? "2" : "1";
}
