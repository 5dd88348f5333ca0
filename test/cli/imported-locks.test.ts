import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readText, transcript } from "./built-cli.ts";
import type { Project } from "./mixed-service.ts";
import { mixedService } from "./mixed-service.ts";

/** A service that npm and opam locked before, at versions that are no longer the newest. */
function lockedBefore(): Project {
  const service = mixedService((scenario) =>
    scenario.replace('[registry.opam.zed."1.5"]', '[registry.opam.zed."1.4"]\n[registry.opam.zed."1.5"]'),
  );
  const packages = {
    "": { name: "web", version: "1.0.0", dependencies: { kit: "^1.0.0" } },
    "node_modules/kit": { version: "1.0.0" },
    "node_modules/tiny": { version: "2.0.0" },
  };
  writeFileSync(join(service.directory, "web/package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages }));
  writeFileSync(join(service.directory, "dns/island.opam.locked"), 'opam-version: "2.0"\ndepends: ["zed" {= "1.4"}]\n');
  return service;
}

describe("a project that other tools locked", () => {
  test("keeps its versions when it is first resolved, and moves when it is updated", async () => {
    const service = lockedBefore();
    expect(transcript(await service.run("resolve"))).toMatchInlineSnapshot(`
      "exit 0
      --- stderr
      Resolved PACKAGES for x86_64-linux in TIME
        kept versions of web/package-lock.json
        kept versions of dns/island.opam.locked
        wrote enki.lock
        wrote bot/pylock.toml
        wrote bot/requirements.txt
        wrote dns/island.opam.locked
        wrote enki.opam-switch
        wrote search/Cargo.lock
        wrote web/package-lock.json
      "
    `);
    const lock = readText(service.directory, "enki.lock");
    expect(lock).toContain("kit@1.0.0");
    expect(lock).toContain("zed@1.4");
    // From now on enki.lock alone says which versions are kept.
    writeFileSync(join(service.directory, "web/package-lock.json"), "{}");
    expect(transcript(await service.run("resolve"))).toMatchInlineSnapshot(`
      "exit 0
      --- stderr
      Resolved PACKAGES for x86_64-linux in TIME
        wrote web/package-lock.json
      "
    `);
    expect(readText(service.directory, "enki.lock")).toBe(lock);
    expect(transcript(await service.run("update", "npm:kit"))).toMatchInlineSnapshot(`
      "exit 0
      --- stderr
      Resolved PACKAGES for x86_64-linux in TIME
        ~ npm kit 1.0.0 -> 1.1.0
        ~ npm tiny 2.0.0 -> 2.1.0
        wrote enki.lock
        wrote web/package-lock.json
      "
    `);
  });

  test("takes the newest versions at once when it is updated first", async () => {
    const service = lockedBefore();
    await service.run("update");
    expect(readText(service.directory, "enki.lock")).toContain("kit@1.1.0");
  });

  test("keeps the rest when a package is updated first", async () => {
    const service = lockedBefore();
    expect((await service.run("update", "npm:kit")).stderr).toContain("kept versions of dns/island.opam.locked");
    const lock = readText(service.directory, "enki.lock");
    expect(lock).toContain("kit@1.1.0");
    expect(lock).toContain("zed@1.4");
  });

  test("refuses a file whose hash is another one than the old lock has", async () => {
    const service = lockedBefore();
    const integrity = `sha512-${"A".repeat(86)}==`;
    const packages = { "node_modules/kit": { version: "1.0.0" }, "node_modules/tiny": { version: "2.0.0", integrity } };
    writeFileSync(join(service.directory, "web/package-lock.json"), JSON.stringify({ packages }));
    const result = await service.run("resolve");
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(integrity);
    expect(existsSync(join(service.directory, "enki.lock"))).toBe(false);
  });

  test("resolves afresh beside a lock that can't be read, and says so", async () => {
    const service = lockedBefore();
    writeFileSync(join(service.directory, "web/package-lock.json"), "<<<<<<< HEAD\n");
    const result = await service.run("resolve");
    expect(result.status).toBe(0);
    expect(result.stderr).toContain("the versions in web/package-lock.json are not kept");
    expect(readText(service.directory, "enki.lock")).toContain("kit@1.1.0");
    expect(readText(service.directory, "enki.lock")).toContain("zed@1.4");
  });
});
