import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";

import { nix } from "../../../src/ecosystems/nix/index.ts";
import { npm } from "../../../src/ecosystems/npm/index.ts";
import { createHttpClient } from "../../../src/net/client.ts";
import { nodeFileSystem } from "../../../src/net/node-file-system.ts";
import { resolveService } from "../../../src/resolve.ts";
import type { ResolveResult } from "../../../src/resolve/request.ts";
import { resolveRequest } from "../../helpers/resolve-request.ts";
import { writeTar } from "../../helpers/tar-writer.ts";
import { temporaryDirectory } from "../../helpers/temporary-directory.ts";
import { summary, syntheticPackument, type SyntheticRegistry } from "./npm-project.ts";
import { deadRegistry, hasNpm, runNpm } from "./real-npm.ts";

const registry: SyntheticRegistry = {
  b: { v: { "1.0.0": {} } },
  sly: { v: { "1.0.0": { dependencies: { gitty: "git+file:///nowhere" } } } },
};

/** A project on disk with a folder of packuments beside it. */
async function resolveOnDisk(directory: string, packageJson: object): Promise<ResolveResult> {
  mkdirSync(join(directory, "registry"), { recursive: true });
  for (const [name, package_] of Object.entries(registry)) {
    const document = syntheticPackument(name, package_, "https://npm.example");
    writeFileSync(join(directory, "registry", `${name}.json`), JSON.stringify(document));
  }
  const text = `${JSON.stringify({ name: "root", version: "1.0.0", ...packageJson }, undefined, 2)}\n`;
  writeFileSync(join(directory, "package.json"), text);
  const context = { projectDirectory: directory, files: nodeFileSystem };
  const { manifest, diagnostics } = npm.readManifest("package.json", Buffer.from(text), context);
  if (manifest === undefined) throw new Error(JSON.stringify(diagnostics));
  const result = await resolveService(
    resolveRequest([npm, nix], [manifest], {
      ...context,
      registries: new Map([["npm", [{ kind: "path", path: "registry" }]]]),
      http: createHttpClient(),
      isOffline: false,
    }),
  );
  if (result.kind === "resolved") writeFileSync(join(directory, "package-lock.json"), result.locks[0]?.content ?? "");
  return result;
}

function entryOf(directory: string, path: string): unknown {
  const lock = JSON.parse(readFileSync(join(directory, "package-lock.json"), "utf8")) as {
    packages: Record<string, unknown>;
  };
  return lock.packages[path];
}

/** A git repository with one commit and one tag, whose install script would leave a trace. */
function repository(): { url: string; commit: string; trace: string } {
  const folder = temporaryDirectory();
  const trace = join(folder, "ran");
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();
  git("init", "--quiet");
  const scripts = { prepare: `touch ${trace}`, postinstall: `touch ${trace}` };
  const manifest = { name: "gitty", version: "1.2.3", dependencies: { b: "1" }, scripts };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  git("add", ".");
  git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", "first");
  git("tag", "v1.2.3");
  return { url: `git+file://${folder}`, commit: git("rev-parse", "HEAD"), trace };
}

function tarball(): Buffer {
  const manifest = JSON.stringify({ name: "packed", version: "2.0.0", dependencies: { b: "1" } });
  return gzipSync(writeTar([{ path: "package/package.json", body: Buffer.from(manifest) }]));
}

const hasGit = spawnSync("git", ["--version"]).status === 0;
if (!hasGit) console.warn("skipped: git cannot be started");

describe("packages outside the registry", () => {
  it.runIf(hasGit && hasNpm())(
    "come from git, pinned to a commit, with no script run",
    { timeout: 60_000 },
    async () => {
      const { url, commit, trace } = repository();
      for (const spec of [url, `${url}#v1.2.3`, `${url}#semver:^1.0.0`, `${url}#${commit}`]) {
        const directory = temporaryDirectory();
        const result = await resolveOnDisk(directory, { dependencies: { gitty: spec } });
        expect(summary(result)).toBe("b@1.0.0 gitty@1.2.3");
        expect(entryOf(directory, "node_modules/gitty")).toMatchObject({
          version: "1.2.3",
          resolved: `${url}#${commit}`,
        });
        const accepted = await runNpm(directory, deadRegistry, ["ci", "--dry-run", "--ignore-scripts"]);
        expect(accepted).toMatchObject({ status: 0 });
      }
      expect(existsSync(trace)).toBe(false);
    },
  );

  it.runIf(hasNpm())("come from tarballs in the project, pinned by integrity", { timeout: 60_000 }, async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "vendor"));
    writeFileSync(join(directory, "vendor/packed.tgz"), tarball());
    const result = await resolveOnDisk(directory, { dependencies: { packed: "file:vendor/packed.tgz" } });
    expect(summary(result)).toBe("b@1.0.0 packed@2.0.0");
    const entry = {
      version: "2.0.0",
      resolved: "file:vendor/packed.tgz",
      integrity: expect.stringMatching(/^sha512-/) as string,
    };
    expect(entryOf(directory, "node_modules/packed")).toMatchObject(entry);
    const before = readFileSync(join(directory, "package-lock.json"), "utf8");
    const installed = await runNpm(directory, deadRegistry, ["install", "--package-lock-only", "--ignore-scripts"]);
    expect(installed).toMatchObject({ status: 0 });
    expect(readFileSync(join(directory, "package-lock.json"), "utf8")).toBe(before);
  });

  it("come from URLs, pinned by integrity", async () => {
    const server = createServer((_, response) => response.end(tarball()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/packed.tgz`;
    const directory = temporaryDirectory();
    expect(summary(await resolveOnDisk(directory, { dependencies: { packed: url } }))).toBe("b@1.0.0 packed@2.0.0");
    const entry = { resolved: url, integrity: expect.stringMatching(/^sha512-/) as string };
    expect(entryOf(directory, "node_modules/packed")).toMatchObject(entry);
  });

  it("are refused where a package from the registry asks for them", async () => {
    const result = await resolveOnDisk(temporaryDirectory(), { dependencies: { sly: "1" } });
    expect(result.kind).toBe("unsatisfiable");
  });
});
