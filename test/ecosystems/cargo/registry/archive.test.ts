import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

import { temporaryDirectory } from "../../../helpers/temporary-directory.ts";
import { type TarMember, writeTar } from "../../../helpers/tar-writer.ts";
import { indexFiles, release } from "../helpers/index-builder.ts";
import { resolveCargo } from "../helpers/resolve-cargo.ts";
import { rootManifest, solveCase } from "../helpers/run-case.ts";

const releases = [
  release("a 1.0.0", ["b ^1"]),
  release("a 1.1.0", ["b ^1.1"]),
  release("b 1.0.0"),
  release("b 1.2.0", [], { yanked: true }),
  release("b 1.1.0"),
];
const root = ["a ^1"];

function members(folder: string): readonly TarMember[] {
  return [...indexFiles(releases)].map(([path, body]) => ({ path: `${folder}/${path}`, body }));
}

/** The lock of a project whose registry is one file with these bytes. */
async function lockOver(bytes: Uint8Array, name = "registry.tar"): Promise<string> {
  const projectDirectory = temporaryDirectory();
  writeFileSync(join(projectDirectory, "Cargo.toml"), rootManifest(root));
  writeFileSync(join(projectDirectory, name), bytes);
  const result = await resolveCargo({ projectDirectory, registries: [{ kind: "path", path: name }] });
  if (result.kind !== "resolved") throw new Error(result.kind);
  expect(result.violations).toEqual([]);
  return result.locks.find(({ path }) => path === "Cargo.lock")?.content ?? "";
}

describe("an index in an archive", () => {
  it.each([
    ["a tar of a local registry", writeTar(members("index"))],
    ["a gzipped tar", gzipSync(writeTar(members("index")))],
    ["a tar of the index alone", writeTar(members("."))],
  ])("answers as the same files in a directory: %s", async (_name, bytes) => {
    const { lock } = await solveCase({ name: "directory", root, releases });
    expect(lock).toContain('name = "b"\nversion = "1.1.0"');
    expect(await lockOver(bytes)).toBe(lock);
  });

  it("says what to do with a compression that Node cannot read", async () => {
    const xz = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00);
    await expect(lockOver(xz, "registry.tar.xz")).rejects.toThrow(/registry\.tar\.xz is compressed with xz/);
  });
});
