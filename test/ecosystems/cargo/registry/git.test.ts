import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { GitClient } from "../../../../src/net/git/git-client.ts";
import { createGitClient } from "../../../../src/net/git/git-repositories.ts";
import { git, makeRepository } from "../../../helpers/git-repository.ts";
import { temporaryDirectory } from "../../../helpers/temporary-directory.ts";
import { memoryFiles, release, writeIndex } from "../helpers/index-builder.ts";
import { hasCargo, localRegistryConfiguration } from "../helpers/real-cargo.ts";
import { resolveCargo } from "../helpers/resolve-cargo.ts";

const releases = [release("log 0.4.20"), release("cc 1.0.0"), release("user 1.0.0", ["log ^0.4"])];

/** A workspace whose crates inherit from it and depend on each other. */
const workspace = {
  "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "0.4.99"\n',
  "crates/log/Cargo.toml":
    '[package]\nname = "log"\nversion.workspace = true\nedition = "2021"\n[dependencies]\nlog-core = { path = "../core" }\n[dev-dependencies]\ncc = "1"\n',
  "crates/core/Cargo.toml":
    '[package]\nname = "log-core"\nversion = "2.0.0"\nedition = "2021"\n[build-dependencies]\ncc = "1"\n',
  "crates/log/src/lib.rs": "",
  "crates/core/src/lib.rs": "",
};

function manifest(rest: string): string {
  return `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n${rest}`;
}

describe("git repositories", () => {
  it.each([
    ["the default branch", ""],
    ["a branch with a slash", ', branch = "feat/x"'],
    ["an annotated tag", ', tag = "v1"'],
    ["a commit", ', rev = "COMMIT"'],
    ["a version besides", ', version = "0.4"'],
  ])("%s gives the lock that the real cargo writes", async (_name, reference) => {
    const { url, commit } = makeRepository(workspace);
    const text = manifest(`[dependencies]\nlog = { git = "${url}"${reference.replace("COMMIT", commit)} }\n`);
    const lock = await lockOf(text);
    expect(lock).toContain(`#${commit}"`);
    expect(lock).toBe(hasCargo() ? await lockOfCargo(text) : lock);
  });

  it("can stand in for published crates", async () => {
    const { url } = makeRepository(workspace);
    const text = manifest(`[dependencies]\nuser = "1"\nlog = "0.4"\n[patch.crates-io]\nlog = { git = "${url}" }\n`);
    const lock = await lockOf(text);
    expect(lock).toContain('version = "0.4.99"');
    expect(lock).toBe(hasCargo() ? await lockOfCargo(text) : lock);
  });

  it("keeps the commit of the lock when the branch has moved on, even offline", async () => {
    const { url, work, commit } = makeRepository(workspace);
    const text = manifest(`[dependencies]\nlog = { git = "${url}" }\n`);
    const options = {
      projectDirectory: "/project",
      registries: [{ kind: "path" as const, path: "/registry" }],
      files: memoryFiles(releases, { "Cargo.toml": text }),
    };
    const cacheDirectory = temporaryDirectory();
    const first = await resolveCargo({ ...options, request: { git: gitClient(cacheDirectory), isOffline: false } });
    if (first.kind !== "resolved") throw new Error(first.kind);
    expect(first.resolution.packages.find(({ name }) => name === "log")).toMatchObject({
      artifacts: [{ kind: "git", url: `git+${url}#${commit}`, integrity: expect.stringMatching(/^sha256-/) as string }],
      details: { commit, directory: "crates/log" },
    });
    git(work, "commit", "-q", "--allow-empty", "-m", "second");
    git(work, "push", "-q", url, "main");
    const next = git(work, "rev-parse", "HEAD");
    const previous = first.resolution;
    const kept = await resolveCargo({ ...options, request: { git: gitClient(cacheDirectory, true), previous } });
    expect(kept).toMatchObject({ locks: first.locks });
    const moved = await resolveCargo({ ...options, request: { git: gitClient(cacheDirectory), isOffline: false } });
    expect(moved).toMatchObject({ locks: [{ content: first.locks[0]?.content.replaceAll(commit, next) }] });
    await expect(resolveCargo({ ...options, request: { git: gitClient(cacheDirectory, true) } })).rejects.toMatchObject(
      {
        code: "offline",
      },
    );
  });

  it("says what is wrong with a reference or a server", async () => {
    const { url } = makeRepository(workspace);
    await expect(wrong(`git = "${url}", tag = "v9"`)).rejects.toMatchObject({ code: "not-found" });
    await expect(wrong(`git = "${url}.gone"`)).rejects.toMatchObject({ code: "not-found" });
    await expect(wrong('git = "ext::sh -c true"')).rejects.toMatchObject({ code: "unsupported" });
  });
});

function gitClient(cacheDirectory: string, isOffline = false): GitClient {
  return createGitClient({ cacheDirectory, isOffline, environmentVariables: process.env });
}

function wrong(entry: string): Promise<string> {
  return lockOf(manifest(`[dependencies]\nlog = { ${entry} }\n`));
}

async function lockOf(text: string): Promise<string> {
  const result = await resolveCargo({
    projectDirectory: "/project",
    registries: [{ kind: "path", path: "/registry" }],
    files: memoryFiles(releases, { "Cargo.toml": text }),
    request: { git: gitClient(temporaryDirectory()), isOffline: false },
  });
  if (result.kind !== "resolved") throw new Error(result.kind);
  expect(result.violations).toEqual([]);
  return result.locks[0]?.content ?? "";
}

/** What the real cargo writes; it runs beside this process, which serves the repository. */
async function lockOfCargo(text: string): Promise<string> {
  const directory = temporaryDirectory();
  for (const name of ["src", ".cargo", "home", "registry/index"]) mkdirSync(join(directory, name), { recursive: true });
  writeIndex(join(directory, "registry"), releases);
  writeFileSync(join(directory, "src/lib.rs"), "");
  writeFileSync(join(directory, "Cargo.toml"), text);
  writeFileSync(join(directory, ".cargo/config.toml"), localRegistryConfiguration(join(directory, "registry")));
  const child = spawn("cargo", ["generate-lockfile"], {
    cwd: directory,
    env: {
      ...process.env,
      CARGO_HOME: join(directory, "home"),
      CARGO_NET_RETRY: "0",
      CARGO_NET_GIT_FETCH_WITH_CLI: "true",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(stderr);
  return readFileSync(join(directory, "Cargo.lock"), "utf8");
}
