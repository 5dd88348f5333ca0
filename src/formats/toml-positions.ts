import type { DocumentPath, Span } from "./text-document.ts";
import { maximumNesting } from "./text-document.ts";

/** Where one thing of a document stands; tables that only a longer key implies have no value of their own. */
export interface Place {
  readonly key?: Span;
  readonly value?: Span;
}

/** The name of a path in the maps of places: text that no other path has. */
export function pathKey(path: DocumentPath): string {
  return JSON.stringify(path);
}

interface KeyPart extends Span {
  readonly name: string;
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["t", "\t"],
  ["n", "\n"],
  ["f", "\f"],
  ["r", "\r"],
  ['"', '"'],
  ["\\", "\\"],
]);

function decodeBasicString(text: string): string {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/gu, (whole, short, long, letter) => {
    const digits = short ?? long;
    if (typeof digits !== "string") return shortEscapes.get(String(letter)) ?? whole;
    const codePoint = Number.parseInt(digits, 16);
    return codePoint <= 0x10_ff_ff ? String.fromCodePoint(codePoint) : whole;
  });
}

/**
 * Notes where the keys and values of a TOML 1.0 document stand. It judges nothing: the parser has accepted the text
 * before. On text that no parser would accept it still ends, after one pass.
 */
class TomlScanner {
  readonly places: Map<string, Place> = new Map();
  readonly #text: string;
  /** How many tables each array of tables holds so far, by path. */
  readonly #tableCounts = new Map<string, number>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): void {
    let table: DocumentPath = [];
    for (;;) {
      this.#skipBlank(true);
      if (this.#at >= this.#text.length) return;
      if (this.#peek() === "[") table = this.#scanHeader();
      else this.#scanPair(table, 0);
      this.#skipLine();
    }
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #skipBlank(acrossLines: boolean): void {
    for (;;) {
      const character = this.#peek();
      if (character === " " || character === "\t" || character === "\r") this.#at += 1;
      else if (acrossLines && character === "\n") this.#at += 1;
      else if (acrossLines && character === "#") this.#skipLine();
      else return;
    }
  }

  /** To the end of the line, which is always progress. */
  #skipLine(): void {
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end === -1 ? this.#text.length : end + 1;
  }

  #scanHeader(): DocumentPath {
    const isArray = this.#text.startsWith("[[", this.#at);
    this.#at += isArray ? 2 : 1;
    const parts = this.#scanKey();
    const path: (string | number)[] = [];
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      path.push(part.name);
      const name = pathKey(path);
      const count = this.#tableCounts.get(name) ?? 0;
      if (!isLast) {
        if (!this.places.has(name)) this.places.set(name, { key: part });
        if (count > 0) path.push(count - 1);
        continue;
      }
      const first = parts[0] ?? part;
      const value: Span = { offset: first.offset, length: part.offset + part.length - first.offset };
      if (!isArray || count === 0) this.places.set(name, { key: part, value });
      if (!isArray) continue;
      this.#tableCounts.set(name, count + 1);
      path.push(count);
      this.places.set(pathKey(path), { key: part, value });
    }
    return path;
  }

  #scanPair(table: DocumentPath, depth: number): void {
    const path = [...table];
    const parts = this.#scanKey();
    for (const part of parts) {
      path.push(part.name);
      const name = pathKey(path);
      if (!this.places.has(name)) this.places.set(name, { key: part });
    }
    const last = parts.at(-1);
    if (last === undefined || this.#peek() !== "=") return;
    this.#at += 1;
    this.#skipBlank(false);
    const value = this.#scanValue(path, depth);
    if (value !== undefined) this.places.set(pathKey(path), { key: last, value });
  }

  /** A bare, quoted or dotted key; stops at what follows it. */
  #scanKey(): KeyPart[] {
    const parts: KeyPart[] = [];
    for (;;) {
      this.#skipBlank(false);
      const offset = this.#at;
      const quote = this.#peek();
      let name: string;
      if (quote === '"' || quote === "'") {
        this.#skipQuoted(quote);
        const inner = this.#text.slice(offset + 1, this.#at - 1);
        name = quote === '"' ? decodeBasicString(inner) : inner;
      } else {
        while (/[A-Za-z0-9_-]/u.test(this.#peek())) this.#at += 1;
        name = this.#text.slice(offset, this.#at);
      }
      if (this.#at === offset) return parts;
      parts.push({ name, offset, length: this.#at - offset });
      this.#skipBlank(false);
      if (this.#peek() !== ".") return parts;
      this.#at += 1;
    }
  }

  #scanValue(path: DocumentPath, depth: number): Span | undefined {
    if (depth > maximumNesting) return undefined;
    const offset = this.#at;
    const character = this.#peek();
    if (character === '"' || character === "'") this.#skipString(character);
    else if (character === "[") this.#scanArray(path, depth);
    else if (character === "{") this.#scanInlineTable(path, depth);
    else return this.#scanScalar();
    return { offset, length: this.#at - offset };
  }

  #scanScalar(): Span | undefined {
    const offset = this.#at;
    while (this.#at < this.#text.length && !",]}#\n".includes(this.#peek())) this.#at += 1;
    const length = this.#text.slice(offset, this.#at).trimEnd().length;
    return length === 0 ? undefined : { offset, length };
  }

  #scanArray(path: DocumentPath, depth: number): void {
    this.#at += 1;
    for (let index = 0; ; index += 1) {
      this.#skipBlank(true);
      const value = this.#peek() === "]" ? undefined : this.#scanValue([...path, index], depth + 1);
      if (value !== undefined) this.places.set(pathKey([...path, index]), { value });
      this.#skipBlank(true);
      if (this.#peek() === "]") this.#at += 1;
      else if (this.#peek() === "," && value !== undefined) {
        this.#at += 1;
        continue;
      }
      return;
    }
  }

  #scanInlineTable(path: DocumentPath, depth: number): void {
    this.#at += 1;
    for (;;) {
      this.#skipBlank(false);
      const start = this.#at;
      this.#scanPair(path, depth + 1);
      this.#skipBlank(false);
      if (this.#peek() === "}") this.#at += 1;
      else if (this.#peek() === "," && this.#at > start) {
        this.#at += 1;
        continue;
      }
      return;
    }
  }

  #skipString(quote: string): void {
    const fence = quote.repeat(3);
    if (!this.#text.startsWith(fence, this.#at)) return this.#skipQuoted(quote);
    this.#at += 3;
    while (this.#at < this.#text.length && !this.#text.startsWith(fence, this.#at)) this.#step(quote);
    this.#at = Math.min(this.#text.length, this.#at + 3);
    // Up to two quotes may stand directly before the closing three.
    for (let extra = 0; extra < 2 && this.#peek() === quote; extra += 1) this.#at += 1;
  }

  #skipQuoted(quote: string): void {
    this.#at += 1;
    while (this.#at < this.#text.length && this.#peek() !== quote && this.#peek() !== "\n") this.#step(quote);
    this.#at = Math.min(this.#text.length, this.#at + 1);
  }

  /** One character of a string, or an escape of two in a basic one. */
  #step(quote: string): void {
    this.#at += quote === '"' && this.#peek() === "\\" ? 2 : 1;
  }
}

/** The places of everything in a TOML 1.0 document that a parser has accepted, by {@link pathKey}. */
export function tomlPlaces(text: string): ReadonlyMap<string, Place> {
  const scanner = new TomlScanner(text);
  scanner.scan();
  return scanner.places;
}
