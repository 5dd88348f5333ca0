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
const artifactKinds = {
  archive: "source",
  versionControl: "version-control",
  extra: "extra-source",
  path: "path",
} as const;

/** Formulas that the lock repeats as written, so that the independent check and the exports need nothing else. */
const formulaFields: readonly string[] = ["depends", "depopts", "conflicts", "available"];

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
  return {
    ...writtenDetails(definition),
    ...withoutEmpty({
      variables: mentionedVariables(definition, environment),
      wanted: [...wanted].toSorted(),
      build: commandsOf(definition, "build", environment, selected),
      install: commandsOf(definition, "install", environment, selected),
      patches: filteredTexts(definition, "patches", environment, selected),
      substs: filteredTexts(definition, "substs", environment, selected),
    }),
  };
}

const written = new WeakMap<OpamDefinition, JsonObject>();

/** The details that depend on nothing but the file. A check of a whole registry asks for them again and again. */
function writtenDetails(definition: OpamDefinition): JsonObject {
  const known = written.get(definition);
  if (known !== undefined) return known;
  const texts = (field: string): string[] => interpretField<string[]>(definition, field, [], textsOf);
  const url = sectionsOf(definition.document, "url")[0];
  const details = withoutEmpty({
    ...formulaTexts(definition),
    conflictClass: texts("conflict-class"),
    flags: [...flagsOf(definition)].toSorted(),
    depexts: systemRows(definition).map(({ names, filter }) => ({ names, filter })),
    synopsis: textField(definition.document.items, "synopsis"),
    homepage: texts("homepage")[0],
    checksums: url === undefined ? [] : textsIn(url.items, "checksum"),
    mirrors: url === undefined ? [] : textsIn(url.items, "mirrors"),
    subpath: url === undefined ? undefined : textField(url.items, "subpath"),
    extraSources: extraSources(definition),
  });
  written.set(definition, details);
  return details;
}

function withoutEmpty(details: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(details).filter((entry): entry is [string, JsonValue] => !isEmpty(entry[1])),
  );
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || (value !== null && typeof value === "object" && Object.keys(value).length === 0);
}

/** The formulas of a definition in opam's syntax. */
function formulaTexts(definition: OpamDefinition): Readonly<Record<string, string>> {
  return Object.fromEntries(
    formulaFields.flatMap((field) => {
      const value = definition.fields.get(field);
      return value === undefined ? [] : [[field, printValue(value)]];
    }),
  );
}

/** The global variables that the formulas of a definition mention, with their values. */
function mentionedVariables(definition: OpamDefinition, environment: OpamEnvironment): JsonObject {
  const details = writtenDetails(definition);
  const words = new Set(
    formulaFields.flatMap((field) => {
      const text = details[field];
      return typeof text === "string" ? (text.match(/[\w:+-]+/gu) ?? []) : [];
    }),
  );
  return Object.fromEntries(
    [...environment].filter(([name]) => words.has(name)).toSorted(([left], [right]) => compareBytewise(left, right)),
  );
}

/** The licence expression; several are joined as opam means them. */
export function licenceOf(definition: OpamDefinition): string | undefined {
  const licences = interpretField<string[]>(definition, "license", [], textsOf);
  return licences.length === 0 ? undefined : licences.join(" AND ");
}

/** The source that a pin gives a package. Pins have no hashes. */
export function pinnedArtifact(url: string): Artifact {
  const isRemote = /^[a-z][a-z0-9+.-]*:/u.test(url) && !url.startsWith("file:");
  return { kind: isRemote ? artifactKinds.versionControl : artifactKinds.path, url };
}

/** The files that a package is built from: its archive and its extra sources. */
export function artifactsOf(definition: OpamDefinition): readonly Artifact[] {
  const artifacts: Artifact[] = [];
  const url = sectionsOf(definition.document, "url")[0];
  const source = url === undefined ? undefined : (textField(url.items, "src") ?? textField(url.items, "archive"));
  if (url !== undefined && source !== undefined && source !== "") {
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
