import { createHash, timingSafeEqual } from "node:crypto";

/** The hash functions that registries publish, weakest first; only the last three protect against an attacker. */
export const hashAlgorithms = ["md5", "sha1", "sha256", "sha384", "sha512"] as const;

export type HashAlgorithm = (typeof hashAlgorithms)[number];

/** A hash of some bytes. */
export interface Digest {
  readonly algorithm: HashAlgorithm;
  /** Lower-case hexadecimal. */
  readonly hex: string;
}

const sizesInBytes: Readonly<Record<HashAlgorithm, number>> = { md5: 16, sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

function isHashAlgorithm(name: string): name is HashAlgorithm {
  return (hashAlgorithms as readonly string[]).includes(name);
}

/** A digest from hexadecimal text, or `undefined` when it is not the hexadecimal of a digest of that size. */
export function digestFromHex(algorithm: HashAlgorithm, hex: string): Digest | undefined {
  const isDigest = hex.length === sizesInBytes[algorithm] * 2 && /^[0-9A-Fa-f]+$/u.test(hex);
  return isDigest ? { algorithm, hex: hex.toLowerCase() } : undefined;
}

/**
 * Reads Subresource Integrity metadata (W3C SRI, section 3.1): hashes separated by white space, each with options after
 * `?` that are ignored. Hashes of unknown functions are left out, as the specification says. `undefined` when a hash of
 * a known function is malformed, or when nothing is left.
 */
export function parseIntegrity(text: string): readonly Digest[] | undefined {
  const digests: Digest[] = [];
  for (const word of text.split(/[ \t\r\n\f]+/u)) {
    const dash = word.indexOf("-");
    const algorithm = word.slice(0, Math.max(0, dash)).toLowerCase();
    if (!isHashAlgorithm(algorithm)) continue;
    const base64 = word.slice(dash + 1).split("?", 1)[0] ?? "";
    const digest = digestFromBase64(algorithm, base64);
    if (digest === undefined) return undefined;
    digests.push(digest);
  }
  return digests.length === 0 ? undefined : digests;
}

function digestFromBase64(algorithm: HashAlgorithm, base64: string): Digest | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/u.test(base64)) return undefined;
  return digestFromHex(algorithm, Buffer.from(base64, "base64").toString("hex"));
}

/** The hashes of the strongest function among the digests; more than one means that any of them may match. */
export function strongestDigests(digests: readonly Digest[]): readonly Digest[] {
  const rank = (digest: Digest): number => hashAlgorithms.indexOf(digest.algorithm);
  const best = Math.max(...digests.map(rank));
  return digests.filter((digest) => rank(digest) === best);
}

/** Whether the digest is by a function that withstands attackers (SHA-2). */
export function isStrong(digest: Digest): boolean {
  return digest.algorithm !== "md5" && digest.algorithm !== "sha1";
}

/** One digest as canonical Subresource Integrity text: `sha512-…` with padding. */
export function formatIntegrity(digest: Digest): string {
  return `${digest.algorithm}-${Buffer.from(digest.hex, "hex").toString("base64")}`;
}

/** The canonical text of one of the strongest hashes in `text`, or `undefined` where {@link parseIntegrity} gives none. */
export function canonicalIntegrity(text: string): string | undefined {
  const digests = parseIntegrity(text);
  if (digests === undefined) return undefined;
  return strongestDigests(digests).map(formatIntegrity).toSorted()[0];
}

/** The digest of some bytes. */
export function digestOf(algorithm: HashAlgorithm, bytes: Uint8Array): Digest {
  return { algorithm, hex: createHash(algorithm).update(bytes).digest("hex") };
}

/** Whether the bytes have one of the strongest digests. */
export function matchesIntegrity(bytes: Uint8Array, digests: readonly Digest[]): boolean {
  return (
    digests.length > 0 &&
    strongestDigests(digests).some((digest) =>
      timingSafeEqual(Buffer.from(digestOf(digest.algorithm, bytes).hex, "hex"), Buffer.from(digest.hex, "hex")),
    )
  );
}
