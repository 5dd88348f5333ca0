const QUOTE = 34;
const BACKSLASH = 92;

/** What one escape stands for: a text, or a byte that may be part of a UTF-8 character. */
interface Escape {
  readonly text: string;
  readonly byte?: number;
  readonly end: number;
}

/**
 * Reads a text with escapes from `contentStart` to its closing quotes (opamLexer.mll, "string"). `undefined` when the
 * quotes never close; `end` is behind them.
 */
export function readEscapedText(
  text: string,
  contentStart: number,
  quotes: string,
): { readonly value: string; readonly end: number } | undefined {
  const pieces: string[] = [];
  const bytes: number[] = [];
  const flushBytes = (): void => {
    if (bytes.length > 0) pieces.push(Buffer.from(bytes).toString("utf8"));
    bytes.length = 0;
  };
  let pieceStart = contentStart;
  for (let index = contentStart; index < text.length;) {
    const code = text.charCodeAt(index);
    if (code === QUOTE && text.startsWith(quotes, index)) {
      flushBytes();
      pieces.push(text.slice(pieceStart, index));
      return { value: pieces.join("").replaceAll("\r\n", "\n"), end: index + quotes.length };
    }
    if (code !== BACKSLASH) {
      if (bytes.length > 0) {
        flushBytes();
        pieceStart = index;
      }
      index += 1;
      continue;
    }
    if (index > pieceStart && bytes.length === 0) pieces.push(text.slice(pieceStart, index));
    const escape = readEscape(text, index);
    // Neighbouring numeric escapes may be the bytes of one UTF-8 character.
    if (escape.byte === undefined) {
      flushBytes();
      pieces.push(escape.text);
    } else {
      bytes.push(escape.byte);
    }
    index = escape.end;
    pieceStart = index;
  }
  return undefined;
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["\\", "\\"],
  ['"', '"'],
  ["'", "'"],
  [" ", " "],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["b", "\b"],
]);

function readEscape(text: string, index: number): Escape {
  const character = text[index + 1] ?? "";
  const simple = simpleEscapes.get(character);
  if (simple !== undefined) return { text: simple, end: index + 2 };
  if (character === "\r" || character === "\n") {
    let end = index + (text.startsWith("\r\n", index + 1) ? 3 : 2);
    while (text[end] === " " || text[end] === "\t") end += 1;
    return { text: "", end };
  }
  const decimal = /^[0-9]{3}/u.exec(text.slice(index + 1, index + 4));
  if (decimal !== null && Number(decimal[0]) < 256) return { text: "", byte: Number(decimal[0]), end: index + 4 };
  const hexadecimal = /^x([0-9a-fA-F]{2})/u.exec(text.slice(index + 1, index + 4));
  if (hexadecimal?.[1] !== undefined) return { text: "", byte: Number.parseInt(hexadecimal[1], 16), end: index + 4 };
  // opam keeps an unknown escape as it stands.
  return { text: `\\${character}`, end: index + 1 + Math.max(character.length, 1) };
}
