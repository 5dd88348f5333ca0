/** Printable ASCII in the order of the Unicode collation for English; the letters follow, each in both cases. */
const punctuationAndDigits = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";

/** The place of each ASCII character, the same for both cases of a letter; 0 for those that only the collator knows. */
const places: Uint8Array = new Uint8Array(128);
for (let at = 0; at < punctuationAndDigits.length; at++) places[punctuationAndDigits.charCodeAt(at)] = at + 1;
for (let letter = 0; letter < 26; letter++) {
  const place = punctuationAndDigits.length + 1 + letter;
  places[0x41 + letter] = place;
  places[0x61 + letter] = place;
}

/** Made when it is first needed: that takes as long as loading this ecosystem does. */
let collator: Intl.Collator | undefined;

/**
 * The order in which npm writes keys and paths: `localeCompare(other, "en")`. Names and paths are ASCII nearly always, and
 * for that the collation is a table: letters by letter first, and only where all else is equal the small one first.
 */
export function compareInDictionary(left: string, right: string): number {
  const common = Math.min(left.length, right.length);
  let byCase = 0;
  for (let at = 0; at < common; at++) {
    const one = left.charCodeAt(at);
    const other = right.charCodeAt(at);
    const place = places[one] ?? 0;
    const difference = place - (places[other] ?? 0);
    if (place === 0 || places[other] === 0 || other > 127) return byCollator(left, right);
    if (difference !== 0) return isPlain(left, at + 1) && isPlain(right, at + 1) ? difference : byCollator(left, right);
    if (byCase === 0) byCase = other - one;
  }
  if (!isPlain(left, common) || !isPlain(right, common)) return byCollator(left, right);
  return left.length - right.length || byCase;
}

/** Whether all characters from `from` on are in the table: one that is not may change what comes before it. */
function isPlain(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127 || places[code] === 0) return false;
  }
  return true;
}

function byCollator(left: string, right: string): number {
  collator ??= new Intl.Collator("en");
  return collator.compare(left, right);
}
