import type { Diagnostic } from "../../../model/diagnostic.ts";
import { Lexer, OpamSyntaxError } from "./lexer.ts";
import type { EnvironmentOperator, OpamDocument, OpamItem, OpamValue, RelationOperator } from "./value.ts";

/** How deep brackets may nest; real files stay below ten. */
const MAXIMUM_DEPTH = 200;

/** What parsing gives: with a syntax error there is no document. */
export interface OpamParsing {
  readonly document?: OpamDocument;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses an opam file (opam-file-format, opamBaseParser.mly). `file` names it in diagnostics. */
export function parseOpamFile(file: string, text: string): OpamParsing {
  try {
    return { document: parseOpamDocument(text), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof OpamSyntaxError)) throw error;
    const place = placeOf(text, error.start, error.end);
    const diagnostic: Diagnostic = {
      code: "opam-syntax",
      severity: "error",
      message: error.message,
      origin: { file, line: place.line, column: place.column, length: place.length },
      sourceLine: place.sourceLine,
    };
    return { diagnostics: [error.help === undefined ? diagnostic : { ...diagnostic, help: error.help }] };
  }
}

/** Parses an opam file; throws {@link OpamSyntaxError}. */
export function parseOpamDocument(text: string): OpamDocument {
  return { text, items: new Parser(text).file() };
}

/** Parses one value, such as a formula that a lock repeats; throws {@link OpamSyntaxError}. */
export function parseOpamValue(text: string): OpamValue {
  return new Parser(text).singleValue();
}

/** Parses the content of braces, such as `>= "1.0" & < "2.0"`; throws {@link OpamSyntaxError}. */
export function parseOpamConditions(text: string): readonly OpamValue[] {
  return new Parser(text).valuesToEnd();
}

/** Line, column (both from 1), length on that line, and the line itself, of a span of `text`. */
export function placeOf(
  text: string,
  start: number,
  end: number,
): { readonly line: number; readonly column: number; readonly length: number; readonly sourceLine: string } {
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const newline = text.indexOf("\n", lineStart);
    if (newline === -1 || newline >= start) break;
    line += 1;
    lineStart = newline + 1;
  }
  const newline = text.indexOf("\n", lineStart);
  const sourceLine = text.slice(lineStart, newline === -1 ? text.length : newline).replace(/\r$/u, "");
  const length = Math.max(1, Math.min(end, lineStart + sourceLine.length) - start);
  return { line, column: start - lineStart + 1, length, sourceLine };
}

class Parser {
  private readonly lexer: Lexer;
  private depth = 0;

  constructor(text: string) {
    this.lexer = new Lexer(text.startsWith("\uFEFF") ? ` ${text.slice(1)}` : text);
  }

  file(): readonly OpamItem[] {
    const items = this.items();
    if (this.lexer.kind !== "end") this.unexpected("a field such as `depends:`");
    return items;
  }

  singleValue(): OpamValue {
    const value = this.value();
    if (this.lexer.kind !== "end") this.unexpected("the end");
    return value;
  }

  valuesToEnd(): readonly OpamValue[] {
    const values = this.values();
    if (this.lexer.kind !== "end") this.unexpected("the end");
    return values;
  }

  private items(): OpamItem[] {
    const items: OpamItem[] = [];
    while (this.lexer.kind === "identifier") items.push(this.item());
    return items;
  }

  private item(): OpamItem {
    const lexer = this.lexer;
    const name = lexer.value;
    const start = lexer.start;
    const nameEnd = lexer.end;
    lexer.next();
    if (lexer.kind === ":") {
      lexer.next();
      if (!this.startsValue()) this.unexpected(`a value for \`${name}\``);
      const value = this.value();
      return { kind: "field", name, value, start, end: value.end };
    }
    let sectionName: string | undefined;
    if (lexer.kind === "string") {
      sectionName = lexer.value;
      lexer.next();
    }
    if (lexer.kind !== "{") {
      throw new OpamSyntaxError(`expected \`:\` or \`{\` after \`${name}\``, start, nameEnd, `write \`${name}: …\``);
    }
    this.enter();
    const open = lexer.start;
    lexer.next();
    const items = this.items();
    this.close("}", open);
    return { kind: "section", type: name, name: sectionName, items, start, end: lexer.previousEnd };
  }

  private startsValue(): boolean {
    switch (this.lexer.kind) {
      case "string":
      case "identifier":
      case "integer":
      case "boolean":
      case "[":
      case "(":
      case "prefix":
      case "relation":
        return true;
      default:
        return false;
    }
  }

  private values(): OpamValue[] {
    const values: OpamValue[] = [];
    while (this.startsValue()) values.push(this.value());
    return values;
  }

  /** `|` binds loosest. */
  private value(): OpamValue {
    return this.chain("|", () => this.chain("&", () => this.prefixed()));
  }

  private chain(operator: "&" | "|", operand: () => OpamValue): OpamValue {
    const first = operand();
    if (this.lexer.kind !== operator) return first;
    const operands = [first];
    while (this.lexer.kind === operator) {
      this.lexer.next();
      if (!this.startsValue()) this.unexpected(`a value after \`${operator}\``);
      operands.push(operand());
    }
    return { kind: "logical", operator, operands, start: first.start, end: this.lexer.previousEnd };
  }

  /** `!` and `?` bind looser than the braces after their operand. */
  private prefixed(): OpamValue {
    const lexer = this.lexer;
    if (lexer.kind !== "prefix") return this.postfixed();
    const operator = lexer.value === "!" ? "!" : "?";
    const start = lexer.start;
    this.enter();
    lexer.next();
    if (!this.startsValue()) this.unexpected(`a value after \`${operator}\``);
    const operand = this.prefixed();
    this.depth -= 1;
    return { kind: "prefix", operator, operand, start, end: lexer.previousEnd };
  }

  private postfixed(): OpamValue {
    const lexer = this.lexer;
    let value = this.relation();
    while (lexer.kind === "{") {
      const open = lexer.start;
      this.enter();
      lexer.next();
      const conditions = this.values();
      this.close("}", open);
      value = { kind: "option", value, conditions, start: value.start, end: lexer.previousEnd };
    }
    return value;
  }

  private relation(): OpamValue {
    const lexer = this.lexer;
    const start = lexer.start;
    if (lexer.kind === "relation") {
      const operator = lexer.value as RelationOperator;
      lexer.next();
      const operand = this.atom();
      return { kind: "prefix-relation", operator, operand, start, end: operand.end };
    }
    if (lexer.kind === "[" || lexer.kind === "(") return this.bracketed(lexer.kind);
    return this.infix(this.atom());
  }

  /** What an atom is compared with or assigned. */
  private infix(left: OpamValue): OpamValue {
    const lexer = this.lexer;
    const { kind, value } = lexer;
    if (kind !== "relation" && kind !== "environment") return left;
    lexer.next();
    const right = this.atom();
    const { start } = left;
    return kind === "relation"
      ? { kind, operator: value as RelationOperator, left, right, start, end: right.end }
      : { kind, operator: value as EnvironmentOperator, left, right, start, end: right.end };
  }

  private bracketed(bracket: "[" | "("): OpamValue {
    const lexer = this.lexer;
    const start = lexer.start;
    this.enter();
    lexer.next();
    const items = this.values();
    this.close(bracket === "[" ? "]" : ")", start);
    return { kind: bracket === "[" ? "list" : "group", items, start, end: lexer.previousEnd };
  }

  private atom(): OpamValue {
    const lexer = this.lexer;
    const { kind, value, start, end } = lexer;
    switch (kind) {
      case "string":
        lexer.next();
        return { kind: "string", value, start, end };
      case "identifier":
        lexer.next();
        return { kind: "identifier", name: value, start, end };
      case "boolean":
        lexer.next();
        return { kind: "boolean", value: value === "true", start, end };
      case "integer":
        lexer.next();
        return { kind: "integer", value: Number(value.replaceAll("_", "")), start, end };
      default:
        return this.unexpected("a text, a number or a name");
    }
  }

  private enter(): void {
    this.depth += 1;
    if (this.depth > MAXIMUM_DEPTH) {
      throw new OpamSyntaxError("brackets nest too deeply here", this.lexer.start, this.lexer.end);
    }
  }

  private close(bracket: "]" | ")" | "}", open: number): void {
    if (this.lexer.kind === "end") {
      const opening = this.lexer.text[open] ?? "";
      throw new OpamSyntaxError(`this \`${opening}\` is never closed`, open, open + 1, `close it with \`${bracket}\``);
    }
    if (this.lexer.kind !== bracket) this.unexpected(`a value or \`${bracket}\``);
    this.depth -= 1;
    this.lexer.next();
  }

  private unexpected(expected: string): never {
    const lexer = this.lexer;
    if (lexer.kind === "end") {
      const end = lexer.text.trimEnd().length;
      throw new OpamSyntaxError(`the file ends where ${expected} is expected`, Math.max(0, end - 1), end);
    }
    const found = lexer.text.slice(lexer.start, Math.min(lexer.end, lexer.start + 40));
    throw new OpamSyntaxError(`expected ${expected}, found ${found}`, lexer.start, lexer.end);
  }
}
