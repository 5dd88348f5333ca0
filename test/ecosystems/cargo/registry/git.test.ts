import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { createHttpClient } from "../../../../src/net/client.ts";
import type { RegistryServer } from "../../../helpers/registry-server.ts";
import { filesOf, startRegistryServer } from "../../../helpers/registry-server.ts";
import { temporaryDirectory } from "../../../helpers/temporary-directory.ts";
import { memoryFiles, release, writeIndex } from "../helpers/index-builder.ts";
import { hasCargo, localRegistryConfiguration } from "../helpers/real-cargo.ts";
import { resolveCargo } from "../helpers/resolve-cargo.ts";

const releases = [release("log 0.4.20"), release("cc 1.0.0"), release("user 1.0.0", ["log ^0.4"])];

function git(directory: string, ...args: readonly string[]): string {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main"];
  const env = { ...process.env, GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z", GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z" };
  return execFileSync("git", [...identity, ...args], { cwd: directory, env, encoding: "utf8" }).trim();
}

/** A repository with a workspace, served as a forge does: refs and objects over HTTP, and archives of commits. */
async function serveRepository(): Promise<{ readonly server: RegistryServer; readonly commit: string }> {
  const directory = temporaryDirectory();
  const files = {
    "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "0.4.99"\n',
    "crates/log/Cargo.toml":
      '[package]\nname = "log"\nversion.workspace = true\nedition = "2021"\n[dependencies]\nlog-core = { path = "../core" }\n[dev-dependencies]\ncc = "1"\n',
    "crates/core/Cargo.toml":
      '[package]\nname = "log-core"\nversion = "2.0.0"\nedition = "2021"\n[build-dependencies]\ncc = "1"\n',
    "crates/log/src/lib.rs": "",
    "crates/core/src/lib.rs": "",
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(directory, "work", dirname(path)), { recursive: true });
    writeFileSync(join(directory, "work", path), content);
  }
  git(join(directory, "work"), "init", "-q");
  git(join(directory, "work"), "add", ".");
  git(join(directory, "work"), "commit", "-q", "-m", "first");
  git(join(directory, "work"), "branch", "feat/x");
  git(join(directory, "work"), "tag", "-a", "v1", "-m", "v1");
  const commit = git(join(directory, "work"), "rev-parse", "HEAD");
  git(directory, "clone", "-q", "--bare", "work", "log.git");
  git(join(directory, "log.git"), "update-server-info");
  const archive = join(directory, "archive.tar.gz");
  git(join(directory, "work"), "archive", "--format=tar.gz", `--prefix=log-${commit}/`, "-o", archive, commit);
  const server = await startRegistryServer();
  server.serveFrom(filesOf(directory, (path) => (path.startsWith("/log.git/") ? path.slice(1) : undefined)));
  server.serve(`/log/archive/${commit}.tar.gz`, { body: readFileSync(archive) });
  return { server, commit };
}

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
    const { server, commit } = await serveRepository();
    const text = manifest(
      `[dependencies]\nlog = { git = "${server.url}/log.git"${reference.replace("COMMIT", commit)} }\n`,
    );
    const lock = await lockOf(text);
    expect(lock).toContain(`#${commit}"`);
    expect(lock).toBe(hasCargo() ? await lockOfCargo(text) : lock);
  });

  it("can stand in for published crates", async () => {
    const { server } = await serveRepository();
    const text = manifest(
      `[dependencies]\nuser = "1"\nlog = "0.4"\n[patch.crates-io]\nlog = { git = "${server.url}/log.git" }\n`,
    );
    const lock = await lockOf(text);
    expect(lock).toContain('version = "0.4.99"');
    expect(lock).toBe(hasCargo() ? await lockOfCargo(text) : lock);
  });

  it("keeps the commit of the lock, without asking where the branch is now", async () => {
    const { server, commit } = await serveRepository();
    const text = manifest(`[dependencies]\nlog = { git = "${server.url}/log.git" }\n`);
    const http = createHttpClient({ cacheDirectory: temporaryDirectory() });
    const options = {
      projectDirectory: "/project",
      registries: [{ kind: "path" as const, path: "/registry" }],
      files: memoryFiles(releases, { "Cargo.toml": text }),
    };
    const first = await resolveCargo({ ...options, request: { http, isOffline: false } });
    if (first.kind !== "resolved") throw new Error(first.kind);
    expect(first.resolution.packages.find(({ name }) => name === "log")).toMatchObject({
      artifacts: [{ kind: "source", url: `${server.url}/log/archive/${commit}.tar.gz` }],
      details: { commit, directory: "crates/log" },
    });
    server.serve("/log.git/info/refs", `${"0".repeat(40)}\trefs/heads/main\n`);
    const fresh = createHttpClient({ cacheDirectory: temporaryDirectory() });
    const again = await resolveCargo({
      ...options,
      request: { http: fresh, isOffline: false, previous: first.resolution },
    });
    expect(again).toMatchObject({ locks: first.locks });
    expect(server.asked.filter((path) => path.includes("info/refs"))).toHaveLength(1);
    expect(server.asked.at(-1)).toBe(`/log/archive/${commit}.tar.gz`);
  });

  it("says what is wrong with a reference or a server", async () => {
    const { server } = await serveRepository();
    await expect(wrong(`git = "${server.url}/log.git", tag = "v9"`)).rejects.toMatchObject({ code: "not-found" });
    await expect(wrong(`git = "${server.url}/gone.git"`)).rejects.toMatchObject({ code: "not-found" });
    await expect(wrong('git = "ssh://git@git.example/log.git"')).rejects.toMatchObject({ code: "unsupported" });
  });
});

function wrong(entry: string): Promise<string> {
  return lockOf(manifest(`[dependencies]\nlog = { ${entry} }\n`));
}

async function lockOf(text: string): Promise<string> {
  const result = await resolveCargo({
    projectDirectory: "/project",
    registries: [{ kind: "path", path: "/registry" }],
    files: memoryFiles(releases, { "Cargo.toml": text }),
    request: { http: createHttpClient({ cacheDirectory: temporaryDirectory() }), isOffline: false },
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
