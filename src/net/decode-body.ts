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
  const isSmall = body.length <= synchronousBytes;
  const isGzip = encoding === "gzip" || encoding === "x-gzip";
  const limits = { maxOutputLength: maxBytes, ...(isGzip && { chunkSize: expectedBytes(body, maxBytes) + 1 }) };
  try {
    if (isGzip) {
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

/** No input of that many bytes gives more than so many times as much. */
const maximumExpansion = 1032;
const defaultChunkBytes = 16 * 1024;

/**
 * What a gzip file says it decodes to (RFC 1952: the last four bytes), so that it is decoded in one piece. Whoever sent it
 * may lie: it is no more than could be true, and only a size of memory.
 */
function expectedBytes(body: Uint8Array, maxBytes: number): number {
  if (body.length < 4) return defaultChunkBytes;
  const claimed = new DataView(body.buffer, body.byteOffset, body.byteLength).getUint32(body.length - 4, true);
  return Math.max(defaultChunkBytes, Math.min(claimed, maxBytes, body.length * maximumExpansion));
}

export function tooLarge(maxBytes: number): EnkiError {
  return new EnkiError("limit-exceeded", `the document is larger than ${maxBytes} bytes`);
}
