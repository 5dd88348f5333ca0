import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A registry address at which nobody listens. */
export const deadRegistry = "http://127.0.0.1:9/";

/** What a command said. */
export interface CommandResult {
  readonly status: number;
  /** Whether its time was up. */
  readonly isStopped: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** An npm, and how it is started. */
export interface NpmProgram {
  readonly command: string;
  /** What comes before npm's own arguments. */
  readonly leading: readonly string[];
  /** After this long it is stopped: some trees of peers keep npm busy for ever (npm/cli#9934). */
  readonly limitMs?: number;
}

/** The npm of this machine. */
export const installedNpm: NpmProgram = { command: "npm", leading: [] };

/** Whether npm can be started; prints why a test is skipped when not. */
export function hasNpm(): boolean {
  const isThere = spawnSync("npm", ["--version"]).status === 0;
  if (!isThere) console.warn("skipped: npm cannot be started");
  return isThere;
}

/** What a machine needs to reach the network at all. */
export function networkVariables(): NodeJS.ProcessEnv {
  const names = [
    "NODE_EXTRA_CA_CERTS",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "https_proxy",
    "http_proxy",
    "no_proxy",
  ];
  return Object.fromEntries(names.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));
}

/**
 * Runs the real npm in `directory` with a configuration of its own: nothing of the user's configuration may change what
 * it writes. `registry` is the one it asks; nobody listens at {@link deadRegistry}.
 */
export function runNpm(
  directory: string,
  registry: string,
  args: readonly string[],
  { command, leading, limitMs }: NpmProgram = installedNpm,
): Promise<CommandResult> {
  const home = join(directory, ".home");
  mkdirSync(home, { recursive: true });
  const lines = [`registry=${registry}`, "fund=false", "audit=false", "update-notifier=false", "fetch-retries=0"];
  writeFileSync(join(home, "npmrc"), `${lines.join("\n")}\n`);
  writeFileSync(join(home, "globalrc"), "");
  const environment = {
    ...networkVariables(),
    PATH: process.env["PATH"],
    HOME: home,
    NPM_CONFIG_USERCONFIG: join(home, "npmrc"),
    NPM_CONFIG_GLOBALCONFIG: join(home, "globalrc"),
    NPM_CONFIG_CACHE: join(home, "cache"),
  };
  return new Promise((resolve, reject) => {
    const options = { cwd: directory, env: environment, timeout: limitMs, killSignal: "SIGKILL" as const };
    const child = spawn(command, [...leading, ...args], { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (status, signal) =>
      resolve({ status: status ?? 1, isStopped: signal === "SIGKILL", stdout, stderr }),
    );
  });
}

/** A dependency in npm's own model of a tree. */
export interface ArboristEdge {
  readonly name: string;
  readonly spec: string;
  readonly type: "prod" | "dev" | "optional" | "peer" | "peerOptional" | "workspace";
  readonly error: string | null;
  readonly to: ArboristNode | null;
}

/** A node of npm's own model of a tree. */
export interface ArboristNode {
  readonly location: string;
  readonly isLink: boolean;
  dev: boolean;
  optional: boolean;
  devOptional: boolean;
  peer: boolean;
  extraneous: boolean;
  readonly isWorkspace: boolean;
  readonly isProjectRoot: boolean;
  readonly version: string;
  readonly target: ArboristNode;
  readonly edgesOut: Map<string, ArboristEdge>;
  readonly inventory: Map<string, ArboristNode>;
}

/** The parts of npm's own library that the checks use. */
export interface ArboristLibrary {
  loadVirtual(directory: string): Promise<ArboristNode>;
  /** Computes the flags of every node anew. */
  recomputeFlags(root: ArboristNode): void;
}

let library: ArboristLibrary | undefined;

/** The library inside the installed npm, or `undefined` when it is not where npm keeps it. */
export function arboristLibrary(): ArboristLibrary | undefined {
  library ??= loadLibrary();
  return library;
}

function loadLibrary(): ArboristLibrary | undefined {
  const root = spawnSync("npm", ["root", "--global"], { encoding: "utf8" }).stdout.trim();
  try {
    const load = createRequire(join(root, "npm", "package.json"));
    const Arborist = load("@npmcli/arborist") as new (options: object) => { loadVirtual(): Promise<ArboristNode> };
    const folder = dirname(load.resolve("@npmcli/arborist"));
    const calculate = load(join(folder, "calc-dep-flags.js")) as (root: ArboristNode) => void;
    return {
      loadVirtual: (directory) => new Arborist({ path: directory }).loadVirtual(),
      recomputeFlags(node) {
        for (const each of node.inventory.values()) {
          if (each === node) continue;
          each.dev = each.optional = each.devOptional = each.peer = each.extraneous = true;
        }
        calculate(node);
      },
    };
  } catch {
    console.warn("skipped: npm's own library is not to be found");
    return undefined;
  }
}
