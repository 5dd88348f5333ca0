import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { FrozenRegistry } from "./frozen-registry.ts";
import type { SyntheticRegistry } from "./npm-project.ts";
import { resolveProject, summariseLock, summary, syntheticPackument } from "./npm-project.ts";
import type { CommandResult } from "./real-npm.ts";
import { hasNpm, runNpm } from "./real-npm.ts";

const MILLISECONDS_PER_DAY = 86_400_000;
const nowMs = Date.now();

function daysAgo(days: number): string {
  return new Date(nowMs - days * MILLISECONDS_PER_DAY).toISOString();
}

/** Two versions, of which one is older than a week and one is of today; `dependencies` are those of both. */
function twoVersions(dependencies: Readonly<Record<string, string>> = {}): SyntheticRegistry[string] {
  const [old, young] = [{ dependencies }, { dependencies }];
  return { v: { "1.0.0": old, "1.1.0": young }, time: { "1.0.0": daysAgo(30), "1.1.0": daysAgo(0.5) } };
}

const registry: SyntheticRegistry = {
  a: twoVersions({ b: "^1.0.0" }),
  b: twoVersions(),
  "@ours/c": twoVersions({ b: "^1.0.0" }),
  "@ours/dd": twoVersions(),
};
const packageJson = {
  name: "root",
  version: "1.0.0",
  private: true,
  dependencies: { a: "^1.0.0", "@ours/c": "*", "@ours/dd": "latest", alias: "npm:@ours/dd@^1.0.0" },
};

const everything = "@ours/c@1.1.0 @ours/dd@1.1.0 a@1.1.0 alias@1.1.0 b@1.1.0";
const oldOnes = everything.replaceAll("1.1.0", "1.0.0");
const cases: readonly (readonly [string, readonly string[], string])[] = [
  ["without a rule, the newest", [], everything],
  ["an age in days holds for dependencies of dependencies too", ["min-release-age=7"], oldOnes],
  ["a day's fraction", ["min-release-age=0.1"], everything],
  ["none", ["min-release-age=0"], everything],
  [
    "exempt scopes, by the name in the registry",
    ["min-release-age=7", "min-release-age-exclude[]=@ours/*"],
    "@ours/c@1.1.0 @ours/dd@1.1.0 a@1.0.0 alias@1.1.0 b@1.0.0",
  ],
  ["not by an alias", ["min-release-age=7", "min-release-age-exclude[]=alias"], oldOnes],
  [
    "a star is no slash",
    ["min-release-age=7", "min-release-age-exclude[]=*"],
    "@ours/c@1.0.0 @ours/dd@1.0.0 a@1.1.0 alias@1.0.0 b@1.1.0",
  ],
  [
    "several names",
    ["min-release-age=7", "min-release-age-exclude[]=b", "min-release-age-exclude[]=@ours/c"],
    "@ours/c@1.1.0 @ours/dd@1.0.0 a@1.0.0 alias@1.0.0 b@1.1.0",
  ],
  [
    "`before` wins beside it, and knows the same exemptions",
    ["min-release-age=0", `before=${daysAgo(20)}`, "min-release-age-exclude[]=a"],
    oldOnes.replace("a@1.0.0", "a@1.1.0"),
  ],
];

/** Lets npm lock the same project over the same registry. */
async function lockWithNpm(npmrc: string): Promise<{ directory: string; result: CommandResult }> {
  const root = temporaryDirectory();
  const [documents, directory] = [join(root, "registry"), join(root, "project")];
  for (const path of [documents, directory]) mkdirSync(path);
  for (const [name, package_] of Object.entries(registry)) {
    const document = syntheticPackument(name, package_, "https://npm.example");
    writeFileSync(join(documents, `${name.replace("/", "%2f")}.json`), JSON.stringify(document));
  }
  writeFileSync(join(directory, "package.json"), JSON.stringify(packageJson));
  writeFileSync(join(directory, ".npmrc"), npmrc);
  const served = await FrozenRegistry.start(documents, { isAbbreviated: false });
  onTestFinished(() => served.stop());
  return { directory, result: await runNpm(directory, served.url, ["install", "--package-lock-only"]) };
}

describe("npm's min-release-age", () => {
  it.each(cases)("%s", async (_name, lines, expected) => {
    const npmrc = `${lines.join("\n")}\n`;
    expect(summary(await resolveProject({ packageJson, registry, files: { ".npmrc": npmrc } }, { nowMs }))).toBe(
      expected,
    );
    if (!hasNpm()) return;
    const { directory, result } = await lockWithNpm(npmrc);
    expect(result.stderr).not.toContain("npm error");
    expect(summariseLock(readFileSync(join(directory, "package-lock.json"), "utf8"))).toBe(expected);
  });

  it("is refused when it is no number of days", async () => {
    const project = { packageJson, registry, files: { ".npmrc": "min-release-age=1 week\n" } };
    await expect(resolveProject(project)).rejects.toThrow("`min-release-age` is not a number of days: 1 week");
  });
});
