import { describe, expect, it } from "vitest";

import type { HttpClient } from "../../../src/net/http-client.ts";
import { npmFindings } from "./npm-findings.ts";
import { resolveProject, summary, type SyntheticProject } from "./npm-project.ts";
import { hasNpm } from "./real-npm.ts";

/** `tool` 1 must lie inside of `big`, whose tarball carries a `helper` that `tool` can't use. */
const carried: SyntheticProject = {
  packageJson: { dependencies: { big: "1", tool: "2", helper: "3" } },
  registry: {
    big: { v: { "1.0.0": { dependencies: { helper: "1", tool: "1" }, bundleDependencies: ["helper"] } } },
    tool: { v: { "1.0.0": { dependencies: { helper: "2" } }, "2.0.0": {} } },
    helper: { v: { "1.0.0": {}, "2.0.0": {}, "3.0.0": {} } },
  },
};

/** `plug` can do without a host, but not with the one that a workspace wants. */
const shy: SyntheticProject = {
  packageJson: { workspaces: ["w"], dependencies: { user: "1" } },
  registry: {
    host: { v: { "1.0.0": {}, "2.0.0": {} } },
    plug: { v: { "1.0.0": { peerDependencies: { host: "1" }, peerDependenciesMeta: { host: { optional: true } } } } },
    user: { v: { "1.0.0": { dependencies: { plug: "1" } } } },
  },
  files: { "w/package.json": { name: "w", version: "1.0.0", dependencies: { host: "*" } } },
};

describe("a name", () => {
  it("that a tarball brings along has no other version in that folder", async () => {
    // What exactly lies in the tarball makes no difference, and there is none.
    const http: HttpClient = {
      fetch: ({ url }) =>
        Promise.resolve({ status: 404, url, body: new Uint8Array(), contentType: "", isFromCache: false }),
    };
    expect(summary(await resolveProject(carried, { http }))).toBe(
      "big@1.0.0 big/tool@1.0.0 big/tool/helper@2.0.0 helper@3.0.0 tool@2.0.0",
    );
  });

  it("that would disturb an optional peer at the root lies further down", async () => {
    expect(summary(await resolveProject(shy))).toBe("plug@1.0.0 user@1.0.0 w->w w@1.0.0 w/host@2.0.0");
  });

  it.runIf(hasNpm())("lies there for npm too", async () => {
    expect(await npmFindings(shy)).toEqual([]);
  });
});
