import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { namesOf } from "../../../src/ecosystems/nix/name-table.ts";

const archive = fileURLToPath(new URL("../../../../shared/data/cargo/crates-index.tar.xz", import.meta.url));
const isMissing = !existsSync(archive);
if (isMissing) process.stderr.write(`skipping the coverage of crates with native libraries: ${archive} is missing\n`);

describe.skipIf(isMissing)("crates with native libraries", () => {
  it("every crate of the shared index whose newest release has `links` is in the table", () => {
    const text = execFileSync("tar", ["-xOJf", archive], { encoding: "utf8", maxBuffer: 1024 * 1024 * 1024 });
    const links = new Map<string, boolean>();
    for (const line of text.split("\n")) {
      const name = /^\{"name":"([^"]+)"/.exec(line)?.[1];
      if (name !== undefined) links.set(name, /"links":"/.test(line));
    }
    const wanted = [...links].filter(([, hasLinks]) => hasLinks).map(([name]) => name);
    expect(wanted.length).toBeGreaterThan(100);
    expect(wanted.filter((name) => !namesOf("crate").has(name))).toEqual([]);
  });
});
