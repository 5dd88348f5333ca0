import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { explain } from "../../../src/report/explanation/explain.ts";
import { verifyNpm } from "../../../src/ecosystems/npm/verify.ts";
import { resolveService } from "../../../src/resolve.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { checkLock } from "./lock-checks.ts";
import {
  projectRequest,
  resolveProject,
  summariseLock,
  summary,
  syntheticPackument,
  type SyntheticRegistry,
} from "./npm-project.ts";
import { registryOf } from "./published-registry.ts";
import { hasNpm, runNpm } from "./real-npm.ts";

const registry: SyntheticRegistry = {
  a: { v: { "1.0.0": {}, "1.1.0": {}, "2.0.0": {}, "3.0.0-rc.1": {} }, latest: "2.0.0" },
  lib: { v: { "1.0.0": { dependencies: { a: "^2.0.0" }, acceptDependencies: { a: "^1.0.0" } } } },
  "another-old": { v: { "1.0.0": { dependencies: { a: "~1.0.0" } } } },
  old: { v: { "1.0.0": { dependencies: { a: "~1.0.0" } } } },
  any: { v: { "1.0.0": { dependencies: { a: "^2.0.0" }, acceptDependencies: { a: "" } } } },
  candidate: { v: { "1.0.0": { dependencies: { a: "^1.0.0" }, acceptDependencies: { a: ">=3.0.0-rc.0" } } } },
  future: { v: { "1.0.0": { dependencies: { a: "^9.0.0" }, acceptDependencies: { a: "^1.0.0" } } } },
  plug: { v: { "1.0.0": { peerDependencies: { a: "^2.0.0" }, acceptDependencies: { a: "^1.0.0" } } } },
  shy: {
    v: {
      "1.0.0": {
        peerDependencies: { a: "^2.0.0" },
        peerDependenciesMeta: { a: { optional: true } },
        acceptDependencies: { a: "^1.0.0" },
      },
    },
  },
  maybe: { v: { "1.0.0": { optionalDependencies: { a: "^2.0.0" }, acceptDependencies: { a: "^1.0.0" } } } },
  renamed: { v: { "1.0.0": { dependencies: { al: "npm:a@^2.0.0" }, acceptDependencies: { al: "^1.0.0" } } } },
  elsewhere: { v: { "1.0.0": { dependencies: { a: "^2.0.0" }, acceptDependencies: { a: "npm:old@^1.0.0", b: 1 } } } },
};

interface Project {
  readonly packageJson: object;
  /** The version of `a` that npm's lock holds. */
  readonly locked?: string;
}

function lockOf({ packageJson, locked }: Project): string {
  const packages = { "": { name: "root", version: "1.0.0", ...packageJson }, "node_modules/a": { version: locked } };
  return JSON.stringify({ name: "root", version: "1.0.0", lockfileVersion: 3, requires: true, packages });
}

function manifestText({ packageJson }: Project): string {
  return `${JSON.stringify({ name: "root", version: "1.0.0", private: true, ...packageJson }, undefined, 2)}\n`;
}

/** What npm makes of a project; `undefined` where it has no answer. */
async function theirs(project: Project): Promise<string | undefined> {
  const url = await registryOf(() =>
    Object.entries(registry).flatMap(([name, { v }]) =>
      // The last one is taken for the latest.
      Object.entries(v)
        .toSorted(([left], [right]) => (left.includes("-") ? -1 : right.includes("-") ? 1 : 0))
        .map(([version, manifest]) => ({ manifest: { name, version, ...manifest } })),
    ),
  );
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "package.json"), manifestText(project));
  if (project.locked !== undefined) writeFileSync(join(directory, "package-lock.json"), lockOf(project));
  const { status } = await runNpm(directory, url, ["install", "--package-lock-only"]);
  return status === 0 ? summariseLock(readFileSync(join(directory, "package-lock.json"), "utf8")) : undefined;
}

const on = (dependencies: Readonly<Record<string, string>>): Project => ({ packageJson: { dependencies } });
const rootAccepts = { dependencies: { a: "^2.0.0" }, acceptDependencies: { a: "^1.0.0" } };

/** What a project asks for, what Enki makes of it, and npm where that is something else. */
const cases: [string, Project, string, string?][] = [
  ["is not looked for", on({ lib: "1" }), "a@2.0.0 lib@1.0.0"],
  ["is taken where it is there", on({ a: "1", lib: "1" }), "a@1.1.0 lib@1.0.0"],
  ["is taken from another dependent", on({ "another-old": "1", lib: "1" }), "a@1.0.0 another-old@1.0.0 lib@1.0.0"],
  [
    "is taken from another dependent, whichever comes first",
    on({ lib: "1", old: "1" }),
    "a@1.0.0 lib@1.0.0 old@1.0.0",
    "a@2.0.0 lib@1.0.0 old@1.0.0 old/a@1.0.0",
  ],
  ["may be anything", on({ a: "1.0.0", any: "1" }), "a@1.0.0 any@1.0.0"],
  ["may be a pre-release", on({ a: "3.0.0-rc.1", candidate: "1" }), "a@3.0.0-rc.1 candidate@1.0.0"],
  ["may be all that there is", on({ a: "1", future: "1" }), "a@1.1.0 future@1.0.0"],
  ["may be all that there is, though not yet there", on({ future: "1" }), "a@1.1.0 future@1.0.0", "nothing"],
  ["holds for peers", on({ a: "1", plug: "1" }), "a@1.1.0 plug@1.0.0"],
  ["is not looked for by peers", on({ plug: "1" }), "a@2.0.0:peer plug@1.0.0"],
  ["holds for optional peers", on({ a: "1", shy: "1" }), "a@1.1.0 shy@1.0.0"],
  ["holds for optional dependencies", on({ a: "1", maybe: "1" }), "a@1.1.0 maybe@1.0.0"],
  ["holds under another name", on({ al: "npm:a@1", renamed: "1" }), "al@1.1.0 renamed@1.0.0"],
  [
    "is no other package, of which npm compares the version alone",
    on({ a: "1", elsewhere: "1" }),
    "a@1.1.0 elsewhere@1.0.0 elsewhere/a@2.0.0",
    "a@1.1.0 elsewhere@1.0.0",
  ],
  ["is not looked for by the project itself", { packageJson: rootAccepts }, "a@2.0.0"],
];

describe("what acceptDependencies admits", { timeout: 60_000 }, () => {
  it("is kept where a lock has it", async () => {
    const first = await resolveProject({ packageJson: { dependencies: { a: "1.0.0" } }, registry });
    const previous = first.kind === "resolved" ? first.resolution : undefined;
    const result = await resolveProject({ packageJson: rootAccepts, registry }, previous && { previous });
    expect(summary(result)).toBe("a@1.0.0");
  });

  it.runIf(hasNpm())("is kept by npm too where its lock has it", async () => {
    expect(await theirs({ packageJson: rootAccepts, locked: "1.0.0" })).toBe("a@1.0.0");
  });

  it("is checked by what the packages say", async () => {
    const request = projectRequest({ packageJson: on({ a: "1", lib: "1" }).packageJson, registry });
    const result = await resolveService(request);
    if (result.kind !== "resolved") throw new Error("there is an answer");
    expect(verifyNpm(result.resolution, request.manifests)).toEqual([]);
    const packages = result.resolution.packages.map((package_) => ({
      ...package_,
      details: { ...package_.details, acceptDependencies: { a: "^3.0.0" } },
    }));
    expect(verifyNpm({ ...result.resolution, packages }, request.manifests)).toEqual([
      { from: "npm:lib@1.0.0", message: "node_modules/lib needs a ^2.0.0 and sees 1.1.0" },
    ]);
  });

  it("is what an explanation shows", async () => {
    const packageJson = { dependencies: { a: "3.0.0-rc.1", plug: "1" } };
    const result = await resolveProject({ packageJson, registry });
    if (result.kind !== "unsatisfiable") throw new Error("a peer of a direct dependency is hard");
    expect(explain(result.derivation, result.narrator).text).toContain("^2.0.0 || ^1.0.0");
  });

  it.each(cases)("%s", async (_, project, ours, npms = ours) => {
    const result = await resolveProject({ packageJson: project.packageJson, registry });
    expect(summary(result)).toBe(ours);
    if (result.kind !== "resolved" || !hasNpm()) return;
    expect((await theirs(project)) ?? "nothing").toBe(npms);
    const checked = {
      directory: temporaryDirectory(),
      files: new Map([["package.json", manifestText(project)]]),
      lock: result.locks.find(({ path }) => path === "package-lock.json")?.content ?? "",
      manifest: (name: string, version: string) => {
        const packument = syntheticPackument(name, registry[name] ?? { v: {} }, "https://npm.example");
        return (packument as { versions: Record<string, Record<string, unknown>> }).versions[version];
      },
    };
    // The strongest of them; the others find nothing that these do not.
    const findings = await checkLock(checked, ["V7", "V6", "V3"]);
    expect(findings).toEqual([]);
  });
});
