import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodePack, entryRecord } from "../../src/net/pack-file.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { enki, readText, transcript } from "./built-cli.ts";

const anEntry = { url: "http://127.0.0.1/", status: 200, contentType: "", confirmedMs: 1, freshMs: 0 } as const;

/** A directory with a cache of entries, and a command in it. */
function cacheOf(entries: Readonly<Record<string, "whole" | "damaged" | "old">>): {
  readonly run: (...arguments_: readonly string[]) => Promise<string>;
  readonly has: (name: string) => boolean;
  readonly directory: string;
} {
  const directory = temporaryDirectory();
  const folder = join(directory, ".cache", "http-v1", "ab");
  mkdirSync(folder, { recursive: true });
  for (const [name, state] of Object.entries(entries)) {
    const rest = `{}\nbody of ${name}`;
    const checksum = createHash("sha256").update(rest).digest("hex");
    writeFileSync(join(folder, name), `${checksum}\n${state === "damaged" ? rest.slice(1) : rest}`);
    if (state === "old") utimesSync(join(folder, name), 1, 1);
  }
  writeFileSync(join(directory, ".cache", "mine.txt"), "not Enki's");
  return {
    directory,
    run: async (...arguments_) => transcript(await enki(["cache", ...arguments_], { directory })),
    has: (name) => existsSync(name === "mine.txt" ? join(directory, ".cache", name) : join(folder, name)),
  };
}

describe("cache", () => {
  test("dir", async () => {
    expect(await cacheOf({}).run("dir")).toBe("exit 0\n--- stdout\nDIRECTORY/.cache\n");
  });

  test("verify deletes what is damaged", async () => {
    const cache = cacheOf({ a: "whole", b: "damaged" });
    expect(await cache.run("verify")).toMatch(
      /^exit 1\n--- stderr\nverified 2 entries .*: 1 entry .* damaged and deleted\n$/,
    );
    expect([cache.has("a"), cache.has("b")]).toEqual([true, false]);
    expect(await cache.run("verify")).toContain("exit 0");
  });

  test("verify deletes packs in which something is damaged", async () => {
    const cache = cacheOf({});
    const path = (name: string): string => join(cache.directory, ".cache", "packs-v2", name);
    mkdirSync(path(""));
    const pieces = encodePack([
      entryRecord(new Uint32Array(4), { ...anEntry, body: new TextEncoder().encode("body of it") }),
    ]);
    const bytes = new Uint8Array(Buffer.concat(pieces));
    writeFileSync(path("a.pack"), bytes);
    writeFileSync(path("b.pack"), bytes.with(bytes.length - 8, 0));
    writeFileSync(path("c.pack"), "nonsense");
    expect(await cache.run("verify")).toMatch(/verified 3 entries .*: 2 entries .* damaged and deleted\n$/);
    expect(["a.pack", "b.pack", "c.pack"].map((name) => existsSync(path(name)))).toEqual([true, false, false]);
  });

  test("prune deletes what was not used lately", async () => {
    const cache = cacheOf({ a: "whole", b: "old" });
    expect(await cache.run("prune", "--days", "30")).toMatch(/deleted 1 entry .*, kept 1 entry /);
    expect([cache.has("a"), cache.has("b")]).toEqual([true, false]);
    expect(await cache.run("prune", "--days", "soon")).toContain("exit 2");
  });

  test("clean deletes all of it, and nothing that is not Enki's", async () => {
    const cache = cacheOf({ a: "whole", b: "old" });
    expect(await cache.run("clean")).toContain("deleted 2 entries");
    expect([cache.has("a"), cache.has("mine.txt")]).toEqual([false, true]);
  });

  test("without a chore there is help", async () => {
    expect(await cacheOf({}).run()).toContain("Usage: enki cache");
  });
});

describe("pin nixpkgs", () => {
  test("writes enki.toml and says what the release offers", async () => {
    const directory = temporaryDirectory();
    const { status, stderr } = await enki(["pin", "nixpkgs", "nixos-25.05"], { directory });
    expect(status).toBe(0);
    expect(stderr).toMatch(/^Pinned nixpkgs to nixos-25\.05 in enki\.toml\n {2}python 3\./);
    expect(readText(directory, "enki.toml")).toBe('[nixpkgs]\nrelease = "nixos-25.05"\n');
  });

  test("an unknown release is refused before anything is written", async () => {
    const directory = temporaryDirectory();
    const { status, stderr } = await enki(["pin", "nixpkgs", "nixos-99.99"], { directory });
    expect(status).not.toBe(0);
    expect(stderr).toContain("nixos-99.99");
    expect(existsSync(join(directory, "enki.toml"))).toBe(false);
  });
});

describe("completions", () => {
  test("bash completes commands, flags and choices", async () => {
    const directory = temporaryDirectory();
    const { stdout } = await enki(["completions", "bash"], { directory });
    const complete = (...words: readonly string[]): string => {
      const line = `${stdout}\nCOMP_WORDS=(enki ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${String(words.length)}; _enki; echo "\${COMPREPLY[@]}"`;
      return spawnSync("bash", ["-c", line], { encoding: "utf8" }).stdout.trim();
    };
    expect(complete("res")).toBe("resolve");
    expect(complete("resolve", "--off")).toBe("--offline");
    expect(complete("cache", "pr")).toBe("prune");
    expect(complete("completions", "z")).toBe("zsh");
    expect(complete("lock", "--dir")).toBe("--directory");
  });

  test.each(["zsh", "fish"])("%s names every command and quotes its texts", async (shell) => {
    const { stdout } = await enki(["completions", shell], { directory: temporaryDirectory() });
    for (const word of ["resolve", "lock", "why", "exclude-newer", "completions"]) expect(stdout).toContain(word);
    expect(stdout.replaceAll(/\\'|'\\''/g, "").split("'").length % 2).toBe(1);
  });
});
