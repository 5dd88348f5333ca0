import { pathSource } from "../package/crate-source.ts";
import { buildFeatureTable } from "../package/features.ts";
import { compareVersions, parseVersion } from "../versions/version.ts";
import type { CargoVersion } from "../versions/version.ts";
import { isCrateName } from "../registry/index-path.ts";
import type { Edition, LocalPackage, ManifestDependency, ManifestFile } from "./manifest-document.ts";
import type { ManifestReader, TomlTable } from "./manifest-reader.ts";
import { asTable } from "./manifest-reader.ts";
import type { InheritedDependencies } from "./read-dependencies.ts";
import { readDependencies } from "./read-dependencies.ts";
import { parseRustVersion } from "./rust-version.ts";

/** What members take from the root of their workspace. */
export interface Inheritance {
  readonly dependencies: InheritedDependencies;
  /** `[workspace.package]` */
  readonly package: TomlTable;
}

const editionMinimum: Readonly<Record<Edition, string>> = {
  "2015": "1.0.0",
  "2018": "1.31.0",
  "2021": "1.56.0",
  "2024": "1.85.0",
};

const topKeys = new Set(
  "package project lib bin example test bench dependencies dev-dependencies dev_dependencies build-dependencies build_dependencies target features workspace patch replace profile badges lints hints cargo-features".split(
    " ",
  ),
);
const packageKeys = new Set(
  "name version authors edition rust-version description documentation readme homepage repository license license-file keywords categories workspace build links exclude include publish metadata default-run autolib autobins autoexamples autotests autobenches resolver default-target forced-target im-a-teapot namespaced-features metabuild".split(
    " ",
  ),
);

/** Reads the package of a manifest with all its dependencies; `undefined` when an error makes that impossible. */
export function readPackage(
  manifest: ManifestFile,
  reader: ManifestReader,
  inheritance: Inheritance | undefined,
): LocalPackage | undefined {
  const { root } = reader;
  reader.warnUnknown(root, topKeys, []);
  const key = root["package"] === undefined && root["project"] !== undefined ? "project" : "package";
  const table = reader.table(root, key, []);
  if (table === undefined) return undefined;
  reader.warnUnknown(table, packageKeys, [key]);

  const field = (name: string): { readonly value: string | undefined; readonly isInherited: boolean } => {
    const written = asTable(table[name]);
    if (written?.["workspace"] !== true) return { value: reader.string(table, name, [key]), isInherited: false };
    const value = inheritance?.package[name];
    if (typeof value === "string") return { value, isInherited: true };
    const why = inheritance === undefined ? "there is no workspace" : "the workspace does not define it";
    reader.error("not-inheritable", `\`${name}\` is inherited, but ${why}`, [key, name]);
    return { value: undefined, isInherited: true };
  };

  const name = reader.string(table, "name", [key]);
  if (name === undefined) {
    if (table["name"] === undefined) reader.error("missing-name", "the package has no name", [key], { part: "key" });
    return undefined;
  }
  if (!isCrateName(name)) {
    reader.error("invalid-name", `\`${name}\` is no name for a package`, [key, "name"]);
    return undefined;
  }
  const version = readVersion(reader, field("version").value, key);
  const edition = readEdition(reader, field("edition").value, key);
  const rustVersion = readRustVersion(reader, field("rust-version").value, edition, key);
  const dependencies = readDependencies({
    reader,
    directory: manifest.directory,
    edition,
    inherited: inheritance?.dependencies,
  });
  const features = readFeatures(reader, dependencies);
  if (version === undefined) return undefined;
  const links = reader.string(table, "links", [key]);
  return {
    name,
    version,
    edition,
    rustVersion,
    links,
    file: manifest.file,
    directory: manifest.directory,
    sha256: manifest.sha256,
    dependencies,
    features,
    origins: {
      name: reader.origin([key, "name"]),
      rustVersion: rustVersion === undefined ? undefined : reader.origin([key, "rust-version"]),
      links: links === undefined ? undefined : reader.origin([key, "links"]),
    },
  };
}

function readVersion(reader: ManifestReader, text: string | undefined, key: string): CargoVersion | undefined {
  const version = parseVersion(text ?? "0.0.0");
  if (version === undefined) {
    const help = "a version has three numbers: 1.2.3";
    reader.error("invalid-version", `\`${text}\` is no version`, [key, "version"], { help });
  }
  return version;
}

function readEdition(reader: ManifestReader, text: string | undefined, key: string): Edition {
  if (text === undefined) return "2015";
  if (text === "2015" || text === "2018" || text === "2021" || text === "2024") return text;
  const help = "the editions are 2015, 2018, 2021 and 2024";
  reader.error("unknown-edition", `unknown edition \`${text}\``, [key, "edition"], { help });
  return "2024";
}

function readRustVersion(
  reader: ManifestReader,
  text: string | undefined,
  edition: Edition,
  key: string,
): string | undefined {
  if (text === undefined) return undefined;
  const path = [key, "rust-version"];
  const version = parseRustVersion(text);
  if (typeof version === "string") {
    reader.error("invalid-rust-version", `invalid rust-version \`${text}\`: ${version}`, path, {
      help: 'write a version like "1.85"',
    });
    return undefined;
  }
  const minimum = parseVersion(editionMinimum[edition]);
  if (minimum !== undefined && compareVersions(version, minimum) < 0) {
    const message = `rust-version ${text} is older than ${minimum.text}, the first that knows edition ${edition}`;
    reader.error("rust-version-too-old", message, path, {
      help: `raise rust-version to ${minimum.text}, or use an older edition`,
    });
  }
  return text;
}

function readFeatures(
  reader: ManifestReader,
  dependencies: readonly ManifestDependency[],
): ReadonlyMap<string, readonly string[]> {
  const features = new Map<string, readonly string[]>();
  const table = reader.table(reader.root, "features", []) ?? {};
  for (const name of Object.keys(table)) {
    const values = reader.strings(table, name, ["features"]);
    if (values === undefined) continue;
    if (!isFeatureName(name)) {
      reader.error("invalid-feature", `\`${name}\` is no name for a feature`, ["features", name], { part: "key" });
    }
    if (values.includes(name)) {
      reader.error("feature-cycle", `feature \`${name}\` depends on itself`, ["features", name]);
    }
    features.set(name, values);
  }
  const here = pathSource("");
  const problem = buildFeatureTable(
    features,
    // An optional dev-dependency has been reported already.
    dependencies.map((dependency) => ({
      ...dependency,
      source: here,
      isOptional: dependency.isOptional && dependency.kind !== "dev",
    })),
  );
  if (typeof problem === "string") {
    const culprit = [...features.keys()].find((name) => problem.startsWith(`feature \`${name}\` `));
    reader.error("invalid-feature", problem, culprit === undefined ? ["features"] : ["features", culprit]);
  }
  return features;
}

function isFeatureName(name: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.+-]*$/u.test(name);
}
