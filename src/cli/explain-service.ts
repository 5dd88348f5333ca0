import type { CommandContext, ExitStatus } from "./command-context.ts";
import type { NetworkFlags, PolicyFlags } from "./common-options.ts";
import { settingsOf, solve } from "./resolve-service.ts";
import { selectManifests } from "./select-manifests.ts";
import { openService, readLock } from "./service.ts";
import { explanationText, stoppedError } from "./unresolved.ts";

/** Flags of `enki explain`. */
export interface ExplainRequest extends NetworkFlags, PolicyFlags {
  readonly format: "prose" | "tree" | "json";
}

/** Resolves without writing; prints why there is no answer, on stdout because that is what was asked for. */
export async function explainService(
  givenContext: CommandContext,
  request: ExplainRequest,
  given: readonly string[],
): Promise<ExitStatus> {
  const { context, manifests } = selectManifests(givenContext, given);
  const service = await openService(context, manifests);
  const settings = settingsOf(context, service, request, readLock(context)?.resolution);
  const result = await solve(context, service, settings, request, undefined);
  if (result.kind === "stopped") throw stoppedError(result);
  if (result.kind === "unsatisfiable") {
    context.shell.data(explanationText(result, request.format));
    return 1;
  }
  context.shell.talk(
    `there is an answer, with ${String(result.resolution.packages.length)} packages: run \`enki resolve\``,
  );
  return 0;
}
