import { createHash } from "node:crypto";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { EnkiError } from "../../model/enki-error.ts";
import type { Manifest, ManifestReading } from "../../model/manifest.ts";
import type { Origin } from "../../model/origin.ts";
import type { ManifestRequirement } from "../../model/requirement.ts";
import type { TableEntry } from "../ecosystem.ts";
import { interpretField, readDefinition, textField, type OpamDefinition } from "./definition.ts";
import { parseOpamFile, placeOf } from "./file/parser.ts";
import { printValues } from "./file/printer.ts";
import type { OpamValue } from "./file/value.ts";
import { evaluateFormula, type VersionFormula } from "./formula.ts";
import { parseRange } from "./range.ts";

/** A requirement of the table `[dependencies.opam]`. */
export interface TableRequirement {
  readonly name: string;
  readonly range: string;
  readonly versions: VersionFormula;
  readonly origin: Origin;
}

/** What a manifest's `document` holds. */
export type OpamManifestDocument =
  | { readonly kind: "file"; readonly definition: OpamDefinition }
  | { readonly kind: "table"; readonly requirements: readonly TableRequirement[] };

/** The version of a project that gives none. */
const UNVERSIONED = "dev";

/** Whether a file of this name is an opam manifest: `opam` or `<name>.opam`. */
export function isOpamManifest(fileName: string): boolean {
  return fileName === "opam" || (fileName.endsWith(".opam") && fileName.length > ".opam".length);
}

/** Reads a project's own opam file. `path` is relative to the project. */
export function readOpamManifest(path: string, bytes: Uint8Array): ManifestReading {
  const text = Buffer.from(bytes).toString("utf8");
  const { document, diagnostics } = parseOpamFile(path, text);
  if (document === undefined) return { diagnostics };
  const name = textField(document.items, "name") ?? nameFromPath(path);
  const version = textField(document.items, "version") ?? UNVERSIONED;
  const reading = readDefinition(name, version, path, text);
  const { definition } = reading;
  if (definition === undefined) return { diagnostics: reading.diagnostics };
  const problems: Diagnostic[] = [...reading.diagnostics];
  // In a manifest an ill-typed formula is an error: dropping what the user wrote would resolve something else.
  for (const field of ["depends", "conflicts", "depopts"]) {
    interpretField(
      definition,
      field,
      undefined,
      (value) => void evaluateFormula(value, () => undefined),
      (diagnostic) => {
        const message = diagnostic.message.replace("is ignored", "cannot be read");
        problems.push({ ...diagnostic, severity: "error", message });
      },
    );
  }
  if (problems.some((problem) => problem.severity === "error")) return { diagnostics: problems };
  const content: OpamManifestDocument = { kind: "file", definition };
  const manifest: Manifest = {
    ecosystem: "opam",
    file: path,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    name,
    version,
    requirements: requirementsOf(definition),
    foreign: [],
    document: content,
  };
  return { manifest, diagnostics: problems };
}

/** Turns `[dependencies.opam]` of enki.toml into a manifest. */
export function readOpamTable(entries: readonly TableEntry[]): ManifestReading {
  const diagnostics: Diagnostic[] = [];
  const requirements: TableRequirement[] = [];
  for (const entry of entries) {
    try {
      const { name, range, origin } = entry;
      requirements.push({ name, range, versions: parseRange(range), origin });
    } catch (error) {
      if (!(error instanceof EnkiError)) throw error;
      const diagnostic: Diagnostic = {
        code: "opam-invalid-range",
        severity: "error",
        message: error.message,
        origin: entry.origin,
      };
      diagnostics.push(error.hint === undefined ? diagnostic : { ...diagnostic, help: error.hint });
    }
  }
  if (diagnostics.length > 0) return { diagnostics };
  const content: OpamManifestDocument = { kind: "table", requirements };
  const canonical = JSON.stringify(entries.map(({ name, range, features }) => [name, range, features]));
  const manifest: Manifest = {
    ecosystem: "opam",
    file: entries[0]?.origin.file ?? "enki.toml",
    sha256: createHash("sha256").update(canonical).digest("hex"),
    requirements: requirements.map(({ name, range, origin }) => ({ name, range, kind: "runtime", origin })),
    foreign: [],
    document: content,
  };
  return { manifest, diagnostics };
}

/** The document of a manifest that this ecosystem read. */
export function documentOf(manifest: Manifest): OpamManifestDocument {
  return manifest.document as OpamManifestDocument;
}

/** Where a value of a definition stands. */
export function originOf(definition: OpamDefinition, value: { readonly start: number; readonly end: number }): Origin {
  const place = placeOf(definition.document.text, value.start, value.end);
  return { file: definition.file, line: place.line, column: place.column, length: place.length };
}

/** The package that a manifest without a `name` field describes. */
function nameFromPath(path: string): string {
  const parts = path.split("/");
  const fileName = parts[parts.length - 1] ?? path;
  if (fileName !== "opam") return fileName.slice(0, -".opam".length);
  return parts[parts.length - 2] ?? "project";
}

function requirementsOf(definition: OpamDefinition): readonly ManifestRequirement[] {
  const requirements: ManifestRequirement[] = [];
  const visit = (value: OpamValue, kind: "runtime" | "optional"): void => {
    switch (value.kind) {
      case "string":
        requirements.push({ name: value.value, range: "*", kind, origin: originOf(definition, value) });
        return;
      case "option":
        if (value.value.kind === "string") {
          const range = printValues(value.conditions);
          requirements.push({ name: value.value.value, range, kind, origin: originOf(definition, value) });
        }
        return;
      case "list":
      case "group":
        for (const item of value.items) visit(item, kind);
        return;
      case "logical":
        for (const operand of value.operands) visit(operand, kind);
        return;
      default:
        return;
    }
  };
  const depends = definition.fields.get("depends");
  const depopts = definition.fields.get("depopts");
  if (depends !== undefined) visit(depends, "runtime");
  if (depopts !== undefined) visit(depopts, "optional");
  return requirements;
}
