import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { Manifest, ManifestReading } from "../../../model/manifest.ts";
import type { ForeignRequirement } from "../../../model/requirement.ts";
import type { ManifestContext } from "../../ecosystem.ts";
import { toRequirement } from "./declared-requirement.ts";
import { type CargoTable, workspaceOfTable } from "./dependency-table.ts";
import type { CargoWorkspace, LocalPackage } from "./manifest-document.ts";
import { ManifestFiles } from "./manifest-files.ts";
import { readWorkspace } from "./read-workspace.ts";

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
  const document = manifest.document as CargoWorkspace | CargoTable;
  return "members" in document ? document : workspaceOfTable(manifest, document);
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
