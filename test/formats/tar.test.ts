import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

import { defaultArchiveLimits, safeMemberPath } from "../../src/formats/archive-path.ts";
import { readTarMember, tarFiles } from "../../src/formats/tar.ts";
import { EnkiError } from "../../src/model/enki-error.ts";
import { paxRecord, writeTar } from "../helpers/tar-writer.ts";

const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : new TextDecoder().decode(bytes));
const list = (archive: Uint8Array) => [...tarFiles(archive, "x.tar")].map((file) => [file.path, text(file.body)]);

describe("a tar archive", () => {
  it("gives its regular files, plain or gzipped", () => {
    const archive = writeTar([
      { path: "package/", type: "5" },
      { path: "package/package.json", body: "{}" },
      { path: "./package//bin.js", body: "x".repeat(600), mode: 0o755 },
    ]);
    for (const bytes of [archive, gzipSync(archive)]) {
      expect(
        [...tarFiles(bytes, "x.tgz")].map(({ path, isExecutable, body }) => [path, isExecutable, body.length]),
      ).toEqual([
        ["package/package.json", false, 2],
        ["package/bin.js", true, 600],
      ]);
    }
  });

  it("reads long names of ustar, pax and GNU", () => {
    const long = `${"d/".repeat(80)}é.txt`;
    expect(
      list(
        writeTar([
          { path: "f.txt", prefix: "deep/er", body: "1" },
          { path: "h", type: "x", body: paxRecord("mtime", "1.5") + paxRecord("path", long) },
          { path: "cut", body: "2" },
          { path: "././@LongLink", type: "L", body: `${long}2\0` },
          { path: "cut", body: "3" },
          { path: "g", type: "g", body: paxRecord("comment", "x") },
          { path: "short", body: "4" },
        ]),
      ),
    ).toEqual([
      ["deep/er/f.txt", "1"],
      [long, "2"],
      [`${long}2`, "3"],
      ["short", "4"],
    ]);
  });

  it("reads what tar itself writes", () => {
    const directory = mkdtempSync(join(tmpdir(), "enki-tar-"));
    try {
      mkdirSync(join(directory, "a", "long".repeat(20), "long".repeat(10)), { recursive: true });
      writeFileSync(join(directory, "a", "long".repeat(20), "long".repeat(10), "ü.txt"), "content");
      symlinkSync("/etc/passwd", join(directory, "a", "link"));
      for (const format of ["gnu", "pax", "ustar"]) {
        execFileSync("tar", [`--format=${format}`, "-czf", "out.tgz", "a"], { cwd: directory });
        expect(list(readFileSync(join(directory, "out.tgz")))).toEqual([
          [`a/${"long".repeat(20)}/${"long".repeat(10)}/ü.txt`, "content"],
        ]);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("gives the last of two members of one path, as unpacking would", () => {
    const archive = writeTar([
      { path: "a", body: "old" },
      { path: "./a", body: "new" },
    ]);
    expect(text(readTarMember(archive, "x", (path) => path === "a")?.body)).toBe("new");
    expect(readTarMember(archive, "x", (path) => path === "b")).toBeUndefined();
  });

  it("never gives a member that leads outside, nor a link", () => {
    const archive = writeTar([
      { path: "../evil", body: "1" },
      { path: "/etc/passwd", body: "2" },
      { path: "a/../../b", body: "3" },
      { path: "C:/x", body: "4" },
      { path: "a\\..\\b", body: "5" },
      { path: "link", type: "2", linkTarget: "/etc/passwd" },
      { path: "hard", type: "1", linkTarget: "/etc/passwd" },
      { path: "h", type: "x", body: paxRecord("path", "../through/pax") },
      { path: "innocent", body: "6" },
      { path: "good", body: "7" },
    ]);
    expect(list(archive)).toEqual([["good", "7"]]);
  });

  it.each<[string, Uint8Array]>([
    ["garbage", new Uint8Array(600).fill(7)],
    ["a cut member", writeTar([{ path: "a", body: "x".repeat(2000) }]).subarray(0, 1024)],
    ["a size that lies", writeTar([{ path: "a", body: "x", sizeBytes: 8_000_000_000 }])],
    ["a broken pax header", writeTar([{ path: "h", type: "x", body: "999 path=x\n" }])],
    ["a pax header without end", writeTar([{ path: "h", type: "x", body: "path=x\n" }])],
    ["a pax size that is no number", writeTar([{ path: "h", type: "x", body: paxRecord("size", "-1") }])],
    ["cut gzip data", gzipSync(writeTar([{ path: "a", body: "x" }])).subarray(0, 40)],
  ])("refuses %s with an EnkiError", (_, bytes) => {
    expect(() => list(bytes)).toThrow(EnkiError);
  });

  it("refuses bombs: 20 MB of zeros, too many members, a member that is too large", () => {
    const limits = { ...defaultArchiveLimits, totalBytes: 1_000_000 };
    const bomb = gzipSync(new Uint8Array(20_000_000));
    expect(bomb.length).toBeLessThan(25_000);
    expect(() => [...tarFiles(bomb, "x", limits)]).toThrow(/unpacks to more than 1000000 bytes/u);
    const two = writeTar([
      { path: "a", body: "12345" },
      { path: "b", body: "1" },
    ]);
    expect(() => [...tarFiles(two, "x", { ...limits, members: 1 })]).toThrow(/more than 1 members/u);
    expect(() => [...tarFiles(two, "x", { ...limits, memberBytes: 4 })]).toThrow(/a in x is larger than 4 bytes/u);
  });

  it("gives an EnkiError or safe members for every damaged byte", () => {
    const honest = writeTar([
      { path: "h", type: "x", body: paxRecord("path", "a/long") },
      { path: "cut", body: "1" },
      { path: "././@LongLink", type: "L", body: "b\0" },
      { path: "cut", body: "2" },
    ]);
    const outcomes = new Set<string>();
    for (let at = 0; at < honest.length; at += 1) {
      for (const value of [0, 0xff, 0x2f, (honest[at] ?? 0) ^ 1]) {
        const damaged = Uint8Array.from(honest);
        damaged[at] = value;
        try {
          const members = list(damaged);
          expect(members.every(([path]) => safeMemberPath(path ?? "") === path)).toBe(true);
          outcomes.add("read");
        } catch (error) {
          outcomes.add(error instanceof EnkiError ? error.code : String(error));
        }
      }
    }
    expect([...outcomes].toSorted()).toEqual(["invalid-registry-document", "read"]);
  });
});

describe("safeMemberPath", () => {
  it.each(["/a", "..", "a/..", "a/../b", "c:", "C:\\x", "a\\b", "a\0b", "a\nb"])("refuses %j", (path) => {
    expect(safeMemberPath(path)).toBeUndefined();
  });

  it.each([
    ["a/b", "a/b"],
    ["./a//b/", "a/b"],
    ["a..b/...", "a..b/..."],
  ])("accepts %j", (path, expected) => {
    expect(safeMemberPath(path)).toBe(expected);
  });
});
