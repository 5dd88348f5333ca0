import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { nix } from "../../../src/ecosystems/nix/index.ts";
import { npm } from "../../../src/ecosystems/npm/index.ts";
import { createHttpClient } from "../../../src/net/client.ts";
import { nodeFileSystem } from "../../../src/net/node-file-system.ts";
import { resolveService } from "../../../src/resolve.ts";
import { resolveRequest } from "../../helpers/resolve-request.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { liveRegistry } from "./live-registry.ts";
import { runNpm } from "./real-npm.ts";

const registry = liveRegistry();
const projects = [
  { name: "an express service", dependencies: { express: "^5.0.0" }, devDependencies: { supertest: "^7.0.0" } },
  {
    name: "a vite application",
    dependencies: { react: "^19.0.0", "react-dom": "^19.0.0" },
    devDependencies: { vite: "*" },
  },
];

describe.runIf(registry !== undefined)("the live registry", () => {
  it.each(projects)("resolves $name, and npm ci installs the lock", { timeout: 180_000 }, async (project) => {
    const projectDirectory = temporaryDirectory();
    const { dependencies, devDependencies } = project;
    const text = `${JSON.stringify({ name: "live", version: "1.0.0", private: true, dependencies, devDependencies }, undefined, 2)}\n`;
    writeFileSync(join(projectDirectory, "package.json"), text);
    const context = { projectDirectory, files: nodeFileSystem };
    const { manifest } = npm.readManifest("package.json", Buffer.from(text), context);
    if (manifest === undefined) throw new Error("the manifest has errors");
    const http = createHttpClient({ environmentVariables: process.env });
    const result = await resolveService(
      resolveRequest([npm, nix], [manifest], {
        ...context,
        http,
        environmentVariables: process.env,
        isOffline: false,
      }),
    );
    if (result.kind !== "resolved") throw new Error(result.kind);
    expect(result.violations).toEqual([]);
    const lock = result.locks[0]?.content ?? "";
    writeFileSync(join(projectDirectory, "package-lock.json"), lock);
    const installed = await runNpm(projectDirectory, registry ?? "", ["ci", "--ignore-scripts"]);
    expect(installed.stderr.replaceAll(/^npm warn.*$/gm, "").trim()).toBe("");
    expect(installed.status).toBe(0);
    expect(readFileSync(join(projectDirectory, "package-lock.json"), "utf8")).toBe(lock);
    for (const name of Object.keys(dependencies)) {
      expect(existsSync(join(projectDirectory, "node_modules", name, "package.json"))).toBe(true);
    }
  });
});
