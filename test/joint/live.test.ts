import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nix } from "../../src/ecosystems/nix/index.ts";
import { npm } from "../../src/ecosystems/npm/index.ts";
import { createHttpClient } from "../../src/net/client.ts";
import { nodeFileSystem } from "../../src/net/node-file-system.ts";
import { explain } from "../../src/report/explanation/explain.ts";
import { resolveService } from "../../src/resolve.ts";
import type { ResolveResult } from "../../src/resolve/request.ts";
import { liveRegistry } from "../ecosystems/npm/live-registry.ts";
import { resolveRequest } from "../helpers/resolve-request.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** Resolves packages of the live registry for a nixpkgs release. */
async function resolveLive(dependencies: Readonly<Record<string, string>>): Promise<ResolveResult> {
  const projectDirectory = temporaryDirectory();
  const text = JSON.stringify({ name: "live", version: "1.0.0", private: true, dependencies });
  writeFileSync(join(projectDirectory, "package.json"), text);
  const context = { projectDirectory, files: nodeFileSystem };
  const { manifest } = npm.readManifest("package.json", Buffer.from(text), context);
  if (manifest === undefined) throw new Error("the manifest has errors");
  return await resolveService(
    resolveRequest([npm, nix], [manifest], {
      ...context,
      http: createHttpClient({ environmentVariables: process.env }),
      environmentVariables: process.env,
      isOffline: false,
      settings: new Map([["nix", new Map([["release", "nixos-25.05"]])]]),
    }),
  );
}

function bare(id: string): string {
  return id.replace(/^(?:npm|nix):/, "").replace(/@[^@/]*$/, "");
}

/** The edges into nixpkgs of an answer, without versions: `bcrypt -> python build`. */
function crossEdges(result: ResolveResult): readonly string[] {
  if (result.kind !== "resolved") throw new Error(result.kind);
  expect(result.violations).toEqual([]);
  return result.resolution.edges
    .filter(({ from, to }) => from.startsWith("npm:") && to.startsWith("nix:"))
    .map(({ from, to, kind }) => `${bare(from)} -> ${bare(to).replace(/^python3\d+$/, "python")} ${kind}`);
}

// The joint scenarios whose packages are npm's, as their registry has them today; what only facts can say is tested there.
describe.runIf(liveRegistry() !== undefined)("the live registry", { timeout: 120_000 }, () => {
  it("has binaries for every platform, and all of them are locked", async () => {
    const result = await resolveLive({ esbuild: "*", "@swc/core": "^1", sharp: "*" });
    if (result.kind !== "resolved") throw new Error(result.kind);
    const names = result.resolution.packages.map(({ name }) => name);
    for (const name of ["@esbuild/linux-x64", "@swc/core-linux-x64-gnu", "@img/sharp-linux-x64"]) {
      expect(names).toContain(name);
    }
    expect(names.filter((name) => name.startsWith("@esbuild/")).length).toBeGreaterThan(5);
  });

  it("has packages that compile when they are installed: they build with Python and a C compiler", async () => {
    const natives = ["sqlite3", "bufferutil", "bcrypt", "node-pty"];
    const edges = crossEdges(await resolveLive(Object.fromEntries(natives.map((name) => [name, "*"]))));
    for (const name of natives) {
      expect(edges).toEqual(expect.arrayContaining([`${name} -> python build`, `${name} -> gcc build`]));
    }
  });

  it("has a react-dom that does not go with an older react, which is said", async () => {
    const result = await resolveLive({ react: "^18", "react-dom": "^19" });
    if (result.kind !== "unsatisfiable") throw new Error(result.kind);
    const { text } = explain(result.derivation, result.narrator);
    expect(text).toMatch(/requires react \^18 and react-dom \^19 and react-dom .* requires? react \^19/u);
  });
});
