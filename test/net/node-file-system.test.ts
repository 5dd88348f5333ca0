import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { nodeFileSystem } from "../../src/net/node-file-system.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

describe("the file system", () => {
  it("reads files and directories, sorted bytewise, through links", () => {
    const directory = temporaryDirectory();
    for (const name of ["b", "B", "é", "a"]) writeFileSync(join(directory, name), name);
    mkdirSync(join(directory, "d"));
    symlinkSync("d", join(directory, "link"));
    expect(nodeFileSystem.readDirectory(directory)).toEqual(["B", "a", "b", "d", "link", "é"]);
    expect(nodeFileSystem.readFile(join(directory, "é"))).toEqual(Buffer.from("é"));
    expect(["a", "d", "link", "absent", "a/x"].map((name) => nodeFileSystem.kind(join(directory, name)))).toEqual([
      "file",
      "directory",
      "directory",
      undefined,
      undefined,
    ]);
  });

  it("says undefined for what is not there, or is something else", () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "file"), "");
    expect(nodeFileSystem.readFile(join(directory, "absent"))).toBeUndefined();
    expect(nodeFileSystem.readFile(directory)).toBeUndefined();
    expect(nodeFileSystem.readFile(join(directory, "file", "x"))).toBeUndefined();
    expect(nodeFileSystem.readDirectory(join(directory, "file"))).toBeUndefined();
  });
});
