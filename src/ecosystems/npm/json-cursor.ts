const quote = 0x22;
const plus = 0x2b;
const comma = 0x2c;
const minus = 0x2d;
const nine = 0x39;
const colon = 0x3a;
const upperA = 0x41;
const upperZ = 0x5a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const lowerA = 0x61;
const lowerZ = 0x7a;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Says that a text is not JSON as programs spell it, or none at all: `JSON.parse` has to decide. */
export class UnusualSpelling extends Error {}

/**
 * A place in the bytes of a JSON text that has no space between its parts, which is how servers send it. It passes over
 * what nobody wants to know without making anything of it, in a fraction of the time of parsing and without leaving
 * anything to collect. Where it finds something else it throws {@link UnusualSpelling}; it does not look into strings,
 * numbers and words.
 */
export class JsonCursor {
  readonly bytes: Uint8Array;
  at = 0;
  /** Whether there was a backslash in the string that was passed last. */
  hasEscape = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtObject(): boolean {
    return this.bytes[this.at] === openBrace;
  }

  /** Enters an object; false when there is nothing in it, and then the cursor is behind it. */
  enterObject(): boolean {
    if (!this.isAtObject) throw new UnusualSpelling();
    this.at += 1;
    if (this.bytes[this.at] !== closeBrace) return true;
    this.at += 1;
    return false;
  }

  /** Moves past a key, which lies between the quotation marks at `at` and at the place that is returned, and its colon. */
  passKey(): number {
    this.#passString();
    const end = this.at - 1;
    if (this.bytes[this.at] !== colon) throw new UnusualSpelling();
    this.at += 1;
    return end;
  }

  /** Moves from behind a value to the next key of the object; false when there is none, and then it is behind the object. */
  passComma(): boolean {
    const byte = this.bytes[this.at];
    if (byte !== comma && byte !== closeBrace) throw new UnusualSpelling();
    this.at += 1;
    return byte === comma;
  }

  /** Moves past a value. Of brackets it counts how many are open, and not of which kind. */
  passValue(): void {
    let depth = 0;
    do {
      const byte = this.bytes[this.at];
      if (byte === quote) this.#passString();
      else if (byte === openBrace || byte === openBracket) {
        depth += 1;
        this.at += 1;
      } else if (depth === 0) this.#passWord();
      else if (byte === closeBrace || byte === closeBracket) {
        depth -= 1;
        this.at += 1;
      } else if (byte === comma || byte === colon) this.at += 1;
      else this.#passWord();
    } while (depth > 0);
  }

  #passString(): void {
    const { bytes } = this;
    const { length } = bytes;
    if (bytes[this.at] !== quote) throw new UnusualSpelling();
    let hasEscape = false;
    let at = this.at + 1;
    for (; at < length; at++) {
      const byte = bytes[at];
      if (byte === quote) break;
      if (byte === backslash) {
        hasEscape = true;
        at += 1;
      }
    }
    if (at >= length) throw new UnusualSpelling();
    this.hasEscape = hasEscape;
    this.at = at + 1;
  }

  /** A number, `true`, `false` or `null`. */
  #passWord(): void {
    const { bytes } = this;
    const { length } = bytes;
    let { at } = this;
    while (at < length && isOfWord(bytes[at] ?? 0)) at += 1;
    if (at === this.at) throw new UnusualSpelling();
    this.at = at;
  }
}

function isOfWord(byte: number): boolean {
  return (
    (byte >= lowerA && byte <= lowerZ) ||
    (byte >= minus && byte <= nine) ||
    byte === plus ||
    (byte >= upperA && byte <= upperZ)
  );
}
