import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a run of the real cargo came to. */
export interface CargoRun {
  readonly status: number;
  readonly stderr: string;
}

/** Whether the real cargo is installed. */
export function hasCargo(): boolean {
  return spawnSync("cargo", ["--version"]).status === 0;
}

/** Runs the real cargo in a project, with a home of its own and no network. */
export function runCargo(project: string, home: string, args: readonly string[]): CargoRun {
  const { status, stderr } = spawnSync("cargo", [...args], {
    cwd: project,
    encoding: "utf8",
    timeout: 120_000,
    env: { ...process.env, RUSTC_BOOTSTRAP: "1", CARGO_HOME: home, CARGO_NET_RETRY: "0", CARGO_TERM_COLOR: "never" },
  });
  return { status: status ?? -1, stderr };
}

/** Makes a project that resolves over a local registry in place of the public one. */
export function writeCargoProject(project: string, registry: string, manifest: string): void {
  mkdirSync(join(project, ".cargo"), { recursive: true });
  mkdirSync(join(project, "src"), { recursive: true });
  writeFileSync(join(project, ".cargo/config.toml"), localRegistryConfiguration(registry));
  writeFileSync(join(project, "src/lib.rs"), "");
  writeFileSync(join(project, "build.rs"), "fn main() {}\n");
  writeFileSync(join(project, "Cargo.toml"), manifest);
}

/** Configuration that puts a local registry in place of the public one. */
export function localRegistryConfiguration(registry: string): string {
  return `[source.crates-io]\nreplace-with = "local"\n[source.local]\nlocal-registry = ${JSON.stringify(registry)}\n`;
}
