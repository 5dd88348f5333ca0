import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { makeRepository } from "../helpers/git-repository.ts";
import { startRegistryServer, type RegistryServer } from "../helpers/registry-server.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { enki, ensureBuilt, type CommandResult } from "./built-cli.ts";

beforeAll(() => ensureBuilt());

/** A package of an npm registry whose answers expire after `maxAge` seconds. */
function publish(
  server: RegistryServer,
  name: string,
  versions: Readonly<Record<string, object>>,
  maxAge: number,
): void {
  const documents = Object.entries(versions).map(([version, fields]) => [
    version,
    {
      name,
      version,
      dist: { tarball: `${server.url}/${name}/-/${name}-${version}.tgz`, shasum: "0".repeat(40) },
      ...fields,
    },
  ]);
  const latest = Object.keys(versions).at(-1);
  const body = JSON.stringify({ name, "dist-tags": { latest }, versions: Object.fromEntries(documents) });
  server.serve(`/${name}`, { body, headers: { "cache-control": `max-age=${maxAge}` } });
}

interface Project {
  readonly server: RegistryServer;
  readonly directory: string;
  run(...arguments_: readonly string[]): Promise<CommandResult>;
  runWith(environment: Readonly<Record<string, string>>, ...arguments_: readonly string[]): Promise<CommandResult>;
  /** Runs `resolve` with nothing to say but that nothing changed, and tells whether the registry was asked. */
  hasAsked(...flags: readonly string[]): Promise<boolean>;
}

/** A project that was resolved once, from a registry whose answers expire after `maxAge` seconds. */
async function resolvedProject(maxAge = 0): Promise<Project> {
  const server = await startRegistryServer();
  publish(server, "a", { "1.0.0": { dependencies: { b: "^1.0.0" } } }, maxAge);
  publish(server, "b", { "1.0.0": {}, "1.1.0": { deprecated: "use c" } }, maxAge);
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "package.json"), '{ "name": "p", "version": "1.0.0", "dependencies": { "a": "1" } }\n');
  const registry = ["--registry", `npm=${server.url}/`];
  const runWith: Project["runWith"] = (environment, command = "", ...rest) =>
    enki([command, ...registry, ...rest], { directory, environment });
  const run: Project["run"] = (...arguments_) => runWith({}, ...arguments_);
  expect((await run("resolve")).status).toBe(0);
  const hasAsked: Project["hasAsked"] = async (...flags) => {
    const before = server.asked.length;
    const { status, stderr } = await run("resolve", ...flags);
    expect([status, stderr]).toEqual([0, expect.stringContaining("nothing changed")]);
    return server.asked.length > before;
  };
  return { server, directory, run, runWith, hasAsked };
}

describe("an answer stands", { timeout: 120_000 }, () => {
  it("while nothing has changed: nobody is asked, though every answer has expired", async () => {
    const project = await resolvedProject();
    expect(await project.hasAsked()).toBe(false);
    expect((await project.run("resolve", "--verbose")).stderr).toContain("--refresh asks the registries again");
    expect((await project.run("resolve", "--locked")).stderr).toContain("Resolved");
    expect(await project.hasAsked("--dry-run")).toBe(false);
    const dependencies = { b: "^1.0.0" };
    publish(project.server, "a", { "1.0.0": { dependencies }, "1.2.0": { dependencies } }, 0);
    expect(await project.hasAsked()).toBe(false);
    expect(await project.hasAsked("--refresh")).toBe(true);
    expect(await project.hasAsked("--no-cache")).toBe(true);
    expect((await project.run("update")).stderr).toContain("1.2.0");
    expect(await project.hasAsked()).toBe(false);
    expect((await project.run("resolve", "--offline")).status).toBe(0);
  });

  it("and is reported as it was: the same JSON, the same warnings", async () => {
    const project = await resolvedProject();
    const solved = await project.run("resolve", "--refresh", "--json");
    const again = await project.run("resolve", "--json");
    expect(again).toEqual(solved);
    expect(JSON.parse(again.stdout)).toMatchObject({ status: "resolved", changes: [], written: [] });
  });

  it("when a file was only touched, and when the packages were installed", async () => {
    const project = await resolvedProject();
    mkdirSync(join(project.directory, "node_modules", "a"), { recursive: true });
    const manifest = join(project.directory, "package.json");
    writeFileSync(manifest, readFileSync(manifest));
    utimesSync(manifest, 1, 1);
    expect(await project.hasAsked()).toBe(false);
  });

  it("after `enki add`, which knows what it has written", async () => {
    const project = await resolvedProject();
    expect((await project.run("add", "npm:b")).status).toBe(0);
    expect(readFileSync(join(project.directory, "package.json"), "utf8")).toContain('"b"');
    expect(await project.hasAsked()).toBe(false);
  });
});

/** What a resolution leaves in a project. */
const outputs = ["enki.lock", "package-lock.json"];

function removeOutputs(directory: string): void {
  for (const name of outputs) rmSync(join(directory, name));
}

describe("an answer is recalled", { timeout: 120_000 }, () => {
  it("where its files are wanting and what the registry said still counts", async () => {
    const project = await resolvedProject(300);
    const written = outputs.map((name) => readFileSync(join(project.directory, name), "utf8"));
    removeOutputs(project.directory);
    const before = project.server.asked.length;
    publish(project.server, "b", { "1.0.0": {}, "1.2.0": {} }, 300);
    const { status, stderr, stdout } = await project.run("resolve", "--json");
    expect([status, stderr]).toEqual([0, expect.stringContaining("wrote package-lock.json")]);
    expect(JSON.parse(stdout)).toMatchObject({ status: "resolved", written: outputs });
    expect(outputs.map((name) => readFileSync(join(project.directory, name), "utf8"))).toEqual(written);
    expect(project.server.asked.length).toBe(before);
    // It stands as if it had been found.
    expect(await project.hasAsked()).toBe(false);
  });

  const occasions: Readonly<Record<string, (project: Project) => unknown>> = {
    "another requirement": ({ directory }) =>
      writeFileSync(
        join(directory, "package.json"),
        '{ "name": "p", "version": "1.0.0", "dependencies": { "a": "1", "b": "1.0" } }\n',
      ),
    "files of other tools": ({ directory }) =>
      writeFileSync(
        join(directory, "package-lock.json"),
        '{ "name": "p", "lockfileVersion": 3, "packages": { "": {}, "node_modules/b": { "version": "1.0.0" } } }\n',
      ),
    "damage in the cache": ({ directory }) => {
      const folder = join(directory, ".cache", "answers-v1");
      const name = readdirSync(folder).find((file) => file.endsWith(".files")) ?? "";
      const file = join(folder, name);
      writeFileSync(file, readFileSync(file, "utf8").replace("lockfileVersion", "lockFileVersion"));
    },
    "a question to the registry": (project) => project.run("resolve", "--refresh", "--dry-run"),
  };

  it.each(Object.entries(occasions))("but not after %s", async (_, change) => {
    const project = await resolvedProject(300);
    publish(project.server, "b", { "1.0.0": {}, "1.0.9": {}, "1.2.0": {} }, 300);
    removeOutputs(project.directory);
    await change(project);
    const { stderr } = await project.run("resolve", "--verbose");
    expect(stderr).toContain("Resolved");
    expect(stderr).not.toContain("everything that this answer was made from is as it was");
  });

  it("but not when what the registry said has expired", async () => {
    const project = await resolvedProject(0);
    removeOutputs(project.directory);
    const before = project.server.asked.length;
    expect((await project.run("resolve")).status).toBe(0);
    expect(project.server.asked.length).toBeGreaterThan(before);
  });

  it("but not where git was asked, whose branches move", async () => {
    const directory = temporaryDirectory();
    const { url } = makeRepository({
      "Cargo.toml": '[package]\nname = "tool"\nversion = "1.0.0"\n[lib]\n',
      "src/lib.rs": "",
    });
    writeFileSync(
      join(directory, "Cargo.toml"),
      `[package]\nname = "p"\nversion = "1.0.0"\n[dependencies]\ntool = { git = "${url}" }\n`,
    );
    mkdirSync(join(directory, "src"));
    writeFileSync(join(directory, "src", "lib.rs"), "");
    const resolve = () => enki(["resolve", "Cargo.toml", "--verbose"], { directory });
    expect((await resolve()).status).toBe(0);
    rmSync(join(directory, "enki.lock"));
    rmSync(join(directory, "Cargo.lock"));
    const { status, stderr } = await resolve();
    expect([status, stderr]).toEqual([0, expect.not.stringContaining("everything that this answer was made from")]);
  });
});

describe("an answer falls", { timeout: 120_000 }, () => {
  const changes: Readonly<Record<string, (project: Project) => void>> = {
    "the manifest": ({ directory }) =>
      writeFileSync(
        join(directory, "package.json"),
        '{ "name": "p", "version": "1.0.0", "dependencies": { "a": "^1" } }\n',
      ),
    "the lock": ({ directory }) =>
      writeFileSync(join(directory, "enki.lock"), readFileSync(join(directory, "enki.lock"), "utf8").trimEnd()),
    "a native lock": ({ directory }) => writeFileSync(join(directory, "package-lock.json"), "{}"),
    "a native lock that is gone": ({ directory }) => rmSync(join(directory, "package-lock.json")),
    "a new manifest": ({ directory }) => {
      mkdirSync(join(directory, "more"));
      writeFileSync(join(directory, "more", "package.json"), '{ "name": "q", "version": "1.0.0" }\n');
    },
    "a new enki.toml": ({ directory }) => writeFileSync(join(directory, "enki.toml"), '[npm]\npeers = "strict"\n'),
    "npm's configuration": ({ directory }) => writeFileSync(join(directory, ".npmrc"), "strict-peer-deps=true\n"),
    "what the cache knows": ({ directory }) => {
      const folder = join(directory, ".cache", "answers-v1");
      for (const name of readdirSync(folder)) {
        const file = join(folder, name);
        writeFileSync(file, readFileSync(file, "utf8").replace("inputs", "Inputs"));
      }
    },
  };

  it.each(Object.entries(changes))("with %s", async (_, change) => {
    const project = await resolvedProject();
    const before = project.server.asked.length;
    change(project);
    expect((await project.run("resolve")).status).toBe(0);
    expect(project.server.asked.length).toBeGreaterThan(before);
  });

  it("with flags, settings and variables", async () => {
    const project = await resolvedProject();
    for (const [environment, ...flags] of [
      [{}, "--peers", "strict"],
      [{}, "--node", ">=20"],
      [{}, "--system", "aarch64-linux"],
      [{ ENKI_PEERS: "legacy" }],
      [{ npm_config_strict_peer_deps: "true" }],
    ] as const) {
      const before = project.server.asked.length;
      expect((await project.runWith(environment, "resolve", "--dry-run", ...flags)).status).toBe(0);
      expect({ environment, flags, hasAsked: project.server.asked.length > before }).toMatchObject({ hasAsked: true });
    }
    expect((await project.runWith({ SHLVL: "9", OLDPWD: "/" }, "resolve", "--offline")).status).toBe(0);
  });
});
