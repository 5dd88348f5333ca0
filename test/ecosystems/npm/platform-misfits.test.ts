import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { stoppedError } from "../../../src/cli/unresolved.ts";
import { explain } from "../../../src/report/explanation/explain.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { resolveProject, summariseLock, summary, type SyntheticRegistry } from "./npm-project.ts";
import { registryOf } from "./published-registry.ts";
import { hasNpm, runNpm } from "./real-npm.ts";

const manyVersions = Array.from({ length: 150 }, (_, minor) => `4.${String(minor)}.0`);

const registry: SyntheticRegistry = {
  mac: { v: { "1.0.0": { os: ["darwin"] } } },
  "not-linux": { v: { "1.0.0": { os: ["!linux"] } } },
  arm: { v: { "1.0.0": { cpu: ["arm64"] } } },
  newer: { v: { "1.0.0": {}, "1.1.0": { dependencies: { mac: "1" } } } },
  // The author of electron's installers has one like this.
  maker: { v: { "1.0.0": { optionalDependencies: { image: "1" } } } },
  image: { v: { "1.0.0": { os: ["darwin"], dependencies: { foundation: "1" } } } },
  foundation: { v: { "1.0.0": { os: ["darwin"] } } },
  musl: { v: { "1.0.0": { os: ["linux"], libc: ["musl"] } } },
  glibc: { v: { "1.0.0": { libc: ["glibc"] } } },
  "not-musl": { v: { "1.0.0": { libc: ["!musl"] } } },
  both: { v: { "1.0.0": { libc: ["musl", "glibc"] }, "1.1.0": { libc: ["musl"] }, "1.2.0": { libc: ["musl"] } } },
  native: { v: { "1.0.0": { optionalDependencies: { musl: "1", glibc: "1" } } } },
  // As the packages with the binaries of one platform are, which some projects require by mistake.
  binary: { v: Object.fromEntries(manyVersions.map((version) => [version, { os: ["darwin"] }])) },
  wrapper: { v: Object.fromEntries(manyVersions.map((version) => [version, { dependencies: { binary: version } }])) },
  choosy: { v: { "1.0.0": { dependencies: { split: "1 || 2" } } } },
  relaxed: { v: { "1.0.0": { optionalDependencies: { split: "2" } } } },
  split: { v: { "1.0.0": {}, "2.0.0": { os: ["darwin"] } } },
  fine: { v: { "1.0.0": { os: ["linux", "darwin"], cpu: ["any"] } } },
};

/** What comes of some requirements on x86_64-linux, unless other systems are named. */
function outcome(packageJson: object, systems: readonly string[] = ["x86_64-linux"]): Promise<string> {
  return resolveProject({ packageJson, registry }, { systems }).then((result) =>
    result.kind === "unsatisfiable" ? explain(result.derivation, result.narrator).text : summary(result),
  );
}

/** What npm makes of a project that asks for one package. */
async function theirs(field: string, name: string): Promise<string> {
  const url = await registryOf(() => [
    { manifest: { name: "mac", version: "1.0.0", os: ["darwin"] } },
    { manifest: { name: "user", version: "1.0.0", dependencies: { mac: "1" } } },
    ...["musl", "glibc", "!glibc", "!musl", "any"].map((libc) => ({
      manifest: { name: `libc-${libc.replace("!", "not-")}`, version: "1.0.0", libc: [libc] },
    })),
  ]);
  const directory = temporaryDirectory();
  const packageJson = JSON.stringify({ name: "x", version: "1.0.0", [field]: { [name]: "1" } });
  writeFileSync(join(directory, "package.json"), packageJson);
  const { status, stderr } = await runNpm(directory, url, ["install", "--package-lock-only"]);
  if (status !== 0) return /EBADPLATFORM/.exec(stderr)?.[0] ?? stderr;
  return summariseLock(readFileSync(join(directory, "package-lock.json"), "utf8"));
}

describe("packages for other systems", () => {
  it.each<readonly [string, object, string]>([
    [
      "a direct one has no answer",
      { mac: "1" },
      "Because package.json:6 requires mac 1 and mac 1.0.0 is for os darwin, not for linux x64, your requirements can't all be fulfilled.",
    ],
    [
      "nor one for all but this",
      { "not-linux": "1" },
      "Because package.json:6 requires not-linux 1 and not-linux 1.0.0 is for os !linux, not for linux x64, your requirements can't all be fulfilled.",
    ],
    [
      "nor one for other processors",
      { arm: "1" },
      "Because package.json:6 requires arm 1 and arm 1.0.0 is for cpu arm64, not for linux x64, your requirements can't all be fulfilled.",
    ],
    ["a dependent without it is found", { newer: "1" }, "newer@1.0.0"],
    [
      "what is optional keeps what it needs in the lock",
      { maker: "1" },
      "foundation@1.0.0:optional image@1.0.0:optional maker@1.0.0",
    ],
    [
      "until that is needed",
      { maker: "1", foundation: "1" },
      "Because package.json:7 requires foundation 1 and foundation 1.0.0 is for os darwin, not for linux x64, your requirements can't all be fulfilled.",
    ],
    [
      "one for another C library has no answer",
      { musl: "1" },
      "Because package.json:6 requires musl 1 and musl 1.0.0 is for os linux and libc musl, not for linux x64 with glibc, your requirements can't all be fulfilled.",
    ],
    ["one for this C library has", { glibc: "1", "not-musl": "1" }, "glibc@1.0.0 not-musl@1.0.0"],
    ["a version for this C library is found", { both: "1" }, "both@1.0.0"],
    [
      "what is optional is in the lock for every C library",
      { native: "1" },
      "glibc@1.0.0:optional musl@1.0.0:optional native@1.0.0",
    ],
    [
      "hundreds of versions that are all for others have none",
      { binary: "^4.0.0" },
      "Because package.json:6 requires binary ^4.0.0 and every version of binary is for os darwin, not for linux x64, your requirements can't all be fulfilled.",
    ],
    [
      "one that is needed here and optional there is had twice",
      { choosy: "1", relaxed: "1" },
      "choosy@1.0.0 relaxed@1.0.0 relaxed/split@2.0.0:optional split@1.0.0",
    ],
    ["what is for this one among others is no problem", { fine: "1" }, "fine@1.0.0"],
  ])("%s", async (_, dependencies, expected) => {
    expect(await outcome({ dependencies })).toBe(expected);
  });

  it("are in no lock either when the search for others is given up", async () => {
    const result = await resolveProject({ packageJson: { dependencies: { wrapper: "4" } }, registry });
    if (result.kind !== "stopped") throw new Error(summary(result));
    expect(result).toMatchObject({ reason: "answers", contested: ["binary"] });
    expect(stoppedError(result)).toMatchObject({
      code: "limit-exceeded",
      message: expect.stringContaining(
        "no answer for x86_64-linux was found that can be installed there: what was tried holds binary",
      ),
      hint: expect.stringContaining("--system"),
    });
  });

  it("are refused as development dependencies too, and fine as optional ones", async () => {
    expect(await outcome({ devDependencies: { mac: "1" } })).toContain("is for os darwin");
    expect(await outcome({ optionalDependencies: { mac: "1" } })).toBe("mac@1.0.0:optional");
  });

  it("are what those systems get", async () => {
    expect(await outcome({ dependencies: { mac: "1" } }, ["aarch64-darwin"])).toBe("mac@1.0.0");
    expect(await outcome({ dependencies: { mac: "1" } }, ["aarch64-darwin", "x86_64-linux"])).toContain(
      "not for linux",
    );
  });

  it("have no answer where npm knows no C library, whichever they are for", async () => {
    for (const name of ["glibc", "not-musl", "both"]) {
      const text = await outcome({ dependencies: { [name]: "1" } }, ["aarch64-darwin"]);
      expect(text).toMatch(new RegExp(`${name} .*is for libc .*, not for darwin arm64`));
    }
  });

  it.runIf(hasNpm() && process.platform !== "darwin")("are refused by npm too", { timeout: 60_000 }, async () => {
    expect(await theirs("dependencies", "mac")).toBe("EBADPLATFORM");
    expect(await theirs("devDependencies", "mac")).toBe("EBADPLATFORM");
    expect(await theirs("dependencies", "user")).toBe("EBADPLATFORM");
    expect(await theirs("optionalDependencies", "user")).toBe("mac@1.0.0:optional user@1.0.0:optional");
  });

  const { header } = process.report.getReport() as { header: object };
  const hasGlibc = process.platform === "linux" && "glibcVersionRuntime" in header;
  it.runIf(hasNpm() && hasGlibc)("are told apart by their C library by npm too", { timeout: 60_000 }, async () => {
    expect(await theirs("dependencies", "libc-musl")).toBe("EBADPLATFORM");
    expect(await theirs("dependencies", "libc-not-glibc")).toBe("EBADPLATFORM");
    expect(await theirs("optionalDependencies", "libc-musl")).toBe("libc-musl@1.0.0:optional");
    for (const fit of ["libc-glibc", "libc-not-musl", "libc-any"]) {
      expect(await theirs("dependencies", fit)).toBe(`${fit}@1.0.0`);
    }
  });
});
