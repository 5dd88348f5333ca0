import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { OutputFile, Resolution } from "../../src/model/resolution.ts";
import { emitNix, type EmitOptions } from "../../src/nix-emit/emit-nix.ts";
import type { NixStore } from "../helpers/nix-instantiate.ts";

export const fakePackages: string = fileURLToPath(new URL("./fake-pkgs", import.meta.url));

/** A project on disk with what was emitted for it. */
export interface EmittedProject {
  readonly directory: string;
  readonly files: readonly OutputFile[];
}

/** Emits for a resolution into a new directory, with `sources` beside it. */
export function emitProject(
  resolution: Resolution,
  sources: Readonly<Record<string, string>> = {},
  options: Partial<EmitOptions> = {},
): EmittedProject {
  const directory = mkdtempSync(join(tmpdir(), "enki-emitted-"));
  const lockText = options.lockText ?? `${JSON.stringify(resolution)}\n`;
  const files = emitNix(resolution, { lockText, existing: () => undefined, ...options });
  const all = [
    ...Object.entries(sources).map(([path, content]) => ({ path, content })),
    { path: "enki.lock", content: lockText },
    ...files,
  ];
  for (const { path, content } of all) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return { directory, files };
}

export function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** The expression of the emitted default.nix over the stand-in for nixpkgs. `programs` is Nix. */
export function projectExpression(
  { directory }: EmittedProject,
  { system = "x86_64-linux", release = "24.11", programs = "{ }", extra = "{ }" } = {},
): string {
  return `(import ${fakePackages} { system = ${JSON.stringify(system)}; release = ${JSON.stringify(release)}; programs = ${programs}; }).callPackage ${directory}/nix/enki ${extra}`;
}

/** Evaluates an expression under --restrict-eval; only the project and the stand-in can be read. Throws what Nix says. */
export function evaluateRestricted(store: NixStore, project: EmittedProject, expression: string): unknown {
  const run = spawnSync(
    "nix-instantiate",
    [
      "--eval",
      "--strict",
      "--json",
      "--restrict-eval",
      "-I",
      `project=${project.directory}`,
      "-I",
      `fake=${fakePackages}`,
      "-",
    ],
    { input: expression, env: store.environment, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
  );
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

/** Builds an expression without leaving links, and gives the paths. Throws what Nix says. */
export function build(store: NixStore, expression: string, extra: readonly string[] = []): readonly string[] {
  const text = execFileSync("nix-build", ["--no-out-link", "-E", expression, ...extra], {
    env: store.environment,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 256 * 1024 * 1024,
  });
  return text.trim().split("\n");
}

/** Builds while this process goes on, so that it can serve what the build downloads. */
export async function buildInBackground(store: NixStore, expression: string): Promise<string> {
  const { stdout } = await promisify(execFile)("nix-build", ["--no-out-link", "-E", expression], {
    env: store.environment,
  });
  return stdout.trim();
}
