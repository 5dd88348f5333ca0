/** The METADATA of a wheel, by reading as little of the wheel as the server allows. */
import { bytesInMemory, readZipMember, type RandomAccess } from "../../formats/zip.ts";

/** How the bytes of one wheel can be had. */
export interface WheelBytes {
  /** The last bytes and the whole size; `undefined` when only the whole file can be had. */
  tail(byteCount: number): Promise<{ readonly bytes: Uint8Array; readonly sizeBytes: number } | undefined>;
  /** From `start` (inclusive) to `end` (exclusive). */
  range(start: number, end: number): Promise<Uint8Array>;
  /** `undefined` when the file is gone. */
  whole(): Promise<Uint8Array | undefined>;
}

/** Holds the directory of most wheels and often METADATA as well, which builders put at the end. */
const TAIL_BYTES = 16 * 1024;

/** The text of METADATA; `undefined` when the wheel is gone or has none. */
export async function wheelMetadata(fileName: string, wheel: WheelBytes): Promise<string | undefined> {
  const archive = await openWheel(wheel);
  if (archive === undefined) return undefined;
  const body = await readZipMember(archive, fileName, isMetadataPath);
  return body === undefined ? undefined : new TextDecoder().decode(body);
}

async function openWheel(wheel: WheelBytes): Promise<RandomAccess | undefined> {
  const tail = await wheel.tail(TAIL_BYTES);
  if (tail === undefined) {
    const whole = await wheel.whole();
    return whole === undefined ? undefined : bytesInMemory(whole);
  }
  const tailStart = tail.sizeBytes - tail.bytes.length;
  return {
    sizeBytes: tail.sizeBytes,
    async read(start, end) {
      if (start >= tailStart) return tail.bytes.subarray(start - tailStart, end - tailStart);
      return await wheel.range(start, end);
    },
  };
}

/** `name-1.0.dist-info/METADATA` at the top of the archive; the one of another package inside does not count. */
function isMetadataPath(path: string): boolean {
  const slash = path.indexOf("/");
  return slash > 0 && path.slice(0, slash).endsWith(".dist-info") && path.slice(slash + 1) === "METADATA";
}
