import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startRegistryServer } from "../helpers/registry-server.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import type { CommandResult } from "./built-cli.ts";
import { enki, readText } from "./built-cli.ts";
import { enkiInProcess } from "./in-process.ts";

/** Writes, when the command ends, which files were compiled, from stored code or not, and which of Node's modules were loaded. */
const recorder = `
const { writeFileSync } = require("node:fs");
const vm = require("node:vm");
const { Script } = vm;
const before = new Set(process.moduleLoadList);
const scripts = [];
vm.Script = class extends Script {
  constructor(source, options) {
    super(source, options);
    scripts.push({ file: options.filename, isStored: this.cachedDataRejected === false });
  }
};
process.on("exit", () => {
  const builtins = process.moduleLoadList.filter((name) => !before.has(name));
  const packages = Object.keys(require.cache);
  writeFileSync(process.env.RECORD, JSON.stringify({ scripts, builtins, packages }));
});
`;

interface Recording {
  readonly scripts: readonly { readonly file: string; readonly isStored: boolean }[];
  readonly builtins: readonly string[];
  readonly packages: readonly string[];
}

interface Loaded extends Recording {
  readonly result: CommandResult;
  /** The modules of Enki and of third parties. */
  readonly modules: readonly string[];
}

/** The modules that a chunk is made of: each is named before its code. */
function modulesOf(file: string): readonly string[] {
  return [
    ...readFileSync(file, "utf8").matchAll(/^ *\/\/! (?:\.\.\/)*((?:[\w.-]+\/)*(?:src|node_modules)\/\S+\.\w+)$/gm),
  ].map(([, path]) => path ?? "");
}

/** What a command line loads. */
async function loadedBy(
  arguments_: readonly string[],
  directory = temporaryDirectory(),
  environment: Readonly<Record<string, string>> = {},
): Promise<Loaded> {
  const own = temporaryDirectory();
  const hook = join(own, "recorder.cjs");
  const record = join(own, "record.json");
  writeFileSync(hook, recorder);
  const result = await enki(arguments_, {
    directory,
    environment: { RECORD: record, ...environment },
    nodeArguments: ["--require", hook],
  });
  const recording = JSON.parse(readText(record)) as Recording;
  return { result, ...recording, modules: recording.scripts.flatMap(({ file }) => modulesOf(file)) };
}

/** Hiding secrets in messages is a small file of `net` without imports; it may be there from the start. */
const heavy =
  /node_modules\/(?:undici|pacote|@npmcli|@iarna|jsonc-parser|semver|lru-cache|@viz-js)\/|src\/(?:ecosystems|net(?!\/redact\.ts)|formats|solver|resolve|nix-emit)\//;

/** Modules of Node that take a millisecond each, and that help does not need. */
const heavyBuiltins =
  /^NativeModule (?:child_process|crypto|tls|worker_threads|perf_hooks|fs\/promises|internal\/modules\/esm\/translators)$/;

test.each([[["--help"]], [["resolve", "--help"]], [["--version"]], [["reslove"]]])(
  "enki %j loads neither registries nor parsers",
  async (arguments_) => {
    const { modules, builtins } = await loadedBy(arguments_);
    expect(modules.filter((path) => heavy.test(path))).toEqual([]);
    expect(builtins.filter((name) => heavyBuiltins.test(name))).toEqual([]);
    expect(modules).toContain("src/cli/main.ts");
    expect(modules.some((path) => path.includes("node_modules/commander/"))).toBe(true);
  },
);

test("the recorder sees what commands load", async () => {
  const { modules, builtins, result } = await loadedBy(["resolve"]);
  expect(result.status).toBe(2);
  expect(modules.some((path) => path.includes("node_modules/@iarna/toml/"))).toBe(true);
  expect(builtins).toContain("NativeModule stream");
});

test("each command has its own help, though no other command is there then", async () => {
  const { stdout } = await enkiInProcess(["--help"], temporaryDirectory());
  const [, list = ""] = stdout.split("\nCommands:\n");
  const commands = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = ""]) => name).filter((name) => name !== "help");
  expect(commands).toContain("resolve");
  for (const name of commands) {
    const own = await enkiInProcess([name, "--help"], temporaryDirectory());
    expect(own.status).toBe(0);
    expect(own.stdout).toMatch(new RegExp(`^Usage: enki ${name}\\b`, "m"));
    expect(own).toEqual(await enkiInProcess(["help", name], temporaryDirectory()));
  }
});

test("help starts with examples, on stdout", async () => {
  const { result } = await loadedBy(["--help"]);
  expect(result.status).toBe(0);
  expect(result.stderr).toBe("");
  expect(result.stdout.startsWith("Examples:\n  enki resolve")).toBe(true);
});

function allStoredFiles(directory: string): readonly string[] {
  const folder = join(directory, ".cache", "code-v1");
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Without those that count runs. */
function storedFiles(directory: string): readonly string[] {
  return allStoredFiles(directory).filter((name) => !name.endsWith(".runs"));
}

describe("compiled code", () => {
  const on = { NODE_DISABLE_COMPILE_CACHE: "" };

  test("the first run stores it, the next takes everything from it", async () => {
    const directory = temporaryDirectory();
    const first = await loadedBy(["--version"], directory, on);
    expect(first.scripts.some(({ isStored }) => isStored)).toBe(false);
    const [name, ...others] = storedFiles(directory);
    expect(others).toEqual([]);
    const path = join(directory, ".cache", "code-v1", name ?? "");
    const { mtimeMs, mode } = statSync(path);
    expect(mode & 0o777).toBe(0o600);
    const second = await loadedBy(["--version"], directory, on);
    expect(second.scripts.length).toBe(first.scripts.length);
    expect(second.scripts.every(({ isStored }) => isStored)).toBe(true);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
    expect(second.result).toEqual(first.result);
  });

  test("code that was made while a thread ran is used as well", async () => {
    const directory = temporaryDirectory();
    const server = await startRegistryServer();
    const versions = Object.fromEntries(
      Array.from({ length: 2000 }, (_, patch) => {
        const version = `1.0.${patch}`;
        const dist = { tarball: `${server.url}/a/-/a-${version}.tgz`, shasum: "0".repeat(40) };
        return [version, { name: "a", version, dist, dependencies: { [`b${patch}`]: "1", filler: "x".repeat(300) } }];
      }),
    );
    // More than is read without a thread.
    const body = JSON.stringify({ name: "a", "dist-tags": { latest: "1.0.0" }, versions });
    expect(body.length).toBeGreaterThan(64 * 1024);
    server.serve("/a", { body });
    server.serve("/b", { body: body.replaceAll('"dependencies"', '"ignored"') });
    writeFileSync(join(directory, "package.json"), '{ "name": "p", "version": "1.0.0", "dependencies": { "b": "1" } }');
    const command = ["resolve", "--no-progress", "--registry", `npm=${server.url}/`];
    const first = await loadedBy(command, directory, on);
    expect(first.result.status).toBe(0);
    expect(first.builtins).toContain("NativeModule internal/worker");
    rmSync(join(directory, "enki.lock"));
    const second = await loadedBy([...command, "--refresh"], directory, on);
    expect(second.scripts.every(({ isStored }) => isStored)).toBe(true);
  });

  test("code is made again after some runs, for what the first one did not come past", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "package.json"), '{ "name": "p", "version": "1.0.0" }');
    const path = join(directory, ".cache", "code-v1", `resolve-${process.version}-${process.arch}`);
    const sizeAfter = async (...flags: readonly string[]): Promise<number> => {
      expect((await loadedBy(["resolve", ...flags], directory, on)).result.status).toBe(0);
      return statSync(path).size;
    };
    const first = await sizeAfter();
    expect([await sizeAfter("--nix"), await sizeAfter("--refresh")]).toEqual([first, first]);
    expect(await sizeAfter("--refresh", "--json")).toBeGreaterThan(first);
  });

  test("one file for each command that succeeded, whatever stands before it", async () => {
    const directory = temporaryDirectory();
    await loadedBy(["-C", ".", "config"], directory, on);
    await loadedBy(["resolve"], directory, on);
    expect(storedFiles(directory)).toEqual([`config-${process.version}-${process.arch}`]);
  });

  test("a damaged file is written anew", async () => {
    const directory = temporaryDirectory();
    const first = await loadedBy(["--version"], directory, on);
    const path = join(directory, ".cache", "code-v1", storedFiles(directory)[0] ?? "");
    const whole = readFileSync(path);
    for (const damage of [whole.subarray(0, 100), Buffer.from("not code"), Buffer.alloc(whole.length, 0x55)]) {
      writeFileSync(path, damage);
      expect((await loadedBy(["--version"], directory, on)).result).toEqual(first.result);
      const next = await loadedBy(["--version"], directory, on);
      expect(next.scripts.every(({ isStored }) => isStored)).toBe(true);
    }
  });

  test("code of another source with the same length is not used", async () => {
    const directory = temporaryDirectory();
    const { scripts } = await loadedBy(["--version"], directory, on);
    const path = join(directory, ".cache", "code-v1", storedFiles(directory)[0] ?? "");
    const whole = readFileSync(path, "latin1");
    const [, first] = /"main\.js",(\d+),/.exec(whole) ?? [];
    const other = String(Number(first) === 1 ? 2 : 1).padStart((first ?? "").length, " ");
    writeFileSync(path, whole.replace(`"main.js",${first ?? ""},`, `"main.js",${other},`), "latin1");
    const next = await loadedBy(["--version"], directory, on);
    expect(next.scripts.filter(({ isStored }) => !isStored).map(({ file }) => file)).toEqual(
      scripts.map(({ file }) => file).filter((file) => file.endsWith("/main.js")),
    );
    expect(next.result.status).toBe(0);
  });

  test.each([
    ["the flag", ["config", "--no-cache"], {}],
    ["ENKI_NO_CACHE", ["--version"], { ENKI_NO_CACHE: "1" }],
    ["Node's own variable", ["--version"], { NODE_DISABLE_COMPILE_CACHE: "1" }],
    ["a command that tends the cache", ["cache", "clean"], {}],
  ])("nothing is stored with %s", async (_, arguments_, environment) => {
    const directory = temporaryDirectory();
    await loadedBy(arguments_, directory, { ...on, ...environment });
    expect(allStoredFiles(directory)).toEqual([]);
  });

  test("a cache that can't be written is no trouble", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, ".cache"));
    chmodSync(join(directory, ".cache"), 0o500);
    const { result } = await loadedBy(["--version"], directory, on);
    expect(result.status).toBe(0);
    expect(result.stderr).toBe("");
    const file = await loadedBy(["--version"], directory, { ...on, ENKI_CACHE_DIR: "/dev/null" });
    expect(file.result.status).toBe(0);
    expect(file.result.stderr).toBe("");
  });

  test("enki cache clean takes it away", async () => {
    const directory = temporaryDirectory();
    await loadedBy(["--version"], directory, on);
    expect(storedFiles(directory)).toHaveLength(1);
    await loadedBy(["cache", "clean"], directory, on);
    expect(allStoredFiles(directory)).toEqual([]);
  });
});
