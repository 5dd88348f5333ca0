import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CompiledCode } from "../../../src/cli/launch/compiled-code.ts";
import { readCompiledCode, writeCompiledCode } from "../../../src/cli/launch/compiled-code.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";

const compiled: CompiledCode = new Map([
  ["main.js", { source: 0xffff_ffff, code: Uint8Array.of(1, 2, 3) }],
  ["empty.js", { source: 0, code: new Uint8Array() }],
  ["chunk-1.js", { source: 7, code: Uint8Array.of(4, 5, 6, 7, 8, 9, 10, 11, 12) }],
]);

function plain(code: CompiledCode): unknown {
  return [...code].map(([name, { source, code: bytes }]) => [name, source, [...bytes]]);
}

function written(): string {
  const path = join(temporaryDirectory(), "code", "resolve");
  writeCompiledCode(path, compiled);
  return path;
}

test("what was written is read again, and nothing else lies beside it", () => {
  const path = written();
  expect(plain(readCompiledCode(path))).toEqual(plain(compiled));
  expect(readdirSync(join(path, ".."))).toEqual(["resolve"]);
  writeCompiledCode(path, new Map());
  expect(readCompiledCode(path).size).toBe(0);
});

test("no damage gives other code than was written", () => {
  const path = written();
  const whole = readFileSync(path);
  // Names and checksums of sources are no code: a wrong one is that of no file.
  const codes = new Set([...compiled.values()].map(({ code }) => code.join()));
  const readBack = (bytes: Uint8Array): readonly string[] => {
    writeFileSync(path, bytes);
    return [...readCompiledCode(path).values()].map(({ code }) => code.join());
  };
  for (let position = 0; position < whole.length; position++) {
    const damaged = Buffer.from(whole);
    damaged[position] = (damaged[position] ?? 0) ^ 0x11;
    const found = [...readBack(damaged), ...readBack(whole.subarray(0, position))];
    expect(found.filter((code) => !codes.has(code))).toEqual([]);
  }
  writeFileSync(path, whole);
  expect(readCompiledCode(path).size).toBe(3);
});

test("a file that others may write holds nothing", () => {
  const path = written();
  for (const mode of [0o620, 0o602, 0o666]) {
    chmodSync(path, mode);
    expect(readCompiledCode(path).size).toBe(0);
  }
  chmodSync(path, 0o644);
  expect(readCompiledCode(path).size).toBe(3);
});

test("where nothing can be read or written, nothing happens", () => {
  const directory = temporaryDirectory();
  const file = join(directory, "file");
  writeFileSync(file, "");
  writeCompiledCode(join(file, "code"), compiled);
  expect(readCompiledCode(join(file, "code")).size).toBe(0);
  // The name is taken by a folder.
  mkdirSync(join(directory, "taken"));
  writeCompiledCode(join(directory, "taken"), compiled);
  expect(readCompiledCode(join(directory, "taken")).size).toBe(0);
  expect(readdirSync(directory).toSorted()).toEqual(["file", "taken"]);
});
