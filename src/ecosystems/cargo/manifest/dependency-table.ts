import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { Manifest, ManifestReading } from "../../../model/manifest.ts";
import type { Origin } from "../../../model/origin.ts";
import type { TableEntry } from "../../ecosystem.ts";
import { isCrateName } from "../registry/index-path.ts";
import { isRequirementProblem, parseRequirement } from "../versions/parse-requirement.ts";
import type { CargoVersion } from "../versions/version.ts";
import { toRequirement } from "./declared-requirement.ts";
import type { CargoWorkspace, LocalPackage, ManifestDependency } from "./manifest-document.ts";

const NO_VERSION: CargoVersion = { text: "0.0.0", major: 0, minor: 0, patch: 0, prerelease: "", build: "" };

/** The requirements of `[dependencies.cargo]` in enki.toml. */
export interface CargoTable {
  readonly dependencies: readonly ManifestDependency[];
  /** The file that the table stands in. */
  readonly origin: Origin;
}

/** A workspace with one nameless member, which has the name and hash that the manifest got from who made it. */
export function workspaceOfTable({ file, sha256 }: Manifest, { dependencies, origin }: CargoTable): CargoWorkspace {
  const member: LocalPackage = {
    name: "enki-service",
    version: NO_VERSION,
    edition: "2021",
    rustVersion: undefined,
    links: undefined,
    file,
    directory: "",
    sha256,
    dependencies,
    features: new Map(),
    origins: { name: origin, rustVersion: undefined, links: undefined },
  };
  return {
    file,
    directory: "",
    sha256,
    lockVersion: 4,
    members: [member],
    localPackages: [],
    resolver: "2",
    patches: [],
    replacements: [],
  };
}

/** Reads the table `[dependencies.cargo]` of enki.toml. */
export function readCargoTable(entries: readonly TableEntry[]): ManifestReading {
  const diagnostics: Diagnostic[] = [];
  const dependencies: ManifestDependency[] = [];
  for (const { name, range, features, origin } of entries) {
    const requirement = parseRequirement(range);
    if (!isCrateName(name)) {
      diagnostics.push({
        code: "cargo-invalid-name",
        severity: "error",
        message: `\`${name}\` is no crate name`,
        origin,
      });
    } else if (isRequirementProblem(requirement)) {
      const message = `invalid version requirement \`${range}\` of \`${name}\`: ${requirement.problem}`;
      const help = requirement.help === undefined ? {} : { help: requirement.help };
      diagnostics.push({ code: "cargo-invalid-requirement", severity: "error", message, origin, ...help });
    } else {
      dependencies.push({
        alias: name,
        crate: name,
        source: { kind: "registry", name: undefined, indexUrl: undefined },
        requirement,
        kind: "normal",
        isOptional: false,
        usesDefaultFeatures: true,
        features,
        target: undefined,
        origin,
      });
    }
  }
  if (diagnostics.length > 0) return { diagnostics };
  const file = entries[0]?.origin.file ?? "enki.toml";
  const document: CargoTable = { dependencies, origin: { file } };
  return {
    manifest: {
      ecosystem: "cargo",
      file,
      sha256: "",
      requirements: dependencies.map(toRequirement),
      foreign: [],
      document,
    },
    diagnostics,
  };
}
