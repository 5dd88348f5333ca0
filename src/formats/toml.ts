import * as iarnaToml from "@iarna/toml";

import type { Diagnostic } from "../model/diagnostic.ts";
import { maskInheritedNames } from "./inherited-names.ts";
import type { DocumentPath, DocumentReading } from "./text-document.ts";
import { errorAt, LineIndex, maximumNesting, withoutByteOrderMark } from "./text-document.ts";
import type { Place } from "./toml-positions.ts";
import { pathKey, tomlPlaces } from "./toml-positions.ts";

/** What the parser says of texts that TOML 1.1 allows and TOML 1.0 does not. */
const newerSyntax = /^(?:Unterminated inline|Trailing commas in inline|Unknown escape|Incomplete time)/u;

/** A value that nests too deeply. */
class NestingError extends Error {}

/**
 * Reads a TOML 1.0 document. Dates and times become their RFC 3339 text, integers outside of the exact range of a
 * number their decimal text. A syntax error is a diagnostic `toml-syntax`.
 */
export function parseTomlDocument(file: string, source: string): DocumentReading {
  const text = withoutByteOrderMark(source);
  const lines = new LineIndex(text);
  const failure = (code: string, message: string, offset: number): Diagnostic =>
    errorAt(code, message, { file, lines, span: { offset, length: 1 } });

  const masked = maskInheritedNames(text);
  if (masked === undefined) return { diagnostics: [failure("toml-unreadable", "this text cannot be read safely", 0)] };
  let parsed: unknown;
  try {
    parsed = iarnaToml.parse(masked.text);
  } catch (error) {
    const { message, line, column } = describeError(error, masked.unmask);
    const diagnostic = failure("toml-syntax", message, lines.offset(line, column));
    return { diagnostics: [newerSyntax.test(message) ? { ...diagnostic, help: newerSyntaxHelp } : diagnostic] };
  }

  let places: ReadonlyMap<string, Place> | undefined;
  const placeAt = (path: DocumentPath): Place | undefined => (places ??= tomlPlaces(text)).get(pathKey(path));
  const decimalText = (path: DocumentPath, value: bigint): string => {
    const span = placeAt(path)?.value;
    // The parser wraps around at 64 bits, so the source text is asked first.
    const written = span === undefined ? "" : text.slice(span.offset, span.offset + span.length).replaceAll("_", "");
    return /^[+-]?\d+$/u.test(written) ? BigInt(written.replace("+", "")).toString() : value.toString();
  };
  let value: unknown;
  try {
    value = plainValue(parsed, { unmask: masked.unmask, decimalText }, []);
  } catch (error) {
    if (!(error instanceof NestingError)) throw error;
    return { diagnostics: [failure("toml-nesting", `values nest more than ${maximumNesting} deep`, 0)] };
  }
  return {
    document: {
      value,
      originOf(path, part = "value") {
        const place = placeAt(path);
        const span = part === "key" ? place?.key : (place?.value ?? place?.key);
        return span === undefined ? undefined : lines.origin(file, span);
      },
      lineText: (line) => lines.lineText(line),
    },
    diagnostics: [],
  };
}

const newerSyntaxHelp =
  "Enki reads TOML 1.0: line breaks and trailing commas in inline tables, \\e, \\x and times without seconds need TOML 1.1";

function describeError(
  error: unknown,
  unmask: (text: string) => string,
): { readonly message: string; readonly line: number; readonly column: number } {
  const fields: { message?: unknown; line?: unknown; col?: unknown } = error instanceof Error ? error : {};
  const whole = typeof fields.message === "string" ? fields.message : "unreadable";
  // The parser appends the place and a drawing of the text; both are shown by the diagnostic itself.
  const message = unmask((whole.split("\n")[0] ?? whole).replace(/ at row \d+, col \d+, pos \d+:$/u, ""));
  return { message, line: countFromOne(fields.line), column: countFromOne(fields.col) };
}

function countFromOne(value: unknown): number {
  return typeof value === "number" ? value + 1 : 1;
}

interface Conversion {
  readonly unmask: (text: string) => string;
  readonly decimalText: (path: DocumentPath, value: bigint) => string;
}

function plainValue(value: unknown, conversion: Conversion, path: (string | number)[]): unknown {
  if (path.length > maximumNesting) throw new NestingError();
  if (typeof value === "string") return conversion.unmask(value);
  if (typeof value === "bigint") return conversion.decimalText(path, value);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    return value.map((item, index) => plainValue(item, conversion, [...path, index]));
  }
  const table: { [key: string]: unknown } = Object.create(null);
  for (const [maskedKey, item] of Object.entries(value)) {
    const key = conversion.unmask(maskedKey);
    table[key] = plainValue(item, conversion, [...path, key]);
  }
  return table;
}
