/** Reads the manifests of Python projects, and the table `[dependencies.pypi]` of enki.toml. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { ManifestContext, TableEntry } from "../../ecosystem.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { Manifest, ManifestReading } from "../../../model/manifest.ts";
import type { ForeignRequirement, ManifestRequirement } from "../../../model/requirement.ts";
import { pythonRequirement } from "../foreign-edges.ts";
import { markerText } from "../pep/marker.ts";
import { parseRequirement } from "../pep/requirement.ts";
import { emptyDocument, type PypiDocument, type RootRequirement } from "./pypi-document.ts";
import { readPyproject, type PyprojectReading } from "./pyproject.ts";
import { readRequirementsTxt } from "./requirements-txt.ts";

/** Reads a pyproject.toml or a requirements file. */
export function readManifest(path: string, bytes: Uint8Array, context: ManifestContext): ManifestReading {
  const text = new TextDecoder().decode(bytes);
  const reading: PyprojectReading =
    basename(path) === "pyproject.toml" ? readPyproject(path, text, context) : readRequirementsTxt(path, text, context);
  if (reading.document === undefined) return { diagnostics: reading.diagnostics };
  const { document, name, version, members, diagnostics } = reading;
  const manifest = makeManifest(path, bytes, document, name, version);
  return { manifest, diagnostics, ...(members === undefined ? {} : { members }) };
}

/** Turns the entries of the table into a manifest. */
export function readDependencyTable(entries: readonly TableEntry[]): ManifestReading {
  const diagnostics: Diagnostic[] = [];
  const requirements: RootRequirement[] = [];
  for (const { name, range, features, origin } of entries) {
    const extras = features.length === 0 ? "" : `[${features.join(",")}]`;
    const text = `${name}${extras}${range === "*" ? "" : range}`;
    const parsed = parseRequirement(text);
    if (parsed.ok) requirements.push({ requirement: parsed.value, text, origin, kind: "runtime" });
    else {
      const message = `${JSON.stringify(range)} is no range of PyPI versions: ${parsed.problem.message}`;
      const help = 'expected version specifiers such as ">=1.2,<2" or "~=1.4"';
      diagnostics.push({ code: "pypi-invalid-requirement", severity: "error", message, origin, help });
    }
  }
  if (diagnostics.length > 0) return { diagnostics };
  const file = `${entries[0]?.origin.file ?? "enki.toml"}#pypi`;
  const bytes = new TextEncoder().encode(requirements.map(({ text }) => `${text}\n`).join(""));
  return { manifest: makeManifest(file, bytes, { ...emptyDocument, requirements }, undefined, undefined), diagnostics };
}

function makeManifest(
  file: string,
  bytes: Uint8Array,
  document: PypiDocument,
  name: string | undefined,
  version: string | undefined,
): Manifest {
  return {
    ecosystem: "pypi",
    file,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    requirements: document.requirements.map(manifestRequirement),
    foreign: foreignRequirements(document, name ?? file),
    document,
  };
}

function manifestRequirement({ requirement, kind, origin }: RootRequirement): ManifestRequirement {
  return {
    name: requirement.name,
    range: requirement.url === undefined ? requirement.specifierText : `@ ${requirement.url}`,
    kind,
    ...(requirement.extras.length === 0 ? {} : { features: requirement.extras }),
    ...(requirement.marker === undefined ? {} : { condition: markerText(requirement.marker) }),
    origin,
  };
}

function foreignRequirements({ requiresPython }: PypiDocument, who: string): readonly ForeignRequirement[] {
  if (requiresPython === undefined) return [];
  const { text, origin } = requiresPython;
  return [{ ...pythonRequirement(text, `requires-python of ${who}`), origin }];
}
