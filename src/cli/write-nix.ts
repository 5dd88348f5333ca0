import { neutralise } from "../model/neutralise.ts";
import { emissionFolder } from "../nix-emit/emit-nix.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import type { RegistryFlags } from "./common-options.ts";
import { nixFiles } from "./nix-files.ts";
import { changedFiles, groupedPaths, writeFiles } from "./project-files.ts";
import { settingsOf } from "./resolve-service.ts";
import { openService, refuseUnknownHosts, requireLock } from "./service.ts";

/** Flags of `enki nix`. */
export interface NixRequest extends RegistryFlags {
  readonly check?: boolean;
  readonly flake?: boolean;
}

/** Writes the Nix files of the lock, or says which are stale. */
export async function writeNix(context: CommandContext, request: NixRequest): Promise<ExitStatus> {
  const { shell } = context;
  const lock = requireLock(context);
  const service = await openService(context);
  refuseUnknownHosts(
    context,
    lock.resolution,
    service,
    settingsOf(context, service, request, lock.resolution).registries,
  );
  const files = nixFiles(context, service, lock, request.flake === true);
  const changed = changedFiles(context, files);
  if (request.check === true) {
    for (const { path } of changed) {
      shell.complain(`${shell.paint("error", "error")}: ${neutralise(path)} is not what enki.lock says`);
    }
    if (changed.length > 0) shell.complain(` ${shell.paint("note", "= help:")} run \`enki nix\` and commit the result`);
    else shell.talk(`${shell.paint("good", "Checked")} ${String(files.length)} files: all are what enki.lock says`);
    return changed.length > 0 ? 1 : 0;
  }
  writeFiles(context, changed);
  for (const path of groupedPaths(changed, emissionFolder)) shell.talk(`${shell.paint("dim", "wrote")} ${path}`);
  if (changed.length === 0) shell.talk("nothing changed");
  return 0;
}
