import type { Diagnostic } from "../model/diagnostic.ts";
import type { Origin } from "../model/origin.ts";

/** A step into a parsed document: a key of a table or object, or an index of an array. */
export type DocumentPath = readonly (string | number)[];

/** A document that was read, with the place of everything in it. */
export interface TextDocument {
  /** Plain data; every object in it has a null prototype, so `__proto__` and `constructor` are keys like any other. */
  readonly value: unknown;
  /**
   * Where the value (or the key that names it) at `path` stands; a table's value stands where its header does.
   * `undefined` when the document has nothing there.
   */
  originOf(path: DocumentPath, part?: "key" | "value"): Origin | undefined;
  /** The text of a line, counted from 1, without its line end; empty when there is none. */
  lineText(line: number): string;
}

/** What reading a document gives; with an error among the diagnostics there is no document. */
export interface DocumentReading {
  readonly document?: TextDocument;
  readonly diagnostics: readonly Diagnostic[];
}

/** A stretch of the source text, in UTF-16 units. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** How deeply registry documents and manifests may nest. */
export const maximumNesting = 200;

/** Finds lines and columns in a text. Lines end with a line feed; a carriage return before it belongs to the line end. */
export class LineIndex {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** The line and column, both counted from 1, of an offset. */
  position(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }

  /** The offset of a line and column, both counted from 1, moved into the text when they lie outside. */
  offset(line: number, column: number): number {
    return Math.max(0, Math.min(this.#text.length, (this.#starts[line - 1] ?? this.#text.length) + column - 1));
  }

  lineText(line: number): string {
    const start = this.#starts[line - 1];
    if (start === undefined) return "";
    const next = this.#starts[line];
    return this.#text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/u, "");
  }

  /** The origin of a span, cut at the end of its first line. */
  origin(file: string, span: Span): Origin {
    const { line, column } = this.position(span.offset);
    const room = this.lineText(line).length - column + 1;
    return { file, line, column, length: Math.max(0, Math.min(span.length, room)) };
  }
}

/** The place of `length` UTF-16 units at `offset` of a text, cut at the end of the first line. */
export function originAt(file: string, text: string, offset: number, length: number): Origin {
  return new LineIndex(text).origin(file, { offset, length });
}

/** An error at a place of a text, with the line shown; `length` 0 means one character or the end of the line. */
export function errorAt(
  code: string,
  message: string,
  place: { readonly file: string; readonly lines: LineIndex; readonly span: Span },
): Diagnostic {
  const origin = place.lines.origin(place.file, place.span);
  return { code, severity: "error", message, origin, sourceLine: place.lines.lineText(origin.line ?? 1) };
}

/** The text without a leading byte-order mark. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}
