import { describe, expect, it } from "vitest";

import {
  canonicalIntegrity,
  digestFromHex,
  digestOf,
  formatIntegrity,
  isStrong,
  matchesIntegrity,
  parseIntegrity,
  strongestDigests,
} from "../../src/formats/integrity.ts";

const bytes = new TextEncoder().encode("hello");
const sha256 = digestOf("sha256", bytes);
const sha512 = digestOf("sha512", bytes);
const sha1 = digestOf("sha1", bytes);

describe("integrity", () => {
  it("goes from hexadecimal to text and back", () => {
    const text = formatIntegrity(sha256);
    expect(text).toBe("sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
    expect(parseIntegrity(text)).toEqual([sha256]);
    expect(digestFromHex("sha256", sha256.hex.toUpperCase())).toEqual(sha256);
  });

  it("reads several hashes, options, white space, and leaves unknown functions out", () => {
    const text = `  sha3-AAAA ${formatIntegrity(sha256)}?x=1\n\t${formatIntegrity(sha512)} ${formatIntegrity(sha1)}`;
    const digests = parseIntegrity(text);
    expect(digests).toEqual([sha256, sha512, sha1]);
    expect(strongestDigests(digests ?? [])).toEqual([sha512]);
    expect(canonicalIntegrity(text)).toBe(formatIntegrity(sha512));
    expect([sha1, sha256].map(isStrong)).toEqual([false, true]);
  });

  it("re-encodes canonically", () => {
    expect(canonicalIntegrity("SHA256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCR")).toBe(formatIntegrity(sha256));
  });

  it.each([
    "",
    "sha256",
    "sha256-",
    "sha256-AAAA",
    "sha512-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    "sha256-LPJNul_wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ===",
    "md6-AAAA",
    "__proto__-AAAA",
    "constructor-AAAA",
  ])("refuses %j", (text) => {
    expect(parseIntegrity(text)).toBeUndefined();
    expect(canonicalIntegrity(text)).toBeUndefined();
  });

  it.each(["", "12", "g".repeat(64), `${"0".repeat(63)} `])("refuses the hexadecimal %j", (hex) => {
    expect(digestFromHex("sha256", hex)).toBeUndefined();
  });

  it("matches by the strongest function only", () => {
    const wrong512 = digestOf("sha512", new Uint8Array(1));
    expect(matchesIntegrity(bytes, [sha256])).toBe(true);
    expect(matchesIntegrity(bytes, [sha256, wrong512])).toBe(false);
    expect(matchesIntegrity(bytes, [wrong512, sha512])).toBe(true);
    expect(matchesIntegrity(bytes, [])).toBe(false);
  });
});
