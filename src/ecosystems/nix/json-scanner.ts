import { EnkiError } from "../../model/enki-error.ts";

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;

/**
 * Walks through a JSON text in bytes without building it: a channel's index has over 100 MB, of which two short texts
 * per package are wanted. Every method throws an EnkiError where the text is not JSON.
 */
export class JsonScanner {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Calls `visit` for each member of the object that stands here; it must consume the value ({@link skip} at least). */
  members(visit: (key: string) => void): void {
    this.#expect(0x7b);
    if (this.#take(0x7d)) return;
    do {
      const key = this.text();
      this.#expect(colon);
      visit(key);
    } while (this.#take(comma));
    this.#expect(0x7d);
  }

  /** The text that stands here. */
  text(): string {
    this.#expect(quote);
    const start = this.#position;
    this.#skipText();
    const raw = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, this.#position - 1 - start);
    const text = raw.toString("utf8");
    if (!text.includes("\\")) return text;
    const value: unknown = JSON.parse(`"${text}"`);
    return typeof value === "string" ? value : "";
  }

  /** The text that stands here, or `undefined` after skipping any other value. */
  optionalText(): string | undefined {
    this.#skipSpace();
    if (this.#bytes[this.#position] === quote) return this.text();
    this.skip();
    return undefined;
  }

  /** Skips one value of any kind. Only its brackets and texts are looked at. */
  skip(): void {
    this.#skipSpace();
    let depth = 0;
    do {
      const byte = this.#bytes[this.#position];
      if (byte === undefined) throw this.#malformed();
      this.#position += 1;
      if (byte === quote) this.#skipText();
      else if (byte === 0x7b || byte === 0x5b) depth += 1;
      else if (byte === 0x7d || byte === 0x5d) depth -= 1;
      else if (depth === 0) this.#skipWord();
    } while (depth > 0);
  }

  /** Moves behind the closing quote. */
  #skipText(): void {
    for (;;) {
      const byte = this.#bytes[this.#position];
      if (byte === undefined) throw this.#malformed();
      this.#position += byte === backslash ? 2 : 1;
      if (byte === quote) return;
    }
  }

  #skipWord(): void {
    for (;;) {
      const byte = this.#bytes[this.#position];
      if (byte === undefined || byte === comma || byte === 0x7d || byte === 0x5d || byte <= 0x20) return;
      this.#position += 1;
    }
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.#position];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#position += 1;
    }
  }

  #take(wanted: number): boolean {
    this.#skipSpace();
    if (this.#bytes[this.#position] !== wanted) return false;
    this.#position += 1;
    return true;
  }

  #expect(wanted: number): void {
    if (!this.#take(wanted)) throw this.#malformed();
  }

  #malformed(): EnkiError {
    return new EnkiError(
      "invalid-registry-document",
      `the nixpkgs index is not JSON at byte ${String(this.#position)}`,
    );
  }
}
