import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readText, transcript } from "./built-cli.ts";
import type { Project } from "./mixed-service.ts";
import { mixedService } from "./mixed-service.ts";

/** Every file of a project but its registries and its cache, with its content. */
function filesOf({ directory }: Project): ReadonlyMap<string, string> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((name) => !name.startsWith("."));
  return new Map(names.toSorted().map((name) => [name, readFileSync(join(directory, name), "utf8")]));
}

/** Replaces a text in a file of the project; it must be there. */
function edit({ directory }: Project, file: string, from: string, to: string): void {
  const text = readText(directory, file);
  expect(text).toContain(from);
  writeFileSync(join(directory, file), text.replace(from, to));
}

describe("resolve", { timeout: 120_000 }, () => {
  test("a service of four languages, from nothing to locks, and again", async () => {
    const service = mixedService();
    expect(transcript(await service.run("resolve"))).toMatchInlineSnapshot(`
      "exit 0
      --- stderr
      Resolved PACKAGES for x86_64-linux in TIME
        wrote enki.lock
        wrote bot/pylock.toml
        wrote bot/requirements.txt
        wrote dns/island.opam.locked
        wrote enki.opam-switch
        wrote search/Cargo.lock
        wrote web/package-lock.json
      "
    `);
    const files = filesOf(service);
    expect([...files.keys()]).toMatchInlineSnapshot(`
      [
        "bot/pylock.toml",
        "bot/pyproject.toml",
        "bot/requirements.txt",
        "dns/island.opam",
        "dns/island.opam.locked",
        "enki.lock",
        "enki.opam-switch",
        "enki.toml",
        "search/Cargo.lock",
        "search/Cargo.toml",
        "web/package-lock.json",
        "web/package.json",
      ]
    `);
    expect(transcript(await service.run("resolve"))).toMatchInlineSnapshot(`
      "exit 0
      --- stderr
      Resolved PACKAGES for x86_64-linux in TIME
        nothing changed
      "
    `);
    expect(transcript(await service.run("resolve", "--no-cache"))).toContain("nothing changed");
    expect(filesOf(service)).toEqual(files);
    expect(transcript(await service.run("resolve", "--locked", "--no-cache"))).toMatchInlineSnapshot(`
      "exit 0
      --- stderr
      Resolved PACKAGES for x86_64-linux in TIME
      "
    `);
    expect(transcript(await service.run("resolve", "-q"))).toBe("exit 0\n");
  });

  test("the same inputs give the same bytes in another place, time zone and locale", async () => {
    const [one, other] = [mixedService(), mixedService()];
    await one.run("resolve");
    await other.runWith({ TZ: "Asia/Tokyo", LC_ALL: "tr_TR.UTF-8" }, "resolve", "--no-cache");
    expect(filesOf(other)).toEqual(filesOf(one));
    expect(readText(one.directory, "enki.lock")).not.toContain(one.directory);
  });

  test("a dry run says what would change and writes nothing", async () => {
    const service = mixedService();
    const before = filesOf(service);
    const { status, stdout, stderr } = await service.run("resolve", "--dry-run", "-v");
    expect([status, stdout]).toEqual([0, ""]);
    const lines = ["+ cargo openssl-sys 0.9.1", "+ npm kit 1.1.0", "+ pypi six 1.16", "would write enki.lock"];
    for (const line of lines) expect(stderr).toContain(`  ${line}\n`);
    expect(filesOf(service)).toEqual(before);
  });

  test("as JSON", async () => {
    const service = mixedService();
    const { status, stdout, stderr } = await service.run("resolve", "--json", "-q");
    expect([status, stderr]).toEqual([0, ""]);
    const outcome: unknown = JSON.parse(stdout);
    expect(outcome).toMatchObject({
      status: "resolved",
      systems: ["x86_64-linux"],
      packages: { cargo: 2, npm: 2, opam: 3, pypi: 2 },
      written: [
        "enki.lock",
        "bot/pylock.toml",
        "bot/requirements.txt",
        "dns/island.opam.locked",
        "enki.opam-switch",
        "search/Cargo.lock",
        "web/package-lock.json",
      ],
    });
  });

  test("without native locks", async () => {
    const service = mixedService();
    await service.run("resolve", "--no-locks");
    expect([...filesOf(service).keys()].filter((name) => name.includes("lock"))).toEqual(["enki.lock"]);
    edit(service, "enki.toml", "[nixpkgs]", "[outputs]\nlocks = false\n\n[nixpkgs]");
    await service.run("resolve");
    expect([...filesOf(service).keys()].filter((name) => name.includes("lock"))).toEqual(["enki.lock"]);
  });

  test("a pin stays where it is admissible, and moves with update", async () => {
    const service = mixedService();
    edit(service, "web/package.json", "^1.0.0", "1.0.0");
    await service.run("resolve");
    edit(service, "web/package.json", '"1.0.0"\n  }', '"^1.0.0"\n  }');
    expect(transcript(await service.run("resolve"))).toMatchInlineSnapshot(`
      "exit 0
      --- stderr
      Resolved PACKAGES for x86_64-linux in TIME
        wrote enki.lock
        wrote web/package-lock.json
      "
    `);
    expect(transcript(await service.run("outdated"))).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Ecosystem  Package  Locked  Available
      npm        kit      1.0.0   1.1.0
      "
    `);
    expect((await service.run("outdated", "--exit-code")).status).toBe(1);
    expect(transcript(await service.run("update", "-P", "npm:kit"))).toMatchInlineSnapshot(`
      "exit 0
      --- stderr
      Resolved PACKAGES for x86_64-linux in TIME
        ~ npm kit 1.0.0 -> 1.1.0
        wrote enki.lock
        wrote web/package-lock.json
      "
    `);
    expect(transcript(await service.run("update", "-P", "kit@1.0.0"))).toMatchInlineSnapshot(`
      "exit 0
      --- stderr
      Resolved PACKAGES for x86_64-linux in TIME
        ~ npm kit 1.1.0 -> 1.0.0
        wrote enki.lock
        wrote web/package-lock.json
      "
    `);
    const before = filesOf(service);
    expect(transcript(await service.run("update", "-P", "kit@1.0.5"))).toMatchInlineSnapshot(`
      "exit 1
      --- stderr
      error: kit 1.0.5 is not possible; the answer would have 1.1.0
       = help: it does not exist, or a requirement excludes it: \`enki why-not kit@1.0.5\` tells
      "
    `);
    expect(filesOf(service)).toEqual(before);
    expect(transcript(await service.run("update", "-P", "kitt"))).toMatchInlineSnapshot(`
      "exit 1
      --- stderr
      error: the lock has no package "kitt"
       = help: did you mean "kit"?
      "
    `);
  });
});

/** Every version of `kit` wants a `tiny` that does not exist. */
function unsatisfiable(scenario: string): string {
  return scenario.replace("^2.1.0", "^4").replace("^2.0.0", "^4");
}

describe("there is no answer", () => {
  test("exit status 1, the reason in the words of the manifests, and nothing is written", async () => {
    const service = mixedService(unsatisfiable);
    const before = filesOf(service);
    const { status, stdout, stderr } = await service.run("resolve");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("error: there is no answer for x86_64-linux\nBecause ");
    expect(stderr).toContain("web/package.json:5 requires kit ^1.0.0, which requires tiny ^4");
    expect(filesOf(service)).toEqual(before);
  });

  test("as JSON", async () => {
    const { status, stdout } = await mixedService(unsatisfiable).run("resolve", "--json");
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: "unsatisfiable", system: "x86_64-linux" });
  });
});

describe("--locked", () => {
  test("fails, and changes nothing, when the lock would change", async () => {
    const service = mixedService();
    await service.run("resolve");
    edit(service, "web/package.json", "^1.0.0", "1.0.0");
    const before = filesOf(service);
    expect(transcript(await service.run("resolve", "--locked"))).toMatchInlineSnapshot(`
      "exit 1
      --- stderr
        ~ npm kit 1.1.0 -> 1.0.0
      error: --locked was given, and enki.lock, web/package-lock.json would change
       = help: run \`enki resolve\` and commit the result
      "
    `);
    expect(filesOf(service)).toEqual(before);
  });

  test("does not mind a change of a manifest that changes no requirement", async () => {
    const service = mixedService();
    await service.run("resolve");
    edit(service, "search/Cargo.toml", "[package]", "# a comment\n[package]");
    expect((await service.run("resolve", "--locked")).status).toBe(0);
  });

  test("fails when a native lockfile says something else", async () => {
    const service = mixedService();
    await service.run("resolve");
    edit(service, "search/Cargo.lock", "1.2.3", "1.2.4");
    expect(transcript(await service.run("resolve", "--locked"))).toMatchInlineSnapshot(`
      "exit 1
      --- stderr
      error: --locked was given, and search/Cargo.lock would change
       = help: run \`enki resolve\` and commit the result
      "
    `);
    rmSync(join(service.directory, "search/Cargo.lock"));
    expect((await service.run("resolve", "--locked")).status).toBe(0);
  });

  test("needs a lock", async () => {
    expect(transcript(await mixedService().run("resolve", "--locked"))).toMatchInlineSnapshot(`
      "exit 1
      --- stderr
      error: --locked needs an enki.lock, and there is none
       = help: run \`enki resolve\` and commit the file
      "
    `);
  });
});
