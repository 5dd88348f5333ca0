import { digestFromHex, formatIntegrity, isStrong, strongestDigests, type Digest } from "../../formats/integrity.ts";
import type { JsonObject, JsonValue } from "../../model/json.ts";
import { compareBytewise } from "../../model/order.ts";
import type { Artifact } from "../../model/resolution.ts";
import { commandsOf, filteredTexts, type SelectedVersions } from "./commands.ts";
import { flagsOf, interpretField, sectionsOf, textField, textsOf, type OpamDefinition } from "./definition.ts";
import type { OpamEnvironment } from "./environment.ts";
import { printValue } from "./file/printer.ts";
import type { OpamItem } from "./file/value.ts";
import { systemRows } from "./system-packages.ts";

/** The `kind` of an opam package's archive, of a version-controlled source, and of further files beside it. */
export const artifactKinds = { archive: "source", versionControl: "version-control", extra: "extra-source" } as const;

/** Formulas that the lock repeats as written, so that the independent check and the exports need nothing else. */
export const formulaFields: readonly string[] = ["depends", "depopts", "conflicts", "available"];

/**
 * What the lock keeps of an opam package beside its artifacts. Absent keys stand for empty fields.
 *
 * - `depends`, `depopts`, `conflicts`, `available`: the formulas as written, in opam's syntax;
 * - `variables`: the values of the global variables that these formulas mention, `wanted`: the request flags that held;
 * - `conflictClass`, `flags`: names;
 * - `build`, `install`: commands as lists of arguments for this target; `%{lib}%` and the like are left to the builder;
 * - `patches`, `substs`: file names;
 * - `extraSources`: `{name, url, checksums}` of files to put beside the source before patching, in order;
 * - `depexts`: every row of system packages with its filter;
 * - `checksums`, `mirrors`: of the main archive, as written.
 */
export function packageDetails(
  definition: OpamDefinition,
  environment: OpamEnvironment,
  selected: SelectedVersions,
  wanted: ReadonlySet<string>,
): JsonObject {
  const details: Record<string, JsonValue> = {};
  const put = (key: string, value: JsonValue | undefined): void => {
    const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
    if (!isEmpty) details[key] = value;
  };
  for (const field of formulaFields) {
    const value = definition.fields.get(field);
    if (value !== undefined) put(field, printValue(value));
  }
  const variables = mentionedVariables(definition, environment);
  put("variables", Object.keys(variables).length === 0 ? undefined : variables);
  put("wanted", [...wanted].toSorted());
  const texts = (field: string): string[] => interpretField<string[]>(definition, field, [], textsOf);
  put("conflictClass", texts("conflict-class"));
  put("flags", [...flagsOf(definition)].toSorted());
  put("build", commandsOf(definition, "build", environment, selected));
  put("install", commandsOf(definition, "install", environment, selected));
  put("patches", filteredTexts(definition, "patches", environment, selected));
  put("substs", filteredTexts(definition, "substs", environment, selected));
  put(
    "depexts",
    systemRows(definition).map(({ names, filter }) => ({ names, filter })),
  );
  put("synopsis", textField(definition.document.items, "synopsis"));
  put("homepage", texts("homepage")[0]);
  const url = sectionsOf(definition.document, "url")[0];
  if (url !== undefined) {
    put("checksums", textsIn(url.items, "checksum"));
    put("mirrors", textsIn(url.items, "mirrors"));
    put("subpath", textField(url.items, "subpath"));
  }
  put("extraSources", extraSources(definition));
  return details;
}

/** The global variables that the formulas of a definition mention, with their values. */
function mentionedVariables(definition: OpamDefinition, environment: OpamEnvironment): JsonObject {
  const texts = formulaFields.flatMap((field) => {
    const value = definition.fields.get(field);
    return value === undefined ? [] : [printValue(value)];
  });
  const text = texts.join(" ");
  return Object.fromEntries(
    [...environment]
      .filter(([name]) => new RegExp(`(?<![\\w:+-])${name}(?![\\w:+-])`, "u").test(text))
      .toSorted(([left], [right]) => compareBytewise(left, right)),
  );
}

/** The licence expression; several are joined as opam means them. */
export function licenceOf(definition: OpamDefinition): string | undefined {
  const licences = interpretField<string[]>(definition, "license", [], textsOf);
  return licences.length === 0 ? undefined : licences.join(" AND ");
}

/** The files that a package is built from: its archive and its extra sources. */
export function artifactsOf(definition: OpamDefinition): readonly Artifact[] {
  const artifacts: Artifact[] = [];
  const url = sectionsOf(definition.document, "url")[0];
  const source = url === undefined ? undefined : (textField(url.items, "src") ?? textField(url.items, "archive"));
  if (url !== undefined && source !== undefined) {
    const isPlain = /^(?:https?|ftp):/u.test(source);
    const kind = isPlain ? artifactKinds.archive : artifactKinds.versionControl;
    artifacts.push(artifact(kind, source, textsIn(url.items, "checksum")));
  }
  for (const section of sectionsOf(definition.document, "extra-source")) {
    const extra = textField(section.items, "src");
    if (extra !== undefined) artifacts.push(artifact(artifactKinds.extra, extra, textsIn(section.items, "checksum")));
  }
  return artifacts;
}

function extraSources(definition: OpamDefinition): JsonValue[] {
  return sectionsOf(definition.document, "extra-source").flatMap((section) => {
    const url = textField(section.items, "src");
    if (url === undefined || section.name === undefined) return [];
    return [{ name: section.name, url, checksums: textsIn(section.items, "checksum") }];
  });
}

function artifact(kind: string, url: string, checksums: readonly string[]): Artifact {
  const digests = checksums.flatMap((checksum) => digestOfChecksum(checksum) ?? []).filter(isStrong);
  const [digest] = digests.length === 0 ? [] : strongestDigests(digests);
  return digest === undefined ? { kind, url } : { kind, url, integrity: formatIntegrity(digest) };
}

/** `sha256=<hex>`; without a name it is an MD5 (opam manual, "checksum"). */
function digestOfChecksum(checksum: string): Digest | undefined {
  const equals = checksum.indexOf("=");
  const algorithm = equals === -1 ? "md5" : checksum.slice(0, equals);
  const hex = checksum.slice(equals + 1);
  return algorithm === "md5" || algorithm === "sha256" || algorithm === "sha512"
    ? digestFromHex(algorithm, hex)
    : undefined;
}

function textsIn(items: readonly OpamItem[], name: string): string[] {
  for (const item of items) {
    if (item.kind !== "field" || item.name !== name) continue;
    if (item.value.kind === "string") return [item.value.value];
    if (item.value.kind === "list") {
      return item.value.items.flatMap((value) => (value.kind === "string" ? [value.value] : []));
    }
  }
  return [];
}
