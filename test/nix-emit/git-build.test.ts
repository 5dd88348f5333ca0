import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cargo } from "../../src/ecosystems/cargo/index.ts";
import { nix } from "../../src/ecosystems/nix/index.ts";
import { npm } from "../../src/ecosystems/npm/index.ts";
import { pypi } from "../../src/ecosystems/pypi/index.ts";
import type { GitClient } from "../../src/net/git/git-client.ts";
import { createGitClient } from "../../src/net/git/git-repositories.ts";
import { nodeFileSystem } from "../../src/net/node-file-system.ts";
import { resolveService } from "../../src/resolve.ts";
import { memoryFiles } from "../ecosystems/cargo/helpers/index-builder.ts";
import { git, makeRepository, type MadeRepository } from "../helpers/git-repository.ts";
import { makeStore, nixIsMissing, type NixStore } from "../helpers/nix-instantiate.ts";
import { resolveRequest } from "../helpers/resolve-request.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { build, emitProject, projectExpression, type EmittedProject } from "./emitted-project.ts";
import { findHostPrograms } from "./host-programs.ts";

const host = findHostPrograms();

/** A workspace in a repository: a crate that inherits its version, and one beside it that it takes by its path. */
const repository = {
  "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "0.4.99"\nedition = "2021"\n',
  "crates/greeting/Cargo.toml":
    '[package]\nname = "greeting"\nversion.workspace = true\nedition.workspace = true\n[dependencies]\nwords = { path = "../words" }\n',
  "crates/greeting/src/lib.rs": 'pub fn greeting() -> String { format!("hello from {}", words::WORDS) }\n',
  "crates/words/Cargo.toml": '[package]\nname = "words"\nversion = "2.0.0"\nedition = "2021"\n',
  "crates/words/src/lib.rs": 'pub const WORDS: &str = "a checkout";\n',
};

/** A client for which the repository is on a forge. */
function gitClientFor({ url }: MadeRepository, address: string): GitClient {
  vi.stubEnv("GIT_CONFIG_COUNT", "1");
  vi.stubEnv("GIT_CONFIG_KEY_0", `url.${url}.insteadOf`);
  vi.stubEnv("GIT_CONFIG_VALUE_0", address);
  return createGitClient({ cacheDirectory: temporaryDirectory(), isOffline: false, environmentVariables: process.env });
}

/** A store whose builds run in the real sandbox, with what the fetches of checkouts would bring. */
function storeWithCheckouts(project: EmittedProject, { work, url, commit }: MadeRepository): NixStore {
  const store = makeStore([
    "sandbox = true",
    "sandbox-fallback = false",
    `sandbox-paths = ${host.sandboxPaths.join(" ")}`,
  ]);
  const plan = JSON.parse(readFileSync(join(project.directory, "nix/enki/plan.json"), "utf8")) as {
    readonly sources: Readonly<Record<string, { readonly name: string; readonly revision?: string }>>;
  };
  expect(Object.keys(plan.sources)).not.toEqual([]);
  for (const { name, revision } of Object.values(plan.sources)) {
    expect(revision).toBe(commit);
    const checkout = join(temporaryDirectory(), name);
    git(work, "clone", "-q", url, checkout);
    git(checkout, "checkout", "-q", commit);
    rmSync(join(checkout, ".git"), { recursive: true });
    // A build finds it only if its hash is the one in the lock.
    execFileSync("nix-store", ["--add-fixed", "--recursive", "sha256", checkout], { env: store.environment });
  }
  return store;
}

afterEach(() => void vi.unstubAllEnvs());

describe.skipIf(nixIsMissing || host.missing.length > 0)("what comes from a git repository", () => {
  it("crates are fetched by commit and tree hash, and build offline in the sandbox", { timeout: 120_000 }, async () => {
    const made = makeRepository(repository);
    const address = "https://git.example/greeting.git";
    const manifest = `[package]\nname = "search"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\ngreeting = { git = "${address}", branch = "feat/x" }\n`;
    const files = memoryFiles([], { "search/Cargo.toml": manifest });
    const where = { projectDirectory: "/project", files };
    const reading = cargo.readManifest("search/Cargo.toml", new TextEncoder().encode(manifest), where);
    const result = await resolveService(
      resolveRequest([cargo, nix], reading.manifest === undefined ? [] : [reading.manifest], {
        ...where,
        registries: new Map([["cargo", [{ kind: "path", path: "/registry" }]]]),
        git: gitClientFor(made, address),
        isOffline: false,
      }),
    );
    if (result.kind !== "resolved") throw new Error(result.kind);
    expect(result.resolution.packages.find(({ name }) => name === "words")?.artifacts).toEqual([
      { kind: "git", url: `git+${address}#${made.commit}`, integrity: expect.stringMatching(/^sha256-/) as string },
    ]);
    const project = emitProject(result.resolution, {
      "search/Cargo.toml": manifest,
      "search/Cargo.lock": result.locks[0]?.content ?? "",
      "search/src/main.rs": 'fn main() { println!("{}", greeting::greeting()); }\n',
    });
    const store = storeWithCheckouts(project, made);
    const [search = ""] = build(
      store,
      `(${projectExpression(project, { programs: host.expression, release: "25.05" })}).projects.search`,
    );
    expect(execFileSync(join(search, "bin/search"), { encoding: "utf8" })).toBe("hello from a checkout\n");
  });

  it("npm packages lie in the tree as they are", { timeout: 120_000 }, async () => {
    const made = makeRepository({
      "package.json": JSON.stringify({ name: "gitty", version: "1.2.3", main: "lib/index.js", bin: "cli.js" }),
      "lib/index.js": 'module.exports = "hello from a checkout"\n',
      "cli.js": '#!/usr/bin/env node\nconsole.log(require("./lib/index.js"))\n',
    });
    const address = "https://git.example/gitty.git";
    const client = gitClientFor(made, address);
    const directory = temporaryDirectory();
    const manifest = JSON.stringify({
      name: "web",
      version: "1.0.0",
      dependencies: { gitty: `git+${address}#v1` },
    });
    mkdirSync(join(directory, "web"));
    writeFileSync(join(directory, "web/package.json"), manifest);
    const where = { projectDirectory: directory, files: nodeFileSystem };
    const reading = npm.readManifest("web/package.json", Buffer.from(manifest), where);
    const result = await resolveService(
      resolveRequest([npm, nix], reading.manifest === undefined ? [] : [reading.manifest], {
        ...where,
        registries: new Map([["npm", [{ kind: "path", path: "web" }]]]),
        git: client,
        isOffline: false,
      }),
    );
    if (result.kind !== "resolved") throw new Error(result.kind);
    // npm's own lock knows no hash of a checkout.
    expect(result.locks[0]?.content).toContain(`"git+${address}#${made.commit}"`);
    expect(result.locks[0]?.content).not.toContain("integrity");
    const project = emitProject(result.resolution, {
      "web/package.json": manifest,
      "web/main.js": 'console.log(require("gitty"))\n',
    });
    const store = storeWithCheckouts(project, made);
    const [web = ""] = build(
      store,
      `(${projectExpression(project, { programs: host.expression, release: "25.05" })}).projects.web`,
    );
    expect(execFileSync(process.execPath, [join(web, "lib/app/main.js")], { encoding: "utf8" })).toBe(
      "hello from a checkout\n",
    );
    expect(execFileSync(join(web, "bin/gitty"), { encoding: "utf8" })).toBe("hello from a checkout\n");
  });

  it("Python projects are built from a folder of the repository", { timeout: 120_000 }, async () => {
    const made = makeRepository({
      "README.md": "not here\n",
      "py/pyproject.toml":
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "tool"\nversion = "0.4"\n',
      "py/tool.py": 'print("hello from a checkout")\n',
      "py/backend.py": `
import os, zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "tool-0.4-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for path, text in (("tool.py", open("tool.py").read()), ("tool-0.4.dist-info/METADATA", "Name: tool\\n")):
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), text)
    return name
`,
    });
    const address = "https://git.example/tool.git";
    const client = gitClientFor(made, address);
    const manifest = `tool @ git+${address}@feat/x#subdirectory=py\n`;
    const files = memoryFiles([], { "bot/requirements.txt": manifest });
    const where = { projectDirectory: "/project", files };
    const reading = pypi.readManifest("bot/requirements.txt", new TextEncoder().encode(manifest), where);
    const request = resolveRequest([pypi, nix], reading.manifest === undefined ? [] : [reading.manifest], {
      ...where,
      git: client,
      isOffline: false,
    });
    const result = await resolveService(request);
    if (result.kind !== "resolved") throw new Error(result.kind);
    expect(result.violations).toEqual([]);
    const textOf = (file: string): string => result.locks.find(({ path }) => path === file)?.content ?? "";
    expect(textOf("bot/requirements.lock.txt")).toContain(`tool @ git+${address}@${made.commit}#subdirectory=py`);
    expect(textOf("bot/pylock.toml")).toContain(
      `vcs = { type = "git", url = "${address}", requested-revision = "feat/x", commit-id = "${made.commit}", subdirectory = "py" }`,
    );
    // The branch moves on; the lock does not.
    git(made.work, "commit", "-q", "--allow-empty", "-m", "second");
    git(made.work, "push", "-q", made.bare, "HEAD:feat/x");
    const again = await resolveService({ ...request, git: gitClientFor(made, address), previous: result.resolution });
    expect(again).toMatchObject({ locks: result.locks });
    const project = emitProject(result.resolution, { "bot/requirements.txt": manifest });
    const store = storeWithCheckouts(project, made);
    const [bot = ""] = build(
      store,
      `(${projectExpression(project, { programs: host.expression, release: "25.05" })}).projects.bot`,
    );
    expect(execFileSync(join(bot, "bin/python3"), ["-m", "tool"], { encoding: "utf8" })).toBe(
      "hello from a checkout\n",
    );
  });
});
