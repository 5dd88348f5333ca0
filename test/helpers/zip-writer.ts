import { deflateRawSync } from "node:zlib";

import { crc32 } from "../../src/formats/crc32.ts";

/** One member to write; fields that an honest writer would derive can be given wrong on purpose. */
export interface ZipMember {
  readonly path: string;
  readonly body: string | Uint8Array;
  readonly isStored?: boolean;
  readonly sizeBytes?: number;
  readonly crc32?: number;
  readonly unixMode?: number;
  readonly flags?: number;
  /** Put sizes and offset into a zip64 extra field. */
  readonly isZip64?: boolean;
  readonly headerOffset?: number;
}

/** A zip archive of the members, with nothing checked, so that tests can write hostile ones. */
export function writeZip(
  members: readonly ZipMember[],
  options: { comment?: string; isZip64?: boolean } = {},
): Uint8Array {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const body = Buffer.from(member.body);
    const compressed = member.isStored === true ? body : deflateRawSync(body);
    const name = Buffer.from(member.path);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04_03_4b_50, 0);
    local.writeUInt16LE(member.isStored === true ? 0 : 8, 8);
    local.writeUInt16LE(name.length, 26);
    pieces.push(local, name, compressed);
    directory.push(directoryRecord(member, { body, compressed, name, offset: member.headerOffset ?? offset }));
    offset += 30 + name.length + compressed.length;
  }
  const listing = Buffer.concat(directory);
  const comment = Buffer.from(options.comment ?? "");
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  end.writeUInt16LE(options.isZip64 === true ? 0xff_ff : members.length, 10);
  end.writeUInt32LE(options.isZip64 === true ? 0xff_ff_ff_ff : listing.length, 12);
  end.writeUInt32LE(options.isZip64 === true ? 0xff_ff_ff_ff : offset, 16);
  end.writeUInt16LE(comment.length, 20);
  const large = options.isZip64 === true ? zip64End(members.length, listing.length, offset) : Buffer.alloc(0);
  return Buffer.concat([...pieces, listing, large, end, comment]);
}

interface Placed {
  readonly body: Buffer;
  readonly compressed: Buffer;
  readonly name: Buffer;
  readonly offset: number;
}

function directoryRecord(member: ZipMember, placed: Placed): Buffer {
  const record = Buffer.alloc(46);
  const sizeBytes = member.sizeBytes ?? placed.body.length;
  const extra = Buffer.alloc(member.isZip64 === true ? 28 : 0);
  record.writeUInt32LE(0x02_01_4b_50, 0);
  record.writeUInt8(3, 5);
  record.writeUInt16LE(member.flags ?? 0, 8);
  record.writeUInt16LE(member.isStored === true ? 0 : 8, 10);
  record.writeUInt32LE(member.crc32 ?? crc32(placed.body), 16);
  record.writeUInt16LE(placed.name.length, 28);
  record.writeUInt16LE(extra.length, 30);
  record.writeUInt32LE(((member.unixMode ?? 0o100644) << 16) >>> 0, 38);
  if (member.isZip64 === true) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    extra.writeBigUInt64LE(BigInt(sizeBytes), 4);
    extra.writeBigUInt64LE(BigInt(placed.compressed.length), 12);
    extra.writeBigUInt64LE(BigInt(placed.offset), 20);
    for (const field of [20, 24, 42]) record.writeUInt32LE(0xff_ff_ff_ff, field);
  } else {
    record.writeUInt32LE(placed.compressed.length, 20);
    record.writeUInt32LE(sizeBytes, 24);
    record.writeUInt32LE(placed.offset, 42);
  }
  return Buffer.concat([record, placed.name, extra]);
}

function zip64End(entries: number, sizeBytes: number, offset: number): Buffer {
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06_06_4b_50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(sizeBytes), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  record.writeUInt32LE(0x07_06_4b_50, 56);
  record.writeBigUInt64LE(BigInt(offset + sizeBytes), 64);
  return record;
}
