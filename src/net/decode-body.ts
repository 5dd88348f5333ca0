import { promisify } from "node:util";
import { brotliDecompress, brotliDecompressSync, gunzip, gunzipSync } from "node:zlib";

import { EnkiError } from "../model/enki-error.ts";
import { TransferError } from "./transfer-error.ts";

const gunzipLater = promisify(gunzip);
const brotliDecompressLater = promisify(brotliDecompress);

/** Below this many compressed bytes a synchronous call is faster than a way through the thread pool. */
const synchronousBytes = 32 * 1024;

/** Undoes Content-Encoding, never producing more than `maxBytes`. Broken data is an attempt that may be repeated. */
export async function decodeBody(body: Uint8Array, contentEncoding: string, maxBytes: number): Promise<Uint8Array> {
  const encodings = contentEncoding
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  if (encodings.length > 2) throw new TransferError(`has ${encodings.length} encodings`, { isRetryable: false });
  let decoded = body;
  for (const encoding of encodings.toReversed()) decoded = await decodeOnce(decoded, encoding, maxBytes);
  return decoded;
}

async function decodeOnce(body: Uint8Array, encoding: string, maxBytes: number): Promise<Uint8Array> {
  const limits = { maxOutputLength: maxBytes };
  const isSmall = body.length <= synchronousBytes;
  try {
    if (encoding === "gzip" || encoding === "x-gzip") {
      return isSmall ? gunzipSync(body, limits) : await gunzipLater(body, limits);
    }
    if (encoding === "br") {
      return isSmall ? brotliDecompressSync(body, limits) : await brotliDecompressLater(body, limits);
    }
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxBytes);
    throw new TransferError("the compressed body is damaged", { isRetryable: true, cause: error });
  }
  throw new TransferError(`the server used the unknown encoding ${JSON.stringify(encoding)}`, { isRetryable: false });
}

export function tooLarge(maxBytes: number): EnkiError {
  return new EnkiError("limit-exceeded", `the document is larger than ${maxBytes} bytes`);
}
