import { expect, it } from "vitest";

import { npmFindings } from "./npm-findings.ts";
import { resolveProject, summary, type SyntheticProject } from "./npm-project.ts";
import { hasNpm } from "./real-npm.ts";

/** `plug` wants its host as the registry tags it. */
function project(dependencies: Readonly<Record<string, string>>): SyntheticProject {
  return {
    packageJson: { dependencies },
    registry: {
      host: { tags: { latest: "2.0.0", next: "3.0.0-rc.1" }, v: { "1.0.0": {}, "2.0.0": {}, "3.0.0-rc.1": {} } },
      plug: { v: { "1.0.0": { peerDependencies: { host: "next" } } } },
      choosy: {
        v: { "1.0.0": { peerDependencies: { host: "next" }, peerDependenciesMeta: { host: { optional: true } } } },
      },
    },
  };
}

it.each([
  ["is what is installed where nothing else decides", { plug: "1" }, "host@3.0.0-rc.1:peer plug@1.0.0"],
  ["yields to a version that is asked for", { plug: "1", host: "1" }, "host@1.0.0 plug@1.0.0"],
  ["yields as an optional one too", { choosy: "1", host: "*" }, "choosy@1.0.0 host@2.0.0"],
  ["does not install an optional one", { choosy: "1" }, "choosy@1.0.0"],
])("the tag of a peer %s", async (_, dependencies, expected) => {
  expect(summary(await resolveProject(project(dependencies)))).toBe(expected);
});

it.runIf(hasNpm())("npm accepts another version than the one that a peer's tag points to", async () => {
  expect(await npmFindings(project({ plug: "1", host: "1" }))).toEqual([]);
});

/** What `*` means for a package that has pre-releases. */
function anything(dependencies: Readonly<Record<string, string>>): SyntheticProject {
  const v = { "1.0.0": {}, "2.0.0": {}, "3.0.0-rc.1": {} };
  return {
    packageJson: { dependencies },
    registry: {
      host: { tags: { latest: "2.0.0" }, v },
      plug: { v: { "1.0.0": { peerDependencies: { host: "*" } } } },
      user: { v: { "1.0.0": { dependencies: { host: "" } } } },
    },
  };
}

it.each([
  ["is a release where there is the choice", { user: "1" }, "host@2.0.0 user@1.0.0"],
  ["is a release for a peer too", { plug: "1" }, "host@2.0.0:peer plug@1.0.0"],
  ["is a pre-release that is there anyway", { user: "1", host: "3.0.0-rc.1" }, "host@3.0.0-rc.1 user@1.0.0"],
  ["is a pre-release beside a peer", { plug: "1", host: "3.0.0-rc.1" }, "host@3.0.0-rc.1 plug@1.0.0"],
])("any version %s", async (_, dependencies, expected) => {
  expect(summary(await resolveProject(anything(dependencies)))).toBe(expected);
});

it.runIf(hasNpm())("npm holds nothing against a pre-release for which * was written", async () => {
  expect(await npmFindings(anything({ plug: "1", user: "1", host: "3.0.0-rc.1" }))).toEqual([]);
});
