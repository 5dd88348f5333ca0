import { EnkiError } from "../model/enki-error.ts";

/** Words that Nix reads as syntax; `or` is one only in some places, and is quoted everywhere. */
const keywords: ReadonlySet<string> = new Set([
  "assert",
  "else",
  "if",
  "in",
  "inherit",
  "let",
  "or",
  "rec",
  "then",
  "with",
]);

/**
 * A text as a Nix string literal that evaluates to exactly that text (Nix manual, "Values: String"): no interpolation
 * survives. Throws an EnkiError for a NUL, which Nix would cut the text at, and for half a surrogate pair.
 */
export function nixString(text: string): string {
  refuseUnprintable(text);
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("${", "\\${")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}

/** A name as an attribute name, quoted unless it is an identifier. */
export function nixAttributeName(name: string): string {
  return isNixIdentifier(name) ? name : nixString(name);
}

/** Whether a name can stand for itself in Nix, as an attribute name and as a function's parameter. */
export function isNixIdentifier(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) && !keywords.has(name);
}

/** Throws an EnkiError for a text that neither Nix nor its reader of JSON keeps whole. */
export function refuseUnprintable(text: string): void {
  if (text.includes("\0")) {
    throw new EnkiError(
      "invalid-lock",
      `a text with a NUL character can't be written for Nix: ${JSON.stringify(text)}`,
    );
  }
  if (/\p{Surrogate}/u.test(text)) {
    throw new EnkiError(
      "invalid-lock",
      `a text with half a surrogate pair can't be written for Nix: ${JSON.stringify(text)}`,
    );
  }
}
