import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether Nix is not installed here; tests that need it skip, and this module has printed why. */
export const nixIsMissing: boolean = spawnSync("nix-instantiate", ["--version"]).status !== 0;
if (nixIsMissing)
  process.stderr.write("skipping tests with Nix: nix-instantiate is missing (Debian: apt-get install nix-bin)\n");

/** Settings under which nothing but what a test allows can happen: no substitutes, no import from derivation. */
const configuration = [
  "build-users-group =",
  "sandbox = false",
  "substitute = false",
  "substituters =",
  "allow-import-from-derivation = false",
  "experimental-features = nix-command flakes",
];

/** A throw-away store in a directory of its own, with the variables that make every Nix command use it. */
export interface NixStore {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Makes a store below `directory` (a temporary one when absent). `extra` are further lines of nix.conf. */
export function makeStore(
  extra: readonly string[] = [],
  directory = mkdtempSync(join(tmpdir(), "enki-nix-")),
): NixStore {
  const home = join(directory, "home");
  mkdirSync(home, { recursive: true });
  const environment = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    NIX_CONFIG: [...configuration, ...extra].join("\n"),
    NIX_STORE_DIR: join(directory, "store"),
    NIX_STATE_DIR: join(directory, "var"),
    NIX_LOG_DIR: join(directory, "log"),
  };
  return { directory, environment };
}

let evaluationStore: NixStore | undefined;

/** Evaluates an expression strictly in a store of its own, and gives its value. */
export function evaluate(expression: string): unknown {
  evaluationStore ??= makeStore();
  const text = execFileSync("nix-instantiate", ["--eval", "--strict", "--json", "-"], {
    input: expression,
    env: evaluationStore.environment,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(text);
}
