import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { writeFileAtomically } from "../../src/net/atomic-write.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

describe("writeFileAtomically", () => {
  it("writes and replaces, and leaves nothing else", () => {
    const directory = temporaryDirectory();
    const path = join(directory, "enki.lock");
    writeFileAtomically(path, "one");
    writeFileAtomically(path, new TextEncoder().encode("two"), { isDurable: false });
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(readdirSync(directory)).toEqual(["enki.lock"]);
  });

  it("keeps the permissions of the file and the link that leads to it", () => {
    const directory = temporaryDirectory();
    const path = join(directory, "real");
    writeFileSync(path, "old");
    chmodSync(path, 0o640);
    symlinkSync("real", join(directory, "link"));
    writeFileAtomically(join(directory, "link"), "new", { mode: 0o600 });
    expect(readlinkSync(join(directory, "link"))).toBe("real");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it("gives a new file the permissions that are asked for", () => {
    const path = join(temporaryDirectory(), "secret");
    writeFileAtomically(path, "x", { mode: 0o600 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("leaves the old content and no temporary file when it fails", () => {
    const directory = temporaryDirectory();
    const missing = join(directory, "absent", "file");
    expect(() => writeFileAtomically(missing, "x")).toThrow(/ENOENT/u);
    expect(() => writeFileAtomically(directory, "x")).toThrow(/EISDIR|ENOTEMPTY|EEXIST|EBUSY/u);
    expect(existsSync(missing)).toBe(false);
    expect(readdirSync(directory)).toEqual([]);
  });
});
