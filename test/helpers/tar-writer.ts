/** One member to write; fields that an honest writer would derive can be given wrong on purpose. */
export interface TarMember {
  readonly path: string;
  readonly body?: string | Uint8Array;
  /** `0` file, `5` directory, `1` hard link, `2` symbolic link, `x` pax header, `L` GNU long name. */
  readonly type?: string;
  readonly mode?: number;
  readonly linkTarget?: string;
  readonly prefix?: string;
  /** What the header says, whatever the body is. */
  readonly sizeBytes?: number;
}

const encoder = new TextEncoder();

/** A plain tar archive of the members, with nothing checked, so that tests can write hostile ones. */
export function writeTar(members: readonly TarMember[]): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const member of members) {
    const body = typeof member.body === "string" ? encoder.encode(member.body) : (member.body ?? new Uint8Array());
    blocks.push(header(member, body.length), body, new Uint8Array((512 - (body.length % 512)) % 512));
  }
  blocks.push(new Uint8Array(1024));
  return Buffer.concat(blocks);
}

function header(member: TarMember, bodyBytes: number): Uint8Array {
  const block = new Uint8Array(512);
  const put = (offset: number, text: string): void => block.set(encoder.encode(text), offset);
  put(0, member.path);
  put(100, `${(member.mode ?? 0o644).toString(8).padStart(7, "0")}\0`);
  put(124, `${(member.sizeBytes ?? bodyBytes).toString(8).padStart(11, "0")}\0`);
  put(156, member.type ?? "0");
  put(157, member.linkTarget ?? "");
  put(257, "ustar\u000000");
  put(345, member.prefix ?? "");
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0`);
  return block;
}

/** A pax record, its length counting itself. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = encoder.encode(rest).length;
  let length = bytes + String(bytes).length;
  length = bytes + String(length).length;
  return `${length}${rest}`;
}
