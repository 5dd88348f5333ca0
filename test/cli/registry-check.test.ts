import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { runRegistryCheck } from "../../src/cli/registry-check/run.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

function repositoryOf(packages: Readonly<Record<string, string>>): string {
  const repository = temporaryDirectory();
  for (const [package_, fields] of Object.entries(packages)) {
    const directory = path.join(repository, "packages", package_.slice(0, package_.indexOf(".")), package_);
    mkdirSync(directory, { recursive: true });
    writeFileSync(path.join(directory, "opam"), `opam-version: "2.0"\n${fields}\n`);
  }
  return repository;
}

describe("the check of a whole registry", () => {
  it("judges every name by itself and says why some have no answer", async () => {
    const repository = repositoryOf({
      "a.1": "",
      "a.2": 'depends: "absent"',
      "b.1": 'depends: ["a" {>= "2"}]',
      "c.1": 'available: os = "win32"',
      "d.1": 'depends: "e"',
      "e.1": 'depends: "d"',
      "f.1": 'depexts: [["libnobodyknows-dev"] {os-family = "debian"}]',
    });
    const progress: number[] = [];
    const verdicts = await runRegistryCheck(
      {
        ecosystem: "opam",
        system: "x86_64-linux",
        registries: [{ kind: "path", path: repository }],
        options: { settings: new Map() },
        settings: new Map([["compiler", "none"]]),
        projectDirectory: repository,
        environmentVariables: {},
        nowMs: 0,
        isOffline: true,
      },
      { threads: 1, signal: new AbortController().signal, onProgress: (done) => progress.push(done) },
    );
    expect(progress).toEqual([1, 2, 3, 4, 5, 6]);
    expect(verdicts.map(({ kind, name }) => `${name} ${kind}`)).toEqual([
      "a solvable",
      "b unsolvable",
      "c unsolvable",
      "d failed",
      "e failed",
      "f solvable",
    ]);
    expect(verdicts[0]).toMatchObject({ version: "1", packages: 1 });
    expect(verdicts[1]).toMatchObject({ explanation: expect.stringContaining("absent") });
    expect(verdicts[2]).toMatchObject({ explanation: expect.stringContaining('os = "win32"') });
    expect(verdicts[3]).toMatchObject({ message: expect.stringContaining("d -> e -> d") });
  });
});
