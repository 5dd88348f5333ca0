import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import type { CommandResult } from "./built-cli.ts";
import { enkiInProcess } from "./in-process.ts";

const dayMs = 86_400_000;
const firstDayMs = Date.UTC(2026, 10, 1);

interface Project {
  readonly lock: () => string;
  readonly write: (dependencies: Readonly<Record<string, string>>, span: string) => void;
  readonly run: (day: number, ...arguments_: readonly string[]) => Promise<CommandResult>;
}

/** A project with a registry on disk, where a version of `a` was published 20 days before the first day. */
function makeProject(): Project {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "packuments"));
  const published = { "1.0.0": "2026-01-01T00:00:00.000Z", "1.1.0": "2026-10-12T00:00:00.000Z" };
  for (const name of ["a", "b"]) {
    const versions = Object.keys(published).map((version) => [
      version,
      { name, version, dist: { tarball: `https://r.example/${name}-${version}.tgz`, shasum: "0".repeat(40) } },
    ]);
    const document = {
      name,
      "dist-tags": { latest: "1.1.0" },
      time: published,
      versions: Object.fromEntries(versions),
    };
    writeFileSync(join(directory, "packuments", `${name}.json`), JSON.stringify(document));
  }
  return {
    lock: () => readFileSync(join(directory, "enki.lock"), "utf8"),
    write: (dependencies, span) => {
      writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "p", version: "1.0.0", dependencies }));
      writeFileSync(join(directory, "enki.toml"), `[resolution]\nexclude-newer = "${span}"\n`);
    },
    run: (day, ...arguments_) =>
      enkiInProcess([...arguments_, "--registry", "npm=packuments"], directory, {}, firstDayMs + day * dayMs),
  };
}

describe("a cut-off that is counted back from today", () => {
  it("leaves a lock as it is while nothing else changes", async () => {
    const { lock, write, run } = makeProject();
    write({ a: "1" }, "30 days");
    expect((await run(0, "resolve")).status).toBe(0);
    const first = lock();
    expect(first).toContain('"excludeNewer": "2026-10-02T00:00:00Z"');
    expect(first).toContain('"npm:a@1.0.0"');
    for (const flags of [[], ["--no-cache"], ["--locked"], ["--locked", "--no-cache"]]) {
      const { status, stderr } = await run(15, "resolve", ...flags);
      expect({ flags, status, stderr }).toMatchObject({ status: 0 });
      expect(lock()).toBe(first);
    }
    // What has become old enough meanwhile is an update.
    expect((await run(15, "update")).status).toBe(0);
    expect(lock()).toContain('"npm:a@1.1.0"');
    expect(lock()).toContain('"excludeNewer": "2026-10-17T00:00:00Z"');
  });

  it("is a new one in a lock that changes", async () => {
    const { lock, write, run } = makeProject();
    write({ a: "1" }, "30 days");
    expect((await run(0, "resolve")).status).toBe(0);
    write({ a: "1", b: "1" }, "30 days");
    expect((await run(15, "resolve")).status).toBe(0);
    expect(lock()).toContain('"excludeNewer": "2026-10-17T00:00:00Z"');
    expect(lock()).toContain('"npm:a@1.0.0"');
    expect(lock()).toContain('"npm:b@1.1.0"');
  });

  it("is another setting when it is longer, or a date", async () => {
    const { lock, write, run } = makeProject();
    write({ a: "1" }, "30 days");
    expect((await run(0, "resolve")).status).toBe(0);
    for (const [span, moment] of [
      ["60 days", "2026-09-02T00:00:00Z"],
      ["2026-10-30", "2026-10-30T00:00:00Z"],
    ] as const) {
      write({ a: "1" }, span);
      expect((await run(0, "resolve", "--locked")).status).toBe(1);
      expect((await run(0, "resolve")).status).toBe(0);
      expect(lock()).toContain(`"excludeNewer": "${moment}"`);
    }
  });
});
