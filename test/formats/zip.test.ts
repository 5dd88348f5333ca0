import { describe, expect, it } from "vitest";

import { defaultArchiveLimits } from "../../src/formats/archive-path.ts";
import { bytesInMemory, readZipMember, zipEntries } from "../../src/formats/zip.ts";
import type { RandomAccess } from "../../src/formats/zip.ts";
import { EnkiError } from "../../src/model/enki-error.ts";
import { writeZip } from "../helpers/zip-writer.ts";

const metadata = "Metadata-Version: 2.1\nName: demo\n".repeat(50);
const read = async (bytes: Uint8Array, path = "demo-1.dist-info/METADATA") => {
  const content = await readZipMember(bytesInMemory(bytes), "demo.whl", (name) => name === path);
  return content === undefined ? undefined : new TextDecoder().decode(content);
};
const honest = [
  { path: "demo/", body: "", isStored: true },
  { path: "demo/__init__.py", body: "pass", isStored: true },
  { path: "demo-1.dist-info/METADATA", body: metadata },
];

describe("a zip archive", () => {
  it("gives the wanted member, deflated or stored", async () => {
    const bytes = writeZip(honest);
    expect(await read(bytes)).toBe(metadata);
    expect(await read(bytes, "demo/__init__.py")).toBe("pass");
    expect(await read(bytes, "absent")).toBeUndefined();
    expect((await zipEntries(bytesInMemory(bytes), "x")).map((entry) => entry.path)).toEqual([
      "demo/__init__.py",
      "demo-1.dist-info/METADATA",
    ]);
  });

  it("is found behind a comment, even one that looks like an end record", async () => {
    const fake = "PK\u0005\u0006".padEnd(30, "\0");
    expect(await read(writeZip(honest, { comment: `${fake}${"x".repeat(40_000)}` }))).toBe(metadata);
  });

  it("may be zip64", async () => {
    const members = honest.map((member) => ({ ...member, isZip64: true }));
    expect(await read(writeZip(members, { isZip64: true }))).toBe(metadata);
  });

  it("is read by its tail and the member alone", async () => {
    const filler = { path: "big.bin", body: Buffer.alloc(3_000_000, 1), isStored: true };
    const bytes = writeZip([honest[2] ?? filler, filler, { path: "last", body: "1" }]);
    const reads: [number, number][] = [];
    const archive: RandomAccess = {
      sizeBytes: bytes.length,
      read: async (start, end) => {
        reads.push([start, end]);
        return bytes.slice(start, end);
      },
    };
    const content = await readZipMember(archive, "x", (path) => path.endsWith("METADATA"));
    expect(content?.length).toBe(metadata.length);
    expect(reads).toHaveLength(2);
    expect(reads.reduce((sum, [start, end]) => sum + end - start, 0)).toBeLessThan(20_000);
  });

  it("never offers members that lead outside, links, or encrypted ones", async () => {
    const bytes = writeZip([
      { path: "../METADATA", body: "1" },
      { path: "/METADATA", body: "2" },
      { path: "C:\\METADATA", body: "3" },
      { path: "link", body: "/etc/passwd", unixMode: 0o120777 },
      { path: "secret", body: "4", flags: 1 },
    ]);
    expect(await zipEntries(bytesInMemory(bytes), "x")).toEqual([]);
  });

  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["garbage", new Uint8Array(100_000).fill(0x50)],
    ["no directory", writeZip(honest).subarray(0, 100)],
    ["two members of one path", writeZip([honest[2] ?? { path: "", body: "" }, honest[2] ?? { path: "", body: "" }])],
    ["a wrong checksum", writeZip([{ path: "demo-1.dist-info/METADATA", body: "x", crc32: 1 }])],
    ["a size that is too small", writeZip([{ path: "demo-1.dist-info/METADATA", body: metadata, sizeBytes: 10 }])],
    ["a size that is too large", writeZip([{ path: "demo-1.dist-info/METADATA", body: "x", sizeBytes: 10 }])],
    ["an offset outside", writeZip([{ path: "demo-1.dist-info/METADATA", body: "x", headerOffset: 4_000_000_000 }])],
    ["an offset into the middle", writeZip([{ path: "demo-1.dist-info/METADATA", body: "x", headerOffset: 3 }])],
  ])("refuses %s with an EnkiError", async (_, bytes) => {
    await expect(read(bytes)).rejects.toThrow(EnkiError);
  });

  it("refuses bombs", async () => {
    const bomb = bytesInMemory(writeZip([{ path: "a", body: Buffer.alloc(5_000_000) }]));
    const limits = { ...defaultArchiveLimits, memberBytes: 1_000_000 };
    await expect(readZipMember(bomb, "x", () => true, limits)).rejects.toThrow(/larger than 1000000 bytes/u);
    await expect(zipEntries(bomb, "x", { ...limits, members: 0 })).rejects.toThrow(/1 members/u);
  });

  it("gives an EnkiError or an answer for every damaged byte", async () => {
    const bytes = writeZip([{ path: "demo-1.dist-info/METADATA", body: "Name: demo" }]);
    const survived = new Set<unknown>();
    for (let at = 0; at < bytes.length; at += 1) {
      for (const value of [0, 0xff, (bytes[at] ?? 0) ^ 1]) {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = value;
        const outcome = await read(damaged).catch((error: unknown) => error);
        if (outcome instanceof EnkiError) continue;
        survived.add(outcome);
      }
    }
    expect(survived).toEqual(new Set(["Name: demo", undefined]));
  });
});
