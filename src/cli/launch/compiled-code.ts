import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";

/** What V8 made of one source text. */
export interface CompiledScript {
  /** CRC-32 of the source text: V8 itself compares nothing but its length. */
  readonly source: number;
  readonly code: Uint8Array;
}

/** Compiled code by the name of its source file. */
export type CompiledCode = ReadonlyMap<string, CompiledScript>;

/** V8 reads code in place where it lies on such a boundary, and copies it otherwise. */
const ALIGNMENT = 8;
const LENGTH_BYTES = 4;

/**
 * Reads what {@link writeCompiledCode} wrote. A file that is absent, damaged, or could have been written by anybody but
 * this user holds nothing: it is code that will run. Never throws.
 */
export function readCompiledCode(path: string): CompiledCode {
  try {
    return decode(readOwnFile(path));
  } catch {
    return new Map();
  }
}

/**
 * Writes compiled code so that a reader sees all of it or none. Where it can't be written, in a read-only home for
 * example, the next run compiles again. Never throws.
 */
export function writeCompiledCode(path: string, compiled: CompiledCode): void {
  const temporary = `${path}.${String(process.pid)}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    try {
      writeFileSync(temporary, encode(compiled), { mode: 0o600, flag: "wx" });
      renameSync(temporary, path);
    } catch {
      rmSync(temporary, { force: true });
    }
  } catch {
    // Compiled code saves time, nothing else.
  }
}

function readOwnFile(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const { uid, mode, size } = fstatSync(file);
    const user = process.getuid?.();
    if (user !== undefined && (uid !== user || (mode & 0o022) !== 0)) throw new Error("others may write this file");
    // Not from the pool of small buffers, whose pieces lie on any boundary.
    const bytes = Buffer.allocUnsafeSlow(size);
    return bytes.subarray(0, readSync(file, bytes, 0, size, 0));
  } finally {
    closeSync(file);
  }
}

/** The length of the index, the index as JSON, then each code at a boundary: [name, source, offset, length, CRC-32 of the code]. */
type Index = readonly (readonly [name: string, source: number, offset: number, length: number, checksum: number])[];

function encode(compiled: CompiledCode): Uint8Array {
  let offset = 0;
  const index: Index = [...compiled].map(([name, { source, code }]) => {
    const entry = [name, source, offset, code.length, crc32(code)] as const;
    offset = aligned(offset + code.length);
    return entry;
  });
  const text = Buffer.from(JSON.stringify(index));
  const start = aligned(LENGTH_BYTES + text.length);
  const bytes = Buffer.alloc(start + offset);
  bytes.writeUInt32LE(text.length);
  bytes.set(text, LENGTH_BYTES);
  const codes = [...compiled.values()];
  for (const [position, [, , from]] of index.entries()) bytes.set(codes[position]?.code ?? [], start + from);
  return bytes;
}

function decode(bytes: Buffer): CompiledCode {
  const length = bytes.readUInt32LE();
  const index: Index = JSON.parse(bytes.toString("utf8", LENGTH_BYTES, LENGTH_BYTES + length));
  const start = aligned(LENGTH_BYTES + length);
  const compiled = new Map<string, CompiledScript>();
  for (const [name, source, offset, size, checksum] of index) {
    const code = bytes.subarray(start + offset, start + offset + size);
    // V8 trusts the code that it is given.
    if (crc32(code) === checksum) compiled.set(name, { source, code });
  }
  return compiled;
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
