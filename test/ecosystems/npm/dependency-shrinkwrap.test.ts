import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

import { nix } from "../../../src/ecosystems/nix/index.ts";
import { npm } from "../../../src/ecosystems/npm/index.ts";
import { createHttpClient } from "../../../src/net/client.ts";
import { nodeFileSystem } from "../../../src/net/node-file-system.ts";
import { resolveService } from "../../../src/resolve.ts";
import { resolveRequest } from "../../helpers/resolve-request.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { summary } from "./npm-project.ts";
import { integrityOf, type Published, registryOf, tarballOf } from "./published-registry.ts";
import { hasNpm, runNpm } from "./real-npm.ts";

const plain = (name: string, version: string): Published => ({ manifest: { name, version } });

const tool = { name: "tool", version: "1.0.0", dependencies: { c: "*" }, devDependencies: { d: "1" } };

/** `tool` fixes its own copy of `c` in an old version; `shrinkwrap` is given the address of `c`'s tarball. */
function published(shrinkwrap: (tarball: string) => object, base: string): readonly Published[] {
  return [
    { manifest: tool, shrinkwrap: shrinkwrap(`${base}/c/-/c-1.0.0.tgz`) },
    plain("c", "1.0.0"),
    plain("c", "2.0.0"),
    plain("d", "1.0.0"),
  ];
}

/** npm writes development dependencies of a shrinkwrap as extraneous, and takes them out again the next time. */
function withoutExtraneous(lock: string): unknown {
  const document = JSON.parse(lock) as { packages: Record<string, { extraneous?: boolean }> };
  const packages = Object.entries(document.packages).filter(([, { extraneous }]) => extraneous !== true);
  return { ...document, packages: Object.fromEntries(packages) };
}

const integrity = integrityOf(tarballOf(plain("c", "1.0.0")));

const shrinkwraps: [string, (tarball: string) => object][] = [
  [
    "version 3",
    (resolved) => ({
      name: "tool",
      version: "1.0.0",
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": tool,
        "node_modules/c": { version: "1.0.0", resolved, integrity },
        "node_modules/d": { version: "1.0.0", resolved: resolved.replaceAll("c", "d"), dev: true },
      },
    }),
  ],
  [
    "version 1",
    (resolved) => ({
      name: "tool",
      version: "1.0.0",
      lockfileVersion: 1,
      requires: true,
      dependencies: { c: { version: "1.0.0", resolved, integrity }, d: { version: "1.0.0", dev: true } },
    }),
  ],
];

it.runIf(hasNpm()).each(shrinkwraps)(
  "what the npm-shrinkwrap.json of a dependency fixes is locked as npm does it (%s)",
  { timeout: 60_000 },
  async (_, shrinkwrap) => {
    const url = await registryOf((base) => published(shrinkwrap, base));
    const directory = temporaryDirectory();
    const packageJson = { name: "root", version: "1.0.0", dependencies: { c: "2", tool: "1" } };
    const text = `${JSON.stringify(packageJson, undefined, 2)}\n`;
    writeFileSync(join(directory, "package.json"), text);
    const context = { projectDirectory: directory, files: nodeFileSystem };
    const { manifest } = npm.readManifest("package.json", Buffer.from(text), context);
    if (manifest === undefined) throw new Error("the manifest is good");
    const result = await resolveService(
      resolveRequest([npm, nix], [manifest], {
        ...context,
        registries: new Map([["npm", [{ kind: "http", url }]]]),
        http: createHttpClient(),
        isOffline: false,
      }),
    );
    expect(summary(result)).toBe("c@2.0.0 tool@1.0.0 tool/c@1.0.0");
    const ours = result.kind === "resolved" ? (result.locks[0]?.content ?? "") : "";
    const file = join(directory, "package-lock.json");
    const makeLock = ["install", "--package-lock-only", "--ignore-scripts"];
    expect(await runNpm(directory, url, makeLock)).toMatchObject({ status: 0 });
    expect(JSON.parse(ours)).toEqual(withoutExtraneous(readFileSync(file, "utf8")));
    writeFileSync(file, ours);
    expect(await runNpm(directory, url, makeLock)).toMatchObject({ status: 0 });
    expect(readFileSync(file, "utf8")).toBe(ours);
    expect(await runNpm(directory, url, ["ci", "--ignore-scripts"])).toMatchObject({ status: 0 });
    expect(readFileSync(file, "utf8")).toBe(ours);
  },
);
