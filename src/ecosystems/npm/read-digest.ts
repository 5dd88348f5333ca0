import { isSame } from "./byte-ranges.ts";

/** How the text of an integrity of one SHA-512 begins, its quotation mark included. */
const head = Buffer.from('"sha512-');
/** How it ends. */
const tail = Buffer.from('=="');
/** Digits of a SHA-512 in base64. */
const digitCount = 86;

const noDigit = 64;
/** The digit that each character stands for. */
const digits = new Uint8Array(256).fill(noDigit);
for (const [digit, character] of Buffer.from(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
).entries()) {
  digits[character] = digit;
}

/**
 * Reads an integrity, which lies between `start` and `end` of a JSON text, into `digests` from `to` on, if it is that of one
 * SHA-512 in its only spelling. Says whether it is; if not, there is nothing but zeros.
 */
export function readDigest(text: Uint8Array, start: number, end: number, digests: Uint8Array, to: number): boolean {
  if (end - start !== head.length + digitCount + tail.length) return false;
  if (!isSame(text, start, head, 0, head.length)) return false;
  if (!isSame(text, end - tail.length, tail, 0, tail.length)) return false;
  let all = 0;
  let at = start + head.length;
  const lastDigits = at + digitCount - 2;
  let place = to;
  // Four digits are three bytes.
  for (; at < lastDigits; at += 4) {
    const first = digitAt(text, at);
    const second = digitAt(text, at + 1);
    const third = digitAt(text, at + 2);
    const fourth = digitAt(text, at + 3);
    all |= first | second | third | fourth;
    digests[place] = (first << 2) | (second >> 4);
    digests[place + 1] = (second << 4) | (third >> 2);
    digests[place + 2] = (third << 6) | fourth;
    place += 3;
  }
  const high = digitAt(text, at);
  const low = digitAt(text, at + 1);
  digests[place] = (high << 2) | (low >> 4);
  // The four bits of the last digit that count for nothing must be zero.
  if (((all | high | low) & noDigit) === 0 && (low & 0x0f) === 0) return true;
  digests.fill(0, to, place + 1);
  return false;
}

function digitAt(text: Uint8Array, at: number): number {
  return digits[text[at] ?? 0] ?? noDigit;
}
