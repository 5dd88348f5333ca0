/** Reading of short texts from left to right, with problems that know their place. */

/** What is wrong with a text, and where: an offset and a length in UTF-16 units. */
export interface SyntaxProblem {
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}

/** The value of a text, or what is wrong with it. */
export type Parsed<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: SyntaxProblem };

/** Leaves the parser; never seen outside {@link scan}. */
class ScanFailure extends Error {
  readonly problem: SyntaxProblem;

  constructor(problem: SyntaxProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** A position in a text. */
export class TextScanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Skips spaces and tabs. */
  skipBlanks(): void {
    while (this.text[this.at] === " " || this.text[this.at] === "\t") this.at++;
  }

  /** Whether `word` stands here, without reading it. */
  sees(word: string): boolean {
    return this.text.startsWith(word, this.at);
  }

  /** Reads `word` when it stands here. */
  take(word: string): boolean {
    if (!this.sees(word)) return false;
    this.at += word.length;
    return true;
  }

  /** Reads what the sticky expression matches here. */
  match(expression: RegExp): string | undefined {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text);
    if (found === null) return undefined;
    this.at += found[0].length;
    return found[0];
  }

  fail(message: string, offset: number = this.at, end: number = offset + 1): never {
    throw new ScanFailure({ message, offset, length: Math.max(1, Math.min(end, this.text.length) - offset) });
  }
}

/** Runs a parser over the whole text. */
export function scan<Value>(text: string, parse: (scanner: TextScanner) => Value): Parsed<Value> {
  try {
    return { ok: true, value: parse(new TextScanner(text)) };
  } catch (error) {
    if (error instanceof ScanFailure) return { ok: false, problem: error.problem };
    throw error;
  }
}
