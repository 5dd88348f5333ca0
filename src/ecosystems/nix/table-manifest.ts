import { createHash } from "node:crypto";
import { EnkiError } from "../../model/enki-error.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Manifest, ManifestReading } from "../../model/manifest.ts";
import type { EdgeKind, ForeignRequirement } from "../../model/requirement.ts";
import type { TableEntry } from "../ecosystem.ts";
import { splitName } from "./foreign-name.ts";
import { isAttributePath } from "./name-table.ts";
import { parseNixRange } from "./range.ts";
import { toolNames } from "./release.ts";

/** Reads `[dependencies.nix]` and `[tools]` of enki.toml: attributes, foreign names, or toolchains with their ranges. */
export function readNixTable(entries: readonly TableEntry[]): ManifestReading {
  const diagnostics: Diagnostic[] = [];
  const requirements: ForeignRequirement[] = [];
  for (const entry of entries) {
    const problem = problemOf(entry);
    if (problem === undefined) requirements.push(requirementOf(entry));
    else diagnostics.push({ ...problem, severity: "error", origin: entry.origin });
  }
  if (diagnostics.length > 0) return { diagnostics };
  const file = entries[0]?.origin.file ?? "enki.toml";
  const text = entries.map((entry) => JSON.stringify([entry.name, entry.range, entry.features])).join("\n");
  const manifest: Manifest = {
    ecosystem: "nix",
    file,
    sha256: createHash("sha256").update(text).digest("hex"),
    requirements: requirements.map((requirement, index) => ({
      name: requirement.name,
      range: requirement.range,
      kind: requirement.kind,
      origin: entries[index]?.origin ?? { file },
    })),
    foreign: [],
    document: requirements,
  };
  return { manifest, diagnostics };
}

/** The requirements of a manifest that {@link readNixTable} made. */
export function tableRequirements(manifest: Manifest): readonly ForeignRequirement[] {
  return Array.isArray(manifest.document) ? (manifest.document as readonly ForeignRequirement[]) : [];
}

function requirementOf(entry: TableEntry): ForeignRequirement {
  const [namespace] = splitName(entry.name);
  const kind: EdgeKind = namespace === "tool" ? "tool" : "link";
  const why = `enki.toml requires ${entry.name}`;
  const { name, range, features, origin } = entry;
  return { ecosystem: "nix", name, range, rangeSyntax: "nix", features, kind, why, origin };
}

function problemOf(entry: TableEntry): Pick<Diagnostic, "code" | "message" | "help"> | undefined {
  const [namespace, local] = splitName(entry.name);
  if (namespace === "tool" && !toolNames.includes(local)) {
    const message = `${JSON.stringify(local)} is not a toolchain that Enki knows`;
    return { code: "nix-unknown-tool", message, help: `toolchains: ${toolNames.join(", ")}` };
  }
  if (namespace === "attr" && !isAttributePath(local)) {
    const message = `${JSON.stringify(local)} is not the path of a nixpkgs attribute`;
    return { code: "nix-invalid-attribute", message, help: "write it as in pkgs.<path>: openssl, xorg.libX11" };
  }
  try {
    parseNixRange(entry.range);
    return undefined;
  } catch (error) {
    if (!(error instanceof EnkiError)) throw error;
    return {
      code: "nix-invalid-range",
      message: error.message,
      ...(error.hint === undefined ? {} : { help: error.hint }),
    };
  }
}
