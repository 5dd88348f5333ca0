import { describe, expect, it } from "vitest";

import { npm } from "../../../src/ecosystems/npm/index.ts";
import { npmFindings } from "./npm-findings.ts";
import { memoryFiles, resolveProject, summary, type SyntheticProject } from "./npm-project.ts";
import { hasNpm } from "./real-npm.ts";

const project: SyntheticProject = {
  packageJson: { workspaces: ["y", "z"], dependencies: { y: "^3.0.0", b: "1" }, devDependencies: { z: "npm:b@1" } },
  registry: { b: { v: { "1.0.0": {}, "2.0.0": {} } }, y: { v: { "3.0.0": {} } } },
  files: {
    "y/package.json": { name: "y", version: "1.2.0" },
    "z/package.json": { name: "z", version: "1.0.0", dependencies: { y: "^3.0.0" } },
  },
};

describe("a root that asks for another version of a name than its workspace has", () => {
  it("gets the workspace, while others get what they ask for", async () => {
    expect(summary(await resolveProject(project))).toBe("b@1.0.0 y->y z->z y@1.2.0 z@1.0.0 z/y@3.0.0");
  });

  it.runIf(hasNpm())("gives a lock that npm does not change", async () => {
    expect(await npmFindings(project)).toEqual([]);
  });

  it("is told so, with the place", () => {
    const texts = Object.entries({ ...project.files, "package.json": project.packageJson });
    const files = memoryFiles(new Map(texts.map(([path, value]) => [`/p/${path}`, JSON.stringify(value)])));
    const text = JSON.stringify(project.packageJson, undefined, 2);
    const { manifest, diagnostics } = npm.readManifest("package.json", Buffer.from(text), {
      projectDirectory: "/p",
      files,
    });
    expect(manifest).toBeDefined();
    expect(diagnostics).toEqual([
      expect.objectContaining({
        code: "npm-workspace-range",
        severity: "warning",
        message: "the requirement y ^3.0.0 has no effect: the workspace y 1.2.0 lies there",
        origin: expect.objectContaining({ file: "package.json", line: 7 }) as unknown,
      }),
    ]);
  });

  it("can't have it through an override, which npm refuses", () => {
    const files = memoryFiles(new Map([["/p/y/package.json", '{"name":"y","version":"1.2.0"}']]));
    const read = (overrides: object): readonly string[] => {
      const text = JSON.stringify({ workspaces: ["y"], overrides });
      const reading = npm.readManifest("package.json", Buffer.from(text), { projectDirectory: "/p", files });
      return reading.diagnostics.map(({ message }) => message);
    };
    expect(read({ y: "3" })).toEqual(["the override of `y` to 3 contradicts the workspace y of that name"]);
    expect(read({ y: { b: "1" } })).toEqual([]);
  });
});
