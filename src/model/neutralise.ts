/**
 * Letters that a terminal obeys instead of showing (escapes, cursor movement), that reorder what stands around them, or
 * that have no shape: a name that holds them could look like another. C0, DEL and C1; Arabic letter mark; zero-width
 * letters and direction marks; line and paragraph separators and embeddings; isolates; byte-order mark; language tags.
 */
const DECEPTIVE =
  // oxlint-disable-next-line no-control-regex -- finding control characters is the point
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]|\p{Surrogate}/gu;

/** The text on one line, with every deceptive letter written as `\u{202e}`. For names, versions and messages. */
export function neutralise(text: string): string {
  return text.replace(DECEPTIVE, (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`);
}

/** As {@link neutralise}, line by line: line feeds stay. For prose that Enki itself broke into lines. */
export function neutraliseLines(text: string): string {
  return text.split("\n").map(neutralise).join("\n");
}
