import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A tool that turns a package.json into a lock without installing. */
export interface Rival {
  readonly name: string;
  /** The command for a project in `directory`, with every cache below `cache`. */
  command(
    directory: string,
    cache: string,
    registry: string,
  ): { program: string; args: readonly string[]; environment: NodeJS.ProcessEnv };
  readonly lockFile: string;
  /** Where, below the cache, it keeps whole answers. */
  readonly answers?: string;
  /** Whether it keeps nothing, so that there is nothing to do again. */
  readonly isColdOnly?: boolean;
}

const enkiMain = fileURLToPath(new URL("../../../dist/bin/enki.js", import.meta.url));

const enki: Rival = {
  name: "enki",
  lockFile: "package-lock.json",
  answers: "answers-v1",
  command: (_, cache, registry) => ({
    program: process.execPath,
    args: [enkiMain, "resolve", "--no-progress", "--registry", `npm=${registry}`],
    environment: { ENKI_CACHE_DIR: cache },
  }),
};

const npm: Rival = {
  name: "npm",
  lockFile: "package-lock.json",
  command: (_, cache, registry) => ({
    program: "npm",
    args: ["install", "--package-lock-only", "--ignore-scripts", "--registry", registry, "--cache", cache],
    environment: {},
  }),
};

/** No tool: what any Node program that reads these documents has to do. */
const fetching: Rival = {
  name: "fetch",
  lockFile: "",
  isColdOnly: true,
  command: (directory, _, registry) => ({
    program: process.execPath,
    args: [
      fileURLToPath(new URL("only-fetch.mjs", import.meta.url)),
      registry,
      join(directory, "../enki/package-lock.json"),
    ],
    environment: {},
  }),
};

function pnpm(folder: string): Rival {
  return {
    name: "pnpm",
    lockFile: "pnpm-lock.yaml",
    command: (_, cache) => ({
      program: join(folder, "node_modules/.bin/pnpm"),
      args: [
        "install",
        "--lockfile-only",
        "--ignore-scripts",
        `--store-dir=${cache}/store`,
        "--config.minimumReleaseAge=0",
      ],
      environment: {
        XDG_CACHE_HOME: join(cache, "x"),
        XDG_STATE_HOME: join(cache, "s"),
        XDG_DATA_HOME: join(cache, "d"),
      },
    }),
  };
}

function bun(folder: string): Rival {
  return {
    name: "bun",
    lockFile: "bun.lock",
    command: (_, cache, registry) => ({
      program: join(folder, "node_modules/.bin/bun"),
      args: ["install", "--lockfile-only", "--ignore-scripts"],
      environment: { BUN_CONFIG_REGISTRY: `${registry}/`, BUN_INSTALL_CACHE_DIR: cache },
    }),
  };
}

/** Enki, what no Node program can do without, npm, and, when the registry of npm's configuration has them, pnpm and bun; they are kept below the temporary folder. */
export function availableRivals(): Rival[] {
  const folder = join(tmpdir(), "enki-bench-rivals");
  if (!existsSync(join(folder, "node_modules"))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), "{}");
    const installed = spawnSync("npm", ["install", "--no-audit", "--no-fund", "pnpm@12", "bun@1"], { cwd: folder });
    if (installed.status !== 0)
      console.log(`pnpm and bun cannot be installed: ${installed.stderr.toString().slice(0, 200)}`);
  }
  const rivals = [enki, fetching, npm];
  for (const [name, make] of [
    ["pnpm", pnpm],
    ["bun", bun],
  ] as const) {
    const works = spawnSync(join(folder, "node_modules/.bin", name), ["--version"]).status === 0;
    if (works) rivals.push(make(folder));
    else console.log(`without ${name}: it cannot be started here`);
  }
  return rivals;
}

/** Runs a tool once; wall-clock milliseconds, or `undefined` when it failed. */
export async function runOnce(
  rival: Rival,
  place: { directory: string; cache: string; registry: string },
): Promise<{ ms: number | undefined; output: string }> {
  const { directory, cache, registry } = place;
  const home = join(directory, ".home");
  mkdirSync(home, { recursive: true });
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(home, "npmrc"), `registry=${registry}/\nfund=false\naudit=false\nupdate-notifier=false\n`);
  const { program, args, environment } = rival.command(directory, cache, registry);
  const before = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: directory,
      env: {
        PATH: process.env["PATH"],
        HOME: home,
        NPM_CONFIG_USERCONFIG: join(home, "npmrc"),
        npm_config_registry: `${registry}/`,
        ...environment,
      },
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", (error) => resolve({ ms: undefined, output: error.message }));
    child.on("close", (status) => resolve({ ms: status === 0 ? performance.now() - before : undefined, output }));
  });
}

/** Folders and distinct versions in a lock of npm's or bun's; `undefined` for others. */
export function lockSize(rival: Rival, directory: string): { folders: number; versions: number } | undefined {
  const file = join(directory, rival.lockFile);
  if (rival.lockFile === "" || !existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  if (rival.lockFile === "package-lock.json") {
    const { packages } = JSON.parse(text) as { packages: Record<string, { name?: string; version?: string }> };
    const entries = Object.entries(packages).filter(([path]) => path !== "");
    const names = entries.map(
      ([path, entry]) => `${entry.name ?? path.split("node_modules/").at(-1) ?? ""}@${entry.version ?? ""}`,
    );
    return { folders: entries.length, versions: new Set(names).size };
  }
  if (rival.lockFile !== "bun.lock") return undefined;
  const names = [...text.slice(text.indexOf('"packages": {')).matchAll(/^ {4}"[^"]+": \["([^"]+)"/gm)].map(
    (match) => match[1],
  );
  return { folders: names.length, versions: new Set(names).size };
}
