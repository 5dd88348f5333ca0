import { describe, expect, it } from "vitest";

import { npmFindings } from "./npm-findings.ts";
import { resolveProject, summary, type SyntheticProject } from "./npm-project.ts";
import { hasNpm } from "./real-npm.ts";

/** An override below the name of a workspace. */
const below: SyntheticProject = {
  packageJson: { workspaces: ["w"], overrides: { w: { lib: "1.0.0" } }, dependencies: { other: "1" } },
  registry: {
    lib: { v: { "1.0.0": {}, "1.1.0": {} } },
    other: { v: { "1.0.0": { dependencies: { lib: "^1.1.0" } } } },
    user: { v: { "1.0.0": { dependencies: { lib: "^1.0.0" } } } },
  },
  files: { "w/package.json": { name: "w", version: "1.0.0", dependencies: { lib: "^1.1.0", user: "1" } } },
};

/** An override below the name of a package that has what it is about through a peer. */
const throughPeer: SyntheticProject = {
  packageJson: { overrides: { user: { lib: "2.0.0" } }, dependencies: { middle: "1", other: "1" } },
  registry: {
    helper: { v: { "1.0.0": { dependencies: { lib: "1.0.0" } } } },
    lib: { v: { "1.0.0": {}, "2.0.0": {} } },
    middle: { v: { "1.0.0": { dependencies: { user: "1" } } } },
    other: { v: { "1.0.0": { dependencies: { helper: "1" } } } },
    user: { v: { "1.0.0": { peerDependencies: { helper: "*" } } } },
  },
};

/** A package under another name, with a dependency that wants it as a peer under its own. */
const aliased: SyntheticProject = {
  packageJson: { dependencies: { "host-old": "npm:host@1" } },
  registry: {
    host: { v: { "1.0.0": { dependencies: { plug: "1", shy: "1" } } } },
    plug: { v: { "1.0.0": { peerDependencies: { host: "1" } } } },
    shy: { v: { "1.0.0": { peerDependencies: { host: "1" }, peerDependenciesMeta: { host: { optional: true } } } } },
  },
};

describe("names and places", () => {
  it("an override below a workspace's name holds in the workspace and in what it needs", async () => {
    expect(summary(await resolveProject(below))).toBe("lib@1.0.0 other@1.0.0 other/lib@1.1.0 user@1.0.0 w->w w@1.0.0");
  });

  it("an override below a package's name holds in its peers", async () => {
    expect(summary(await resolveProject(throughPeer))).toBe(
      "helper@1.0.0 lib@1.0.0 middle@1.0.0 middle/helper@1.0.0:peer middle/lib@2.0.0:peer middle/user@1.0.0 other@1.0.0",
    );
  });

  it("a package under an alias is no peer under its own name", async () => {
    expect(summary(await resolveProject(aliased))).toBe("host@1.0.0:peer host-old@1.0.0 plug@1.0.0 shy@1.0.0");
  });

  it.runIf(hasNpm())("npm sees all of it in the same way", { timeout: 60_000 }, async () => {
    expect(await npmFindings(below)).toEqual([]);
    expect(await npmFindings(throughPeer)).toEqual([]);
    expect(await npmFindings(aliased)).toEqual([]);
  });
});
