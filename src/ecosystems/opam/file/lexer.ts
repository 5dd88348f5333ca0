import { readEscapedText } from "./escaped-text.ts";

/** Bad syntax at a place of the text. Never leaves this folder: the parser turns it into a diagnostic. */
export class OpamSyntaxError extends Error {
  readonly start: number;
  readonly end: number;
  readonly help: string | undefined;

  constructor(message: string, start: number, end: number, help?: string) {
    super(message);
    this.name = "OpamSyntaxError";
    this.start = start;
    this.end = end;
    this.help = help;
  }
}

export type TokenKind =
  | "end"
  | "identifier"
  | "string"
  | "integer"
  | "boolean"
  | "relation"
  | "environment"
  | "prefix"
  | "&"
  | "|"
  | ":"
  | "["
  | "]"
  | "("
  | ")"
  | "{"
  | "}";

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const HASH = 35;
const STAR = 42;
const PLUS = 43;
const COLON = 58;
const LESS = 60;
const EQUALS = 61;
const GREATER = 62;
const PARENTHESIS = 40;

/** Character classes: 1 letter, 2 digit, 4 `_`, 8 `-`; zero for everything else and beyond ASCII. */
const CLASSES: Uint8Array = makeClasses();

function makeClasses(): Uint8Array {
  const classes = new Uint8Array(128);
  for (let code = 0; code < 128; code++) {
    if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) classes[code] = 1;
    else if (code >= 48 && code <= 57) classes[code] = 2;
  }
  classes[95] = 4;
  classes[45] = 8;
  return classes;
}

function classOf(code: number): number {
  return code < 128 ? (CLASSES[code] ?? 0) : 0;
}

/** Reads the tokens of an opam file one after the other (opam-file-format, opamLexer.mll). */
export class Lexer {
  readonly text: string;
  kind: TokenKind = "end";
  start = 0;
  end = 0;
  /** Where the token before the current one ended. */
  previousEnd = 0;
  /** The content of a string, the name of an identifier, the text of an operator. */
  value = "";

  constructor(text: string) {
    this.text = text;
    this.next();
  }

  next(): void {
    this.previousEnd = this.end;
    this.skipBlanks();
    this.start = this.end;
    if (this.start >= this.text.length) {
      this.kind = "end";
      return;
    }
    const code = this.text.charCodeAt(this.start);
    if (code === QUOTE) {
      this.readString();
    } else if (classOf(code) !== 0) {
      this.readWord();
    } else {
      this.readOperator(code);
    }
  }

  private fail(message: string, help?: string): never {
    throw new OpamSyntaxError(message, this.start, Math.max(this.end, this.start + 1), help);
  }

  private skipBlanks(): void {
    const text = this.text;
    for (let index = this.end; ;) {
      const code = text.charCodeAt(index);
      if (code === 32 || code === NEWLINE || code === 9 || code === RETURN) {
        index += 1;
      } else if (code === HASH) {
        const newline = text.indexOf("\n", index);
        index = newline === -1 ? text.length : newline;
      } else if (code === PARENTHESIS && text.charCodeAt(index + 1) === STAR) {
        index = this.endOfComment(index);
      } else {
        this.end = index;
        return;
      }
    }
  }

  private endOfComment(start: number): number {
    let depth = 0;
    for (let index = start; index < this.text.length;) {
      const two = this.text.slice(index, index + 2);
      if (two === "(*") depth += 1;
      else if (two === "*)") depth -= 1;
      index += two === "(*" || two === "*)" ? 2 : 1;
      if (depth === 0) return index;
    }
    throw new OpamSyntaxError("this comment is never closed", start, start + 2, "close it with *)");
  }

  /** Identifiers, booleans and integers. An identifier is `part(+part)*(:part)?`, each part with a letter or just `_`. */
  private readWord(): void {
    const text = this.text;
    let index = this.endOfRun(this.start);
    let isName = this.isPart(this.start, index);
    if (isName) {
      for (; text.charCodeAt(index) === PLUS;) {
        const next = this.endOfRun(index + 1);
        if (!this.isPart(index + 1, next)) break;
        index = next;
      }
      if (text.charCodeAt(index) === COLON) {
        const next = this.endOfRun(index + 1);
        const isVariable = this.isPart(index + 1, next) && text.slice(index + 1, next) !== "_";
        if (isVariable) index = next;
      }
    }
    this.end = index;
    this.value = text.slice(this.start, index);
    if (this.value === "true" || this.value === "false") {
      this.kind = "boolean";
      isName = false;
    } else if (isName) {
      this.kind = "identifier";
    } else if (/^-?[0-9][0-9_]*$/u.test(this.value)) {
      this.kind = "integer";
    } else {
      this.fail(`\`${this.value}\` is neither a name nor a number`, "texts and versions stand in double quotes");
    }
  }

  private endOfRun(start: number): number {
    let index = start;
    while (classOf(this.text.charCodeAt(index)) !== 0) index += 1;
    return index;
  }

  private isPart(start: number, end: number): boolean {
    if (end - start === 1 && classOf(this.text.charCodeAt(start)) === 4) return true;
    for (let index = start; index < end; index++) if (classOf(this.text.charCodeAt(index)) === 1) return true;
    return false;
  }

  private readOperator(code: number): void {
    const text = this.text;
    const next = text.charCodeAt(this.start + 1);
    const accept = (kind: TokenKind, length: number): void => {
      this.kind = kind;
      this.end = this.start + length;
      this.value = text.slice(this.start, this.end);
    };
    switch (text[this.start]) {
      case "[":
      case "]":
      case "(":
      case ")":
      case "{":
      case "}":
      case "&":
      case "|":
        accept(text[this.start] as TokenKind, 1);
        return;
      case "?":
        accept("prefix", 1);
        return;
      case "!":
        if (next === EQUALS) accept("relation", 2);
        else accept("prefix", 1);
        return;
      case "~":
        accept("relation", 1);
        return;
      case ":":
        if (next === EQUALS) accept("environment", 2);
        else accept(":", 1);
        return;
      case "+":
        if (next === EQUALS) accept("environment", 2);
        else this.fail("`+` stands only in `+=`, `=+` and inside names");
        return;
      case "=":
        if (next === PLUS) accept("environment", text.charCodeAt(this.start + 2) === EQUALS ? 3 : 2);
        else if (next === COLON) accept("environment", 2);
        else accept("relation", 1);
        return;
      case ".":
        this.failUnquoted();
        return;
      default:
        if (code === LESS || code === GREATER) {
          accept("relation", next === EQUALS ? 2 : 1);
          return;
        }
        this.end = this.start + (code >= 0xd800 && code <= 0xdbff ? 2 : 1);
        this.fail(`unexpected character ${JSON.stringify(text.slice(this.start, this.end))}`);
    }
  }

  /** A dot stands in versions only; the whole version is underlined. */
  private failUnquoted(): never {
    const isInVersion = (index: number): boolean => /[\w.+~-]/u.test(this.text[index] ?? "");
    while (this.start > 0 && isInVersion(this.start - 1)) this.start -= 1;
    this.end = this.start;
    while (isInVersion(this.end)) this.end += 1;
    const word = this.text.slice(this.start, this.end);
    this.fail("versions stand in double quotes", `write "${word}"`);
  }

  private readString(): void {
    const isTriple = this.text.startsWith('"""', this.start);
    const quotes = isTriple ? '"""' : '"';
    const contentStart = this.start + quotes.length;
    const close = this.text.indexOf(quotes, contentStart);
    if (close === -1) this.failUnclosed(quotes);
    this.kind = "string";
    const plain = this.text.slice(contentStart, close);
    if (!plain.includes("\\")) {
      this.end = close + quotes.length;
      this.value = plain.includes("\r\n") ? plain.replaceAll("\r\n", "\n") : plain;
      return;
    }
    const escaped = readEscapedText(this.text, contentStart, quotes);
    if (escaped === undefined) this.failUnclosed(quotes);
    this.end = escaped.end;
    this.value = escaped.value;
  }

  private failUnclosed(quotes: string): never {
    this.end = this.start + quotes.length;
    this.fail("this text is never closed", `close it with ${quotes}`);
  }
}
