import { canonicalJson } from "../model/canonical-json.ts";
import { EnkiError } from "../model/enki-error.ts";
import { neutralise, neutraliseLines } from "../model/neutralise.ts";
import { redactText } from "../net/redact.ts";
import { explain } from "../report/explanation/explain.ts";
import { contestedNames } from "../resolve/contested-names.ts";
import { SnapshotNarrator } from "../resolve/snapshot-narrator.ts";
import { type Replay, replaySnapshot } from "../solver/replay-snapshot.ts";
import { formatSnapshot, type Snapshot } from "../solver/snapshot.ts";
import { emptySet, addMember } from "../solver/version-set.ts";
import { runLimits } from "../workspace/settings.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import type { NetworkFlags, PolicyFlags } from "./common-options.ts";
import { deliver } from "./deliver.ts";
import { readSnapshotFile } from "./read-snapshot-file.ts";
import { settingsOf, solve } from "./resolve-service.ts";
import { selectManifests } from "./select-manifests.ts";
import { openService, readLock } from "./service.ts";
import { stoppedReason } from "./unresolved.ts";

/** Flags of `enki snapshot`. */
export interface SnapshotRequest extends NetworkFlags, PolicyFlags {
  readonly output?: string;
  readonly json?: boolean;
}

/** Resolves without pins and without writing, and gives the problem that was solved. */
export async function takeSnapshot(
  givenContext: CommandContext,
  request: SnapshotRequest,
  given: readonly string[],
): Promise<ExitStatus> {
  if (request.json === true) throw new EnkiError("usage", "--json goes with --replay: a snapshot is JSON anyway");
  const { context, manifests } = selectManifests(givenContext, given);
  const service = await openService(context, manifests);
  const settings = settingsOf(context, service, request, readLock(context)?.resolution);
  const { result } = await solve(context, service, settings, { ...request, capturesProblems: true }, undefined);
  const problem = result.problems?.at(-1);
  if (problem === undefined) throw new EnkiError("internal", "no problem was captured");
  const { shell } = context;
  const came = { resolved: "has an answer", unsatisfiable: "has no answer", stopped: "was not solved to the end" };
  const { packages } = problem.snapshot;
  shell.talk(
    `captured the problem for ${problem.system}: ${String(packages.length)} packages; it ${came[result.kind]}`,
  );
  return deliver(givenContext, redactText(formatSnapshot(problem.snapshot)), request.output);
}

/** Solves a captured problem and prints what came of it. Status 1 when it has no answer. */
export function replay(
  context: CommandContext,
  request: SnapshotRequest,
  file: string,
  manifests: readonly string[],
): ExitStatus {
  if (manifests.length > 0) throw new EnkiError("usage", "--replay takes no manifests");
  const { host, shell } = context;
  const snapshot = readSnapshotFile(context, file);
  const limits = runLimits(request, host.environment);
  const startedMs = performance.now();
  const replayed = replaySnapshot(snapshot, { ...limits, now: () => host.now(), signal: host.signal });
  const elapsedMs = performance.now() - startedMs;
  const { outcome, missingFacts } = replayed;
  const explanation =
    outcome.kind === "unsatisfiable" ? explain(outcome.derivation, new SnapshotNarrator(snapshot)).text : undefined;
  if (request.json === true) {
    shell.data(replayJson(replayed, snapshot, explanation));
  } else {
    shell.data([...answerLines(replayed, snapshot, explanation), statisticsLine(replayed, elapsedMs)].join("\n"));
    if (missingFacts > 0) {
      shell.talk(
        `${shell.paint("warning", "warning")}: ${String(missingFacts)} facts are not in the snapshot and were ruled out: another version of the solver took it`,
      );
    }
  }
  if (outcome.kind === "stopped") {
    const contested = contestedNames(outcome, new SnapshotNarrator(snapshot));
    throw stoppedReason({ ...outcome, contested }, file, outcome.statistics);
  }
  return outcome.kind === "solved" ? 0 : 1;
}

/** What was selected, without what stands for something else: slots, features, alternatives. */
function selected(
  { outcome }: Replay,
  snapshot: Snapshot,
): readonly { readonly name: string; readonly version: string }[] {
  if (outcome.kind !== "solved") return [];
  const narrator = new SnapshotNarrator(snapshot);
  return [...outcome.decisions].flatMap(([package_, candidate]) => {
    const { kind, label, ecosystem } = narrator.describe(package_);
    if (kind !== "real" && kind !== "tool") return [];
    const one = emptySet(narrator.candidateCount(package_));
    addMember(one, candidate);
    const version = narrator.describeVersions(package_, one);
    return [{ name: ecosystem === "" ? label : `${ecosystem}:${label}`, version }];
  });
}

function answerLines(replayed: Replay, snapshot: Snapshot, explanation: string | undefined): readonly string[] {
  const { outcome } = replayed;
  if (outcome.kind === "stopped") return [`stopped by a limit (${outcome.reason}) with ${outcome.decided} decided`];
  if (explanation !== undefined) return ["there is no answer", neutraliseLines(explanation)];
  return [
    "there is an answer",
    ...selected(replayed, snapshot).map(({ name, version }) => neutralise(`  ${name} ${version}`)),
  ];
}

function statisticsLine({ outcome }: Replay, elapsedMs: number): string {
  const { decisions, conflicts, propagations, learned } = outcome.statistics;
  return `${decisions} decisions, ${conflicts} conflicts, ${propagations} propagations, ${learned} learned, ${elapsedMs.toFixed(1)} ms`;
}

/** The outcome for programs. Holds no time, so that equal outcomes are equal texts. */
function replayJson(replayed: Replay, snapshot: Snapshot, explanation: string | undefined): string {
  const { outcome, missingFacts } = replayed;
  const { decisions, conflicts, propagations, learned } = outcome.statistics;
  return canonicalJson({
    status: outcome.kind,
    packages: selected(replayed, snapshot).map(({ name, version }) => ({ name, version })),
    explanation,
    missingFacts,
    statistics: { decisions, conflicts, propagations, learned },
  });
}
