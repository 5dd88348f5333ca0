import type { Diagnostic } from "../../model/diagnostic.ts";
import { IllTypedError } from "./filter.ts";
import { parseOpamFile, placeOf } from "./file/parser.ts";
import type { OpamDocument, OpamItem, OpamSection, OpamValue } from "./file/value.ts";

/** One opam file, read: its fields by name, still uninterpreted. */
export interface OpamDefinition {
  readonly name: string;
  readonly version: string;
  /** The file as diagnostics call it. */
  readonly file: string;
  readonly document: OpamDocument;
  /** The first field of each name. */
  readonly fields: ReadonlyMap<string, OpamValue>;
}

export interface DefinitionReading {
  readonly definition?: OpamDefinition;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the opam file of one package version. Bad syntax and a format that Enki does not know are diagnostics. */
export function readDefinition(name: string, version: string, file: string, text: string): DefinitionReading {
  const { document, diagnostics } = parseOpamFile(file, text);
  if (document === undefined) return { diagnostics };
  const fields = new Map<string, OpamValue>();
  for (const item of document.items) {
    if (item.kind === "field" && !fields.has(item.name)) fields.set(item.name, item.value);
  }
  const format = fields.get("opam-version");
  if (format !== undefined && !(format.kind === "string" && /^(?:1\.2|2\.[0-9]{1,4})$/u.test(format.value))) {
    return {
      diagnostics: [
        diagnosticAt(document, file, format, {
          code: "opam-unknown-format",
          severity: "error",
          message: "this version of the opam file format is not known",
          help: 'Enki reads opam-version: "2.0" and its later minor versions',
        }),
      ],
    };
  }
  return { definition: { name, version, file, document, fields }, diagnostics };
}

/** A diagnostic that points at a value. */
export function diagnosticAt(
  document: OpamDocument,
  file: string,
  span: { readonly start: number; readonly end: number },
  diagnostic: Omit<Diagnostic, "origin" | "sourceLine">,
): Diagnostic {
  const place = placeOf(document.text, span.start, span.end);
  const origin = { file, line: place.line, column: place.column, length: place.length };
  return { ...diagnostic, origin, sourceLine: place.sourceLine };
}

/**
 * Interprets a field; when it is absent or not of the type that it should have, `otherwise`. opam ignores an ill-typed
 * field and keeps the package; so does Enki, and says so.
 */
export function interpretField<T>(
  definition: OpamDefinition,
  field: string,
  otherwise: T,
  interpret: (value: OpamValue) => T,
  report?: (diagnostic: Diagnostic) => void,
): T {
  const value = definition.fields.get(field);
  if (value === undefined) return otherwise;
  try {
    return interpret(value);
  } catch (error) {
    if (!(error instanceof IllTypedError)) throw error;
    report?.(
      diagnosticAt(definition.document, definition.file, error, {
        code: "opam-ill-typed-field",
        severity: "warning",
        message: `the field \`${field}\` is ignored: ${error.message}`,
      }),
    );
    return otherwise;
  }
}

/** The texts of a field that holds one text or a list of them. Throws {@link IllTypedError}. */
export function textsOf(value: OpamValue): string[] {
  if (value.kind === "string") return [value.value];
  if (value.kind !== "list") throw new IllTypedError("expected a text or a list of texts", value);
  return value.items.map((item) => {
    if (item.kind !== "string") throw new IllTypedError("expected a text in quotes", item);
    return item.value;
  });
}

/** A field's text, or `undefined` when it is absent or something else. */
export function textField(items: readonly OpamItem[], name: string): string | undefined {
  for (const item of items) {
    if (item.kind === "field" && item.name === name && item.value.kind === "string") return item.value.value;
  }
  return undefined;
}

/** The sections of one type, in the order of writing. */
export function sectionsOf(document: OpamDocument, type: string): OpamSection[] {
  return document.items.filter((item): item is OpamSection => item.kind === "section" && item.type === type);
}

/** The flags of a package: bare words of `flags`, and `tags` of the form `flags:x` (opam manual, "tags"). */
export function flagsOf(definition: OpamDefinition): ReadonlySet<string> {
  const flags = interpretField(definition, "flags", [], (value) => {
    const items = value.kind === "list" ? value.items : [value];
    return items.flatMap((item) => (item.kind === "identifier" ? [item.name] : []));
  });
  const tags = interpretField<string[]>(definition, "tags", [], textsOf);
  return new Set([...flags, ...tags.flatMap((tag) => (tag.startsWith("flags:") ? [tag.slice("flags:".length)] : []))]);
}
