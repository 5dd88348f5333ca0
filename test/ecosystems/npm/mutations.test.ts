import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { checkLock, type CheckedProject, type LockDocument } from "./lock-checks.ts";
import { resolveProject, syntheticPackument, type SyntheticRegistry } from "./npm-project.ts";
import { hasNpm } from "./real-npm.ts";

/** A project with every kind of entry that a check has to know: dev, optional, peers, platforms, nested copies. */
const registry: SyntheticRegistry = {
  app: {
    v: { "1.0.0": { dependencies: { lib: "^1.0.0" }, license: "MIT", engines: { node: ">=10" }, bin: "cli.js" } },
  },
  lib: {
    v: { "1.0.0": { dependencies: { deep: "^1.0.0" } }, "1.1.0": { dependencies: { deep: "^1.0.0" } }, "2.0.0": {} },
  },
  deep: { v: { "1.0.0": {}, "1.1.0": {}, "2.0.0": {} } },
  tool: {
    v: {
      "1.0.0": {
        dependencies: { deep: "2" },
        peerDependencies: { host: "^1.0.0" },
        optionalDependencies: { "tool-mac": "1.0.0", "tool-linux": "1.0.0" },
      },
    },
  },
  host: { v: { "1.0.0": { license: "ISC" } } },
  "tool-mac": { v: { "1.0.0": { os: ["darwin"], cpu: ["arm64"] } } },
  "tool-linux": { v: { "1.0.0": { os: ["linux"], cpu: ["x64"], libc: ["glibc"] } } },
};
const packageJson = { dependencies: { app: "^1.0.0" }, devDependencies: { tool: "^1.0.0" } };

type Entry = Record<string, unknown>;
interface MutableLock {
  lockfileVersion: number;
  packages: Record<string, Entry>;
}

/** The rows of the mutation table: what is broken, and how. */
const mutations: readonly (readonly [string, (lock: MutableLock) => void])[] = [
  ["a transitive dependency is dropped", ({ packages }) => delete packages["node_modules/deep"]],
  ["a version lies out of its range", ({ packages }) => Object.assign(entry(packages, "lib"), { version: "2.0.0" })],
  ["another version in its range", ({ packages }) => Object.assign(entry(packages, "lib"), { version: "1.0.0" })],
  ["an optional platform is dropped", ({ packages }) => delete packages["node_modules/tool-mac"]],
  [
    "the integrity is wrong",
    ({ packages }) => Object.assign(entry(packages, "app"), { integrity: entry(packages, "lib")["integrity"] }),
  ],
  ["no integrity", ({ packages }) => eachEntry(packages, ["integrity"])],
  ["no resolved", ({ packages }) => eachEntry(packages, ["resolved"])],
  ["no license, engines, bin", ({ packages }) => eachEntry(packages, ["license", "engines", "bin"])],
  ["no os, cpu, libc", ({ packages }) => eachEntry(packages, ["os", "cpu", "libc"])],
  ["no peer flags", ({ packages }) => eachEntry(packages, ["peer"])],
  ["no dev flags", ({ packages }) => eachEntry(packages, ["dev"])],
  ["no optional flags", ({ packages }) => eachEntry(packages, ["optional", "devOptional"])],
  ["the dependencies of an entry are removed", ({ packages }) => eachEntry(packages, ["dependencies"])],
  [
    "the root's range is stale",
    ({ packages }) => Object.assign(packages[""] ?? {}, { dependencies: { app: "^0.9.0 || 1" } }),
  ],
  [
    "an entry too many",
    ({ packages }) => Object.assign(packages, { "node_modules/zzz": { ...entry(packages, "deep") } }),
  ],
  ["entries are unsorted", ({ packages }) => reverse(packages)],
  [
    "a needless nested copy",
    ({ packages }) => Object.assign(packages, { "node_modules/app/node_modules/lib": { ...entry(packages, "lib") } }),
  ],
  ["lockfileVersion 2", (lock) => (lock.lockfileVersion = 2)],
];

function entry(packages: Record<string, Entry>, name: string): Entry {
  const found = packages[`node_modules/${name}`];
  if (found === undefined) throw new Error(`the lock has no ${name}`);
  return found;
}

function eachEntry(packages: Record<string, Entry>, fields: readonly string[]): void {
  let changes = 0;
  for (const [path, each] of Object.entries(packages)) {
    if (path === "") continue;
    for (const field of fields) {
      if (field in each) changes += 1;
      delete each[field];
    }
  }
  if (changes === 0) throw new Error(`nothing has ${fields.join(", ")}`);
}

function reverse(packages: Record<string, Entry>): void {
  const entries = Object.entries(packages).toReversed();
  for (const [path] of entries) delete packages[path];
  Object.assign(packages, Object.fromEntries(entries));
}

describe.runIf(hasNpm())("the checks of a lock", () => {
  const project: { -readonly [Key in keyof CheckedProject]: CheckedProject[Key] } = {
    directory: "",
    files: new Map(),
    lock: "",
    manifest(name, version) {
      const package_ = registry[name];
      if (package_ === undefined) return undefined;
      const { versions } = syntheticPackument(name, package_, "https://npm.example") as {
        versions: Record<string, Record<string, unknown>>;
      };
      return versions[version];
    },
  };

  beforeAll(async () => {
    const result = await resolveProject({ packageJson, registry });
    if (result.kind !== "resolved") throw new Error(result.kind);
    project.lock = result.locks[0]?.content ?? "";
    const text = JSON.stringify({ name: "root", version: "1.0.0", private: true, ...packageJson }, undefined, 2);
    project.files = new Map([["package.json", `${text}\n`]]);
  });

  it("find nothing in what Enki wrote", async () => {
    project.directory = join(temporaryDirectory(), "project");
    expect(await checkLock(project)).toEqual([]);
  });

  it.each(mutations)("find that %s", async (_, mutate) => {
    const lock = JSON.parse(project.lock) as LockDocument & MutableLock;
    mutate(lock);
    const directory = join(temporaryDirectory(), "project");
    const mutated = { ...project, directory, lock: `${JSON.stringify(lock, undefined, 2)}\n` };
    expect(mutated.lock).not.toBe(project.lock);
    expect(await checkLock(mutated, undefined, true)).not.toEqual([]);
  });
});
