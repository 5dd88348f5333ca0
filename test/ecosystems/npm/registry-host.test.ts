import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { npmDefaultRegistry } from "../../../src/ecosystems/npm/default-registry.ts";
import { NpmConfiguration } from "../../../src/ecosystems/npm/npm-configuration.ts";
import { tarballAddress } from "../../../src/ecosystems/npm/registry-host.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { enki } from "../../cli/built-cli.ts";
import { registryOf } from "./published-registry.ts";
import { hasNpm, runNpm } from "./real-npm.ts";

const published = new URL("left/-/left-1.0.0.tgz", npmDefaultRegistry()).href;
const mirror = "http://mirror.example:81";

describe("replace-registry-host", () => {
  it.each<readonly [string, string | undefined, string, string, string]>([
    ["the public host by default", undefined, published, `${mirror}/`, `${mirror}/left/-/left-1.0.0.tgz`],
    ["the same by name", "npmjs", published, `${mirror}/`, `${mirror}/left/-/left-1.0.0.tgz`],
    ["a registry below a folder", undefined, published, `${mirror}/npm/`, `${mirror}/npm/left/-/left-1.0.0.tgz`],
    ["no other host", undefined, "http://a.example/left.tgz", `${mirror}/`, "http://a.example/left.tgz"],
    ["nothing with never", "never", published, `${mirror}/`, published],
    ["any host with always", "always", "http://a.example:8/left.tgz", `${mirror}/`, `${mirror}/left.tgz`],
    ["a host", "a.example", "https://a.example/left.tgz", `${mirror}/`, `${mirror}/left.tgz`],
    ["not the public one then", "a.example", published, `${mirror}/`, published],
    [
      "a folder that is there already",
      "a.example",
      "http://a.example/npm/l.tgz",
      `${mirror}/npm`,
      `${mirror}/npm/l.tgz`,
    ],
    ["an address", "http://a.example/x/", "http://a.example/x/l.tgz", `${mirror}/npm/`, `${mirror}/npm/l.tgz`],
    [
      "whole folders only",
      "http://a.example/x",
      "http://a.example/xy/l.tgz",
      `${mirror}/`,
      "http://a.example/xy/l.tgz",
    ],
    ["no repository", "always", "git+ssh://git@a.example/x.git", `${mirror}/`, "git+ssh://git@a.example/x.git"],
  ])("replaces %s", (_, setting, url, registry, expected) => {
    const values = setting === undefined ? [] : [["replace-registry-host", setting] as const];
    expect(tarballAddress(url, registry, new NpmConfiguration(new Map(values)))).toBe(expected);
  });

  it.runIf(hasNpm())(
    "is where files are fetched; npm's own lock keeps what the registry claims",
    { timeout: 60_000 },
    async () => {
      const url = await registryOf(() => [{ manifest: { name: "left", version: "1.0.0" } }], "http://old.example");
      const directory = temporaryDirectory();
      writeFileSync(
        join(directory, "package.json"),
        '{ "name": "x", "version": "1.0.0", "dependencies": { "left": "1" } }\n',
      );
      writeFileSync(join(directory, ".npmrc"), `registry=${url}/\nreplace-registry-host=old.example\n`);
      expect(await enki(["resolve"], { directory })).toMatchObject({ status: 0 });
      const [ours, native] = ["enki.lock", "package-lock.json"].map((name) =>
        readFileSync(join(directory, name), "utf8"),
      );
      expect(ours).toContain(`"url": "${url}/left/-/left-1.0.0.tgz"`);
      expect(native).toContain('"resolved": "http://old.example/left/-/left-1.0.0.tgz"');
      // A host that the configuration names is no surprise in a lock.
      expect(await enki(["resolve", "--locked"], { directory })).toMatchObject({ status: 0 });
      expect(await runNpm(directory, url, ["install", "--package-lock-only"])).toMatchObject({ status: 0 });
      expect(readFileSync(join(directory, "package-lock.json"), "utf8")).toBe(native);
      expect(await runNpm(directory, url, ["ci"])).toMatchObject({ status: 0 });
    },
  );
});
