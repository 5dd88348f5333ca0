import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { Manifest, ManifestReading } from "../../../model/manifest.ts";
import type { EdgeKind, ForeignRequirement, ManifestRequirement } from "../../../model/requirement.ts";
import type { ManifestContext, TableEntry } from "../../ecosystem.ts";
import type { CrateDependencyKind } from "../package/release.ts";
import { isRequirementProblem, parseRequirement } from "../versions/parse-requirement.ts";
import { isCrateName } from "../registry/index-path.ts";
import { parseVersion } from "../versions/version.ts";
import type { CargoWorkspace, LocalPackage, ManifestDependency } from "./manifest-document.ts";
import { ManifestFiles } from "./manifest-files.ts";
import { readWorkspace } from "./read-workspace.ts";

/** The kind of an edge that a dependency of this kind makes. */
export const edgeKinds: Readonly<Record<CrateDependencyKind, EdgeKind>> = {
  normal: "runtime",
  build: "build",
  dev: "dev",
};

/** Reads a Cargo.toml with everything that shares its lock: the workspace around it, members, local packages. */
export function readCargoManifest(path: string, bytes: Uint8Array, context: ManifestContext): ManifestReading {
  const files = new ManifestFiles(context);
  const manifest = files.add(path, bytes);
  if (manifest === undefined) return { diagnostics: files.diagnostics };
  const diagnostics: Diagnostic[] = [];
  const workspace = readWorkspace(manifest, files, diagnostics);
  if (workspace === undefined) return { diagnostics };
  const own = workspace.members.find((member) => member.file === path);
  return {
    manifest: {
      ecosystem: "cargo",
      file: path,
      sha256: manifest.sha256,
      ...(own === undefined ? {} : { name: own.name, version: own.version.text }),
      requirements: workspace.members.flatMap((member) => member.dependencies.map(toRequirement)),
      foreign: workspace.members.flatMap(toolchainOf),
      document: workspace,
    },
    diagnostics,
  };
}

/** The workspace that a manifest of this ecosystem holds. */
export function workspaceOf(manifest: Manifest): CargoWorkspace {
  return manifest.document as CargoWorkspace;
}

function toRequirement(dependency: ManifestDependency): ManifestRequirement {
  return {
    name: dependency.crate,
    range: dependency.requirement.text,
    kind: edgeKinds[dependency.kind],
    features: dependency.features,
    ...(dependency.target === undefined ? {} : { condition: dependency.target }),
    origin: dependency.origin,
  };
}

/** A member's rust-version is a requirement on the toolchain that builds it. */
function toolchainOf(member: LocalPackage): readonly ForeignRequirement[] {
  if (member.rustVersion === undefined) return [];
  return [
    {
      ecosystem: "nix",
      name: "tool:rustc",
      range: `>=${member.rustVersion}`,
      rangeSyntax: "cargo",
      kind: "tool",
      why: `rust-version of ${member.name}`,
      ...(member.origins.rustVersion === undefined ? {} : { origin: member.origins.rustVersion }),
    },
  ];
}

/** Turns the table `[dependencies.cargo]` of enki.toml into a workspace with one nameless member. */
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
  const version = parseVersion("0.0.0");
  if (diagnostics.length > 0 || version === undefined) return { diagnostics };
  const file = entries[0]?.origin.file ?? "enki.toml";
  const member: LocalPackage = {
    name: "enki-service",
    version,
    edition: "2021",
    rustVersion: undefined,
    links: undefined,
    file,
    directory: "",
    sha256: "",
    dependencies,
    features: new Map(),
    origins: { name: { file }, rustVersion: undefined, links: undefined },
  };
  const workspace: CargoWorkspace = {
    file,
    directory: "",
    sha256: "",
    lockVersion: 4,
    members: [member],
    localPackages: [],
    resolver: "2",
    patches: [],
    replacements: [],
  };
  return {
    manifest: {
      ecosystem: "cargo",
      file,
      sha256: "",
      requirements: dependencies.map(toRequirement),
      foreign: [],
      document: workspace,
    },
    diagnostics,
  };
}
