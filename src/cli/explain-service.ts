import { contestedNames } from "../resolve/contested-names.ts";
import { SnapshotNarrator } from "../resolve/snapshot-narrator.ts";
import { replaySnapshot } from "../solver/replay-snapshot.ts";
import { runLimits } from "../workspace/settings.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import type { NetworkFlags, PolicyFlags } from "./common-options.ts";
import { isSnapshotFile, readSnapshotFile } from "./read-snapshot-file.ts";
import { settingsOf, solve } from "./resolve-service.ts";
import { selectManifests } from "./select-manifests.ts";
import { openService, readLock } from "./service.ts";
import { suggestChanges } from "./suggest-changes.ts";
import { explanationText, stoppedError, stoppedReason } from "./unresolved.ts";

/** Flags of `enki explain`. */
export interface ExplainRequest extends NetworkFlags, PolicyFlags {
  readonly format: "prose" | "tree" | "json";
}

/** Explains why a captured problem has no answer, without registries. */
function explainSnapshot(context: CommandContext, request: ExplainRequest, file: string): ExitStatus {
  const { host, shell } = context;
  const snapshot = readSnapshotFile(context, file);
  const limits = { ...runLimits(request, host.environment), now: () => host.now(), signal: host.signal };
  const { outcome } = replaySnapshot(snapshot, limits);
  if (outcome.kind === "stopped") {
    const contested = contestedNames(outcome, new SnapshotNarrator(snapshot));
    throw stoppedReason({ ...outcome, contested }, file, outcome.statistics);
  }
  if (outcome.kind === "solved") {
    shell.talk(`there is an answer: \`enki snapshot --replay ${file}\` prints it`);
    return 0;
  }
  const narrator = new SnapshotNarrator(snapshot);
  shell.data(explanationText({ derivation: outcome.derivation, narrator, system: file }, request.format));
  return 1;
}

/** Resolves without writing; prints why there is no answer, on stdout because that is what was asked for. */
export async function explainService(
  givenContext: CommandContext,
  request: ExplainRequest,
  given: readonly string[],
): Promise<ExitStatus> {
  const [only, second] = given;
  if (only !== undefined && second === undefined && isSnapshotFile(givenContext, only)) {
    return explainSnapshot(givenContext, request, only);
  }
  const { context, manifests } = selectManifests(givenContext, given);
  const service = await openService(context, manifests);
  const settings = settingsOf(context, service, request, readLock(context)?.resolution);
  const { result } = await solve(context, service, settings, request, undefined);
  if (result.kind === "stopped") throw stoppedError(result);
  if (result.kind === "unsatisfiable") {
    const suggestions = await suggestChanges(
      { context, service, settings, flags: request, previous: undefined },
      result,
    );
    context.shell.data(explanationText(result, request.format, suggestions));
    return 1;
  }
  context.shell.talk(
    `there is an answer, with ${String(result.resolution.packages.length)} packages: run \`enki resolve\``,
  );
  return 0;
}
