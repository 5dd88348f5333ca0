import { gunzipSync } from "node:zlib";

import { EnkiError } from "../model/enki-error.ts";

/** Whether the bytes begin like a gzip file (RFC 1952, section 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The decompressed bytes. Throws `limit-exceeded` above `maxBytes`, `invalid-registry-document` for broken data. */
export function gunzipBounded(bytes: Uint8Array, maxBytes: number, what: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw decompressionError(error, maxBytes, what);
  }
}

/** What a failure of node:zlib means to the reader of an archive. */
export function decompressionError(error: unknown, maxBytes: number, what: string): EnkiError {
  const isTooLarge = error instanceof RangeError;
  return isTooLarge
    ? new EnkiError("limit-exceeded", `${what} unpacks to more than ${maxBytes} bytes`)
    : new EnkiError("invalid-registry-document", `${what} is not valid compressed data`, { cause: error });
}
