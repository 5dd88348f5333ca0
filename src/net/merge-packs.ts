import type { PackFile, PackRecord, PackSlot } from "./pack-file.ts";

/** Packs from this size on are merged only when there are several of them. */
const largePackBytes = 16 * 1024 * 1024;
const maximumLargePacks = 4;

/** What merging keeps at most: the entries that were confirmed last. */
const maximumKeptBytes = 256 * 1024 * 1024;

/**
 * Takes the records of many packs together: of each key the newest entry that is whole, with the time of its last
 * confirmation. `kept` are the packs that stay as they are.
 */
export function mergePacks(packs: readonly PackFile[]): {
  readonly merged: readonly PackRecord[];
  readonly kept: readonly PackFile[];
} {
  const large = packs.filter(({ sizeBytes }) => sizeBytes >= largePackBytes);
  const kept = large.length < maximumLargePacks ? large : [];
  const slots = new Map<string, { digest: Uint32Array; slots: PackSlot[] }>();
  for (const pack of packs) {
    if (kept.includes(pack)) continue;
    for (let index = 0; index < pack.count; index++) {
      const digest = pack.digest(index);
      const key = digest.join(" ");
      const known = slots.get(key);
      if (known === undefined) slots.set(key, { digest, slots: [pack.slot(index)] });
      else known.slots.push(pack.slot(index));
    }
  }
  const merged: PackRecord[] = [];
  for (const one of slots.values()) merged.push(...mergeRecords(one.digest, one.slots));
  return { merged: lastConfirmed(merged), kept };
}

/** The newest whole entry under one key, and the newest confirmation, which may be about an entry in another pack. */
function mergeRecords(digest: Uint32Array, slots: readonly PackSlot[]): PackRecord[] {
  const newestFirst = slots.toSorted((left, right) => right.confirmedMs - left.confirmedMs);
  const confirmation = newestFirst.find(({ headBytes }) => headBytes === 0);
  const nothing = new Uint8Array();
  const news =
    confirmation === undefined ? [] : [{ ...timesOf(confirmation), status: 0, digest, head: nothing, body: nothing }];
  for (const slot of newestFirst) {
    const parts = slot.headBytes === 0 ? undefined : slot.pack.read(slot);
    if (parts === undefined) continue;
    const isConfirmed = confirmation !== undefined && confirmation.checksum === slot.checksum;
    const times = isConfirmed && confirmation.confirmedMs > slot.confirmedMs ? confirmation : slot;
    return [{ ...timesOf(times), status: slot.status, digest, ...parts }, ...(isConfirmed ? [] : news)];
  }
  return news;
}

function timesOf({ confirmedMs, freshMs, checksum }: PackSlot): Pick<PackSlot, "confirmedMs" | "freshMs" | "checksum"> {
  return { confirmedMs, freshMs, checksum };
}

function lastConfirmed(records: PackRecord[]): readonly PackRecord[] {
  let bytes = 0;
  return records
    .toSorted((left, right) => right.confirmedMs - left.confirmedMs)
    .filter(({ head, body }) => {
      bytes += head.length + body.length;
      return bytes <= maximumKeptBytes;
    });
}
