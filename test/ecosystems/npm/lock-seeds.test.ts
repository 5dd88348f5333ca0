import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

import { nix } from "../../../src/ecosystems/nix/index.ts";
import { npm } from "../../../src/ecosystems/npm/index.ts";
import { createHttpClient } from "../../../src/net/client.ts";
import { nodeFileSystem } from "../../../src/net/node-file-system.ts";
import { resolveService } from "../../../src/resolve.ts";
import { importPins } from "../../../src/resolve/imported-pins.ts";
import { resolveRequest } from "../../helpers/resolve-request.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { type Published, registryOf } from "./published-registry.ts";
import { hasNpm, runNpm } from "./real-npm.ts";

const versions = (name: string): readonly Published[] =>
  ["1.0.0", "1.1.0", "1.2.0", "1.3.0"].map((version) => ({ manifest: { name, version } }));

const packageJson = `${JSON.stringify({ name: "root", version: "1.0.0", dependencies: { a: "^1.0.0", b: "^1.0.0" } }, undefined, 2)}\n`;

const lock = (version: string, extra: object = {}): string =>
  JSON.stringify({
    name: "root",
    version: "1.0.0",
    lockfileVersion: 3,
    requires: true,
    packages: {
      ...extra,
      "node_modules/a": { version },
    },
  });

/** A project with some files. */
function project(texts: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [path, text] of Object.entries({ "package.json": packageJson, ...texts })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

/** What Enki selects when it starts from the locks that are there. */
async function ours(directory: string, url: string): Promise<string> {
  const context = { projectDirectory: directory, files: nodeFileSystem };
  const { manifest } = npm.readManifest("package.json", Buffer.from(packageJson), context);
  if (manifest === undefined) throw new Error("the manifest is good");
  const { previous } = importPins(new Map([["npm", npm]]), [manifest], (path) => {
    const file = join(directory, path);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  });
  const result = await resolveService(
    resolveRequest([npm, nix], [manifest], {
      ...context,
      ...(previous === undefined ? {} : { previous }),
      registries: new Map([["npm", [{ kind: "http", url }]]]),
      http: createHttpClient(),
      isOffline: false,
    }),
  );
  if (result.kind !== "resolved") return result.kind;
  const found = result.resolution.packages.filter(({ ecosystem }) => ecosystem === "npm");
  return found.map(({ name, version }) => `${name}@${version}`).join(" ");
}

/** What npm selects. */
async function theirs(directory: string, url: string): Promise<string> {
  expect(await runNpm(directory, url, ["install", "--package-lock-only"])).toMatchObject({ status: 0 });
  const name = existsSync(join(directory, "npm-shrinkwrap.json")) ? "npm-shrinkwrap.json" : "package-lock.json";
  const { packages } = JSON.parse(readFileSync(join(directory, name), "utf8")) as {
    packages: Record<string, { version: string }>;
  };
  const entries = Object.entries(packages).filter(([path]) => path !== "");
  return entries.map(([path, { version }]) => `${path.replace("node_modules/", "")}@${version}`).join(" ");
}

const root = { "": { name: "root", version: "1.0.0", dependencies: { a: "^1.0.0", b: "^1.0.0" } } };

const seeds: [string, (base: string) => Readonly<Record<string, string>>, string][] = [
  ["no lock", () => ({}), "a@1.3.0 b@1.3.0"],
  [
    "npm-shrinkwrap.json, which hides package-lock.json",
    () => ({ "npm-shrinkwrap.json": lock("1.0.0", root), "package-lock.json": lock("1.1.0", root) }),
    "a@1.0.0 b@1.3.0",
  ],
  [
    "package-lock.json, which hides yarn.lock",
    (base) => ({ "package-lock.json": lock("1.0.0", root), "yarn.lock": yarnLock(base, "1.1.0", ["a", "b"]) }),
    "a@1.0.0 b@1.3.0",
  ],
  [
    "a lock of version 1",
    () => ({ "package-lock.json": JSON.stringify({ lockfileVersion: 1, dependencies: { a: { version: "1.1.0" } } }) }),
    "a@1.1.0 b@1.3.0",
  ],
  ["yarn.lock", (base) => ({ "yarn.lock": yarnLock(base, "1.1.0", ["a"]) }), "a@1.1.0 b@1.3.0"],
];

function yarnLock(base: string, version: string, names: readonly string[]): string {
  const entries = names.map(
    (name) => `${name}@^1.0.0:\n  version "${version}"\n  resolved "${base}/${name}/-/${name}-${version}.tgz"\n`,
  );
  return `# yarn lockfile v1\n\n\n${entries.join("\n")}`;
}

it.runIf(hasNpm()).each(seeds)("starts from %s as npm does", { timeout: 60_000 }, async (_, files, expected) => {
  const url = await registryOf(() => [...versions("a"), ...versions("b")]);
  const directory = project(files(url));
  expect(await ours(directory, url)).toBe(expected);
  expect(await theirs(directory, url)).toBe(expected);
});

it.runIf(hasNpm())(
  "starts from what lies in node_modules, and not from yarn.lock then",
  { timeout: 60_000 },
  async () => {
    const url = await registryOf(() => [...versions("a"), ...versions("b")]);
    const directory = project({ "package-lock.json": lock("1.0.0", root) });
    expect(await runNpm(directory, url, ["install", "--ignore-scripts"])).toMatchObject({ status: 0 });
    rmSync(join(directory, "package-lock.json"));
    writeFileSync(join(directory, "yarn.lock"), yarnLock(url, "1.1.0", ["a", "b"]));
    expect(await theirs(directory, url)).toBe("a@1.0.0 b@1.3.0");
    rmSync(join(directory, "package-lock.json"));
    expect(await ours(directory, url)).toBe("a@1.0.0 b@1.3.0");
  },
);
