/** Text in which no name of `Object.prototype` occurs, and the way back. */
export interface MaskedText {
  readonly text: string;
  /** Puts the original names back into a string of the parsed value. */
  readonly unmask: (text: string) => string;
}

const inheritedNames: readonly string[] = Object.getOwnPropertyNames(Object.prototype).toSorted(
  (left, right) => right.length - left.length,
);

/** Two different letters that do not stand next to each other anywhere in the text. */
function unusedPrefix(text: string): string {
  const letters = "QZXJVKWYqzxjvkwyABCDEFGHILMNOPRSTUabcdefghilmnoprstu";
  for (const first of letters) {
    for (const second of letters) {
      if (first !== second && !text.includes(first + second)) return first + second;
    }
  }
  return "";
}

/**
 * Replaces the names that every JavaScript object inherits (`constructor`, `toString`, …) by others of the same length.
 *
 * @iarna/toml keeps tables in ordinary objects and takes what they inherit for tables that exist already: reading
 * `[constructor.prototype]` from a registry would write into `Object.prototype` itself. Lexing is left to the parser, so
 * the words are replaced wherever they stand, and put back into every key and string of the value. `undefined` when
 * the text has no room for replacements (a text that holds every pair of letters and one of these names).
 */
export function maskInheritedNames(source: string): MaskedText | undefined {
  // A quoted key may spell a letter as an escape: \u0063onstructor. The escapes of ASCII move to a private-use block.
  const hasEscapes = /\\(?:u|U0000)00[3-7]/u.test(source);
  const hasNames = inheritedNames.some((name) => source.includes(name));
  if (!hasEscapes && !hasNames) return { text: source, unmask: (text) => text };
  if (hasEscapes && /[\uE030-\uE07F]|\\(?:u|U0000)[Ee]0[3-7]/u.test(source)) return undefined;
  const prefix = hasNames ? unusedPrefix(source) : "";
  if (hasNames && prefix === "") return undefined;

  let masked = source;
  const originals: [mask: string, name: string][] = [];
  for (const [index, name] of inheritedNames.entries()) {
    const mask = prefix + index.toString(36).padEnd(name.length - prefix.length, "_");
    masked = masked.replaceAll(name, mask);
    originals.push([mask, name]);
  }
  if (hasEscapes) masked = masked.replaceAll(/\\(u|U0000)00([3-7])/gu, "\\$1E0$2");
  return {
    text: masked,
    unmask(text) {
      let result = text;
      if (hasNames) for (const [mask, name] of originals) result = result.replaceAll(mask, name);
      if (!hasEscapes) return result;
      return result
        .replaceAll(/\\(u|U0000)E0([3-7])/gu, "\\$100$2")
        .replaceAll(/[\uE030-\uE07F]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xe0_00));
    },
  };
}
