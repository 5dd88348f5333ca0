import type { OutputFile } from "../model/resolution.ts";
import { emissionFolder, emitNix } from "../nix-emit/emit-nix.ts";
import type { CommandContext } from "./command-context.ts";
import type { LockOnDisk, Service } from "./service.ts";
import { readProjectFile } from "./service.ts";

/** Whether `resolve` keeps the Nix files: when enki.toml says so, or when they are there and would go stale. */
export function keepsNixFiles(context: CommandContext, { workspace }: Service): boolean {
  const { nix } = workspace.configuration.outputs;
  return nix ?? readProjectFile(context, `${emissionFolder}/plan.json`) !== undefined;
}

/** The Nix files of a lock. Throws an EnkiError for a lock that can't be built from. */
export function nixFiles(
  context: CommandContext,
  { workspace }: Service,
  lock: LockOnDisk,
  withFlake: boolean,
): readonly OutputFile[] {
  const { outputs } = workspace.configuration;
  return emitNix(lock.resolution, {
    lockText: lock.text,
    existing: (path) => readProjectFile(context, path),
    flake: withFlake || outputs.flake === true,
    builtPackages: outputs.installScripts ?? [],
    allowInsecureUrls: outputs.insecureUrls === true,
  });
}
