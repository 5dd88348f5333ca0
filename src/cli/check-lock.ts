import { findStaleRoots } from "../lockfile/stale-roots.ts";
import { neutralise } from "../model/neutralise.ts";
import { verifyResolution } from "../resolve/verify.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import type { RegistryFlags } from "./common-options.ts";
import { changedFiles } from "./project-files.ts";
import { settingsOf } from "./resolve-service.ts";
import { nativeLocks, openService, readProjectFile, refuseUnknownHosts, requireLock } from "./service.ts";

/** Violations that are listed; the rest is counted. */
const SHOWN_VIOLATIONS = 20;

/** Checks the lock against the manifests and native lockfiles, and says what does not hold. */
export async function checkLock(context: CommandContext, flags: RegistryFlags): Promise<ExitStatus> {
  const { shell } = context;
  const { resolution } = requireLock(context);
  const service = await openService(context);
  const { manifests } = service.workspace;
  const { registries } = settingsOf(context, service, flags, resolution);
  refuseUnknownHosts(context, resolution, service, registries);
  const error = shell.paint("error", "error");
  const stale = findStaleRoots(resolution, manifests);
  for (const file of stale.added) shell.complain(`${error}: ${neutralise(file)} is not in the lock`);
  for (const file of stale.removed) shell.complain(`${error}: the lock has ${neutralise(file)}, which is gone`);
  const violations = verifyResolution(resolution, manifests, service.ecosystems);
  for (const { from, message } of violations.slice(0, SHOWN_VIOLATIONS)) {
    shell.complain(`${error}: ${neutralise(from)}: ${neutralise(message)}`);
  }
  if (violations.length > SHOWN_VIOLATIONS) {
    shell.complain(`  … and ${String(violations.length - SHOWN_VIOLATIONS)} more`);
  }
  const isFulfilled = violations.length === 0 && stale.added.length === 0 && stale.removed.length === 0;
  const drifted = isFulfilled
    ? changedFiles(context, nativeLocks(context, service, resolution)).filter(
        ({ path }) => readProjectFile(context, path) !== undefined,
      )
    : [];
  for (const { path } of drifted) shell.complain(`${error}: ${neutralise(path)} differs from what enki.lock says`);
  if (!isFulfilled || drifted.length > 0) {
    shell.complain(` ${shell.paint("note", "= help:")} run \`enki resolve\` and commit the result`);
    return 1;
  }
  for (const file of stale.changed) {
    shell.talk(`${shell.paint("note", "note")}: ${neutralise(file)} changed since, and its requirements still hold`);
  }
  const edges = resolution.edges.length;
  shell.talk(
    `${shell.paint("good", "Checked")} ${String(resolution.packages.length)} packages and ${String(edges)} edges: every requirement holds`,
  );
  return 0;
}
