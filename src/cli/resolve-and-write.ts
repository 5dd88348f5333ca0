import { LOCK_FILE_NAME } from "../lockfile/lock-schema.ts";
import { parseLock } from "../lockfile/read-lock.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { OutputFile, Resolution } from "../model/resolution.ts";
import { emissionFolder } from "../nix-emit/emit-nix.ts";
import { nodeFileSystem } from "../net/node-file-system.ts";
import type { ImportedPins } from "../resolve/imported-pins.ts";
import type { Resolved } from "../resolve/request.ts";
import type { Settings } from "../workspace/settings.ts";
import type { PackageChange } from "../report/lock-diff.ts";
import { diffResolutions, renderChanges } from "../report/lock-diff.ts";
import type { CommandContext, ExitStatus } from "./command-context.ts";
import type { NetworkFlags, OutcomeFlags, PolicyFlags } from "./common-options.ts";
import { forgetPins, refuseMissedUpdates } from "./forget-pins.ts";
import { cacheDirectory } from "./host-system.ts";
import { importedPins } from "./imported-pins.ts";
import type { Outcome } from "./outcome-report.ts";
import { outcomeJson, reportDivergences, reportFidelity, summaryLine } from "./outcome-report.ts";
import { keepsNixFiles, nixFiles } from "./nix-files.ts";
import { changedFiles, groupedPaths, writeFiles } from "./project-files.ts";
import { renderDiagnostic, renderDiagnostics } from "./render-diagnostic.ts";
import { isCached, settingsOf, solve } from "./resolve-service.ts";
import type { LockOnDisk, Service } from "./service.ts";
import { lockedForm, nativeLocks, openService, readLock, refuseUnknownHosts } from "./service.ts";
import { isUnchanged, saysTheSame } from "./same-lock.ts";
import { selectManifests } from "./select-manifests.ts";
import type { Shell } from "./shell.ts";
import { askedQuestion } from "./standing-answer/asked-question.ts";
import { RecordedFiles } from "./standing-answer/recorded-files.ts";
import { type StandingAnswer, StandingAnswers } from "./standing-answer/standing-answers.ts";
import { reportUnresolvable, stoppedError } from "./unresolved.ts";

/** Changes that are listed; the rest is counted. */
const MAXIMUM_CHANGES = 40;

/** Flags of the commands that resolve and write. */
export interface WriteFlags extends NetworkFlags, OutcomeFlags, PolicyFlags {
  readonly locked?: boolean;
  readonly explain?: "prose" | "tree";
}

/** What is resolved. */
export interface WriteRequest {
  /** Manifests or one directory, as the user gave them; all manifests of the project when empty. */
  readonly manifests: readonly string[];
  /** Pins to forget: of these packages, or of all when the list is empty. All pins are kept when absent. */
  readonly updates?: readonly string[];
  /** Manifests with other requirements, by path: what is resolved, and written with the rest. */
  readonly edited?: ReadonlyMap<string, string>;
}

/** Resolves a service and writes what follows, or says what would be written. */
export async function resolveAndWrite(
  givenContext: CommandContext,
  flags: WriteFlags,
  request: WriteRequest,
): Promise<ExitStatus> {
  const startedAt = givenContext.host.now();
  const seen = new RecordedFiles(givenContext.files ?? nodeFileSystem);
  const { context, manifests } = selectManifests({ ...givenContext, files: seen }, request.manifests);
  const { shell, projectDirectory } = context;
  const service = await openService(context, manifests);
  const onDisk = readLock(context);
  if (flags.locked === true && onDisk === undefined) {
    throw new EnkiError("lock-mismatch", `--locked needs an ${LOCK_FILE_NAME}, and there is none`, {
      hint: "run `enki resolve` and commit the file",
    });
  }
  const settings = settingsOf(context, service, flags, onDisk?.resolution);
  if (onDisk !== undefined) refuseUnknownHosts(context, onDisk.resolution, service, settings.registries);
  const writesNix = flags.nix === true || keepsNixFiles(context, service);
  const answers = standingAnswers(context, flags);
  const asked = askedQuestion(context, manifests, settings, {
    locks: flags.locks,
    writesNix,
    prefetch: flags.prefetch,
  });
  const known = request.updates === undefined && request.edited === undefined ? answers : undefined;
  if (flags.refresh === true) answers?.forgetContents();
  const standing = onDisk === undefined || flags.refresh === true ? undefined : known?.find(asked);
  const run: Run = { context, service, settings, flags, onDisk, startedAt };
  if (onDisk !== undefined && standing !== undefined) {
    repeatAnswer(shell, standing);
    return reportOutcome(run, { ...standing, lock: onDisk, keptVersionsOf: [] }, { changed: [], isWriting: false });
  }
  // Whoever wants to know whether the lock is right wants it solved.
  const recalled = flags.locked === true ? undefined : known?.recall(asked);
  const recalledLock = recalled?.files.find(({ path }) => path === LOCK_FILE_NAME)?.content;
  if (recalled !== undefined && recalledLock !== undefined) {
    repeatAnswer(shell, recalled);
    const lock = { text: recalledLock, resolution: parseLock(recalledLock) };
    return reportOutcome(run, { ...recalled, lock, keptVersionsOf: [] }, writeChanges(run, lock, recalled.files));
  }
  const imported = onDisk === undefined && !forgetsAll(request.updates) ? importedPins(context, service) : undefined;
  for (const diagnostic of imported?.diagnostics ?? []) shell.talk(renderDiagnostic(diagnostic, shell.paint));
  const previous = keptPins(onDisk?.resolution ?? imported?.previous, request.updates);
  const { result, usableUntilMs } = await solve(context, service, settings, flags, previous);
  if (result.kind === "unsatisfiable") {
    return reportUnresolvable(
      { context, service, settings, flags, previous },
      result,
      flags.json === true,
      flags.explain,
    );
  }
  if (result.kind === "stopped") throw stoppedError(result);
  refuseViolations(result);
  refuseMissedUpdates(result.resolution, request.updates ?? []);
  const solved = lockedForm(result.resolution, projectDirectory);
  const lock = onDisk !== undefined && isUnchanged(onDisk.resolution, solved.resolution, settings) ? onDisk : solved;
  const manifestFiles = [...(request.edited ?? [])].map(([path, content]) => ({ path, content }));
  const files = [...manifestFiles, ...outputFiles(context, service, lock, flags.locks, writesNix)];
  const written = writeChanges(run, lock, files);
  if (written.isWriting || written.changed.length === 0) {
    // What is said of other tools' locks is not kept, so they have to be read again.
    const isRepeatable = known !== undefined && (imported === undefined || !hasImported(imported));
    const recallableUntilMs = isRepeatable ? usableUntilMs : -Infinity;
    answers?.keep(asked, { seen, files, projectDirectory }, result, recallableUntilMs);
  }
  // To take the result apart with `...` would make its native lockfiles once more.
  const { diagnostics, statistics } = result;
  return reportOutcome(run, { diagnostics, statistics, lock, keptVersionsOf: imported?.paths ?? [] }, written);
}

/** One call of {@link resolveAndWrite}. */
interface Run {
  readonly context: CommandContext;
  readonly service: Service;
  readonly settings: Settings;
  readonly flags: WriteFlags;
  readonly onDisk: LockOnDisk | undefined;
  readonly startedAt: number;
}

/** Writes the files of an answer that differ from what is there, unless it is only asked which these are. */
function writeChanges(run: Run, lock: LockOnDisk, files: readonly OutputFile[]): Written {
  const { context, flags } = run;
  const changed = changedFiles(context, files);
  if (flags.locked === true) refuseChanges(run, lock, changed);
  const isWriting = flags.locked !== true && flags.dryRun !== true;
  if (isWriting) writeFiles(context, changed);
  return { changed, isWriting };
}

/** Says again what was said when a question was answered, and why it was not asked again. */
function repeatAnswer(shell: Shell, { diagnostics }: StandingAnswer): void {
  for (const text of renderDiagnostics(diagnostics, shell.paint, shell.isVerbose)) shell.talk(text);
  shell.detail("everything that this answer was made from is as it was; --refresh asks the registries again");
}

/** The answers of earlier runs; `undefined` where nothing is to be kept. */
function standingAnswers({ host }: CommandContext, flags: WriteFlags): StandingAnswers | undefined {
  return isCached(host, flags)
    ? new StandingAnswers(cacheDirectory(host.environment, host.homeDirectory), nodeFileSystem, () => host.now())
    : undefined;
}

/** What became of the files of an answer. */
interface Written {
  /** Those that differ from what was there. */
  readonly changed: readonly OutputFile[];
  readonly isWriting: boolean;
}

/** An answer, wherever it comes from. */
interface Answer extends StandingAnswer {
  readonly lock: LockOnDisk;
  /** Locks of other tools whose pins were preferred. */
  readonly keptVersionsOf: readonly string[];
}

function reportOutcome(run: Run, answer: Answer, { changed, isWriting }: Written): ExitStatus {
  const { context, service, flags, onDisk, startedAt } = run;
  const { shell } = context;
  const outcome: Outcome = {
    resolution: answer.lock.resolution,
    changes: answer.lock === onDisk ? [] : diffResolutions(onDisk?.resolution, answer.lock.resolution),
    diagnostics: [...service.workspace.diagnostics, ...answer.diagnostics],
    statistics: answer.statistics,
    elapsedMs: context.host.now() - startedAt,
  };
  shell.talk(summaryLine(outcome, shell.paint));
  for (const path of answer.keptVersionsOf) shell.talk(`  ${shell.paint("dim", "kept versions of")} ${path}`);
  reportChanges(shell, outcome.changes, onDisk === undefined);
  if (flags.locked !== true) {
    const verb = isWriting ? "wrote" : "would write";
    for (const path of groupedPaths(changed, emissionFolder)) shell.talk(`  ${shell.paint("dim", verb)} ${path}`);
    if (changed.length === 0) shell.talk(`  ${shell.paint("dim", "nothing changed")}`);
  }
  reportDivergences(shell, outcome.resolution);
  reportFidelity(shell, outcome.resolution);
  if (flags.json === true) shell.data(outcomeJson(outcome, isWriting ? changed.map(({ path }) => path) : []));
  return 0;
}

/** A first lock is all new, which nobody wants to read line by line; `enki tree` shows it better. */
function reportChanges(shell: Shell, changes: readonly PackageChange[], isFirst: boolean): void {
  if (isFirst && !shell.isVerbose) return;
  const lines = renderChanges(changes, shell.paint);
  const shown = shell.isVerbose ? lines.length : MAXIMUM_CHANGES;
  for (const line of lines.slice(0, shown)) shell.talk(`  ${line}`);
  if (lines.length > shown) shell.talk(`  … and ${String(lines.length - shown)} more (--verbose shows all)`);
}

function hasImported({ paths, diagnostics }: ImportedPins): boolean {
  return paths.length > 0 || diagnostics.length > 0;
}

/** The pins that a resolution prefers: all of them, all but those of the packages to update, or none. */
function keptPins(pins: Resolution | undefined, updates: readonly string[] | undefined): Resolution | undefined {
  if (pins === undefined || updates === undefined) return pins;
  return forgetsAll(updates) ? undefined : forgetPins(pins, updates);
}

function forgetsAll(updates: readonly string[] | undefined): boolean {
  return updates?.length === 0;
}

function outputFiles(
  context: CommandContext,
  service: Service,
  lock: LockOnDisk,
  areLocksWanted: boolean,
  writesNix: boolean,
): readonly OutputFile[] {
  const { outputs } = service.workspace.configuration;
  const writesLocks = areLocksWanted && outputs.locks !== false;
  return [
    { path: LOCK_FILE_NAME, content: lock.text },
    ...(writesLocks ? nativeLocks(context, service, lock.resolution) : []),
    ...(writesNix ? nixFiles(context, service, lock, false) : []),
  ];
}

function refuseViolations({ violations }: Resolved): void {
  const [first] = violations;
  if (first === undefined) return;
  const list = violations.slice(0, 20).map(({ from, message }) => `${from}: ${message}`);
  throw new EnkiError("internal", `the answer does not hold, so nothing was written:\n  ${list.join("\n  ")}`, {
    hint: "this is a defect of Enki; please report it with the manifests",
  });
}

function refuseChanges({ context, settings, onDisk }: Run, lock: LockOnDisk, changed: readonly OutputFile[]): void {
  const { shell, projectDirectory } = context;
  // Native lockfiles that are not there are none of --locked's business: not every service keeps them.
  const stale = changed.filter(
    ({ path }) => path !== LOCK_FILE_NAME && nodeFileSystem.kind(`${projectDirectory}/${path}`) === "file",
  );
  const isLockSame = onDisk !== undefined && saysTheSame(onDisk.resolution, lock.resolution, settings);
  if (isLockSame && stale.length === 0) return;
  const names = [...(isLockSame ? [] : [LOCK_FILE_NAME]), ...stale.map(({ path }) => path)];
  for (const line of renderChanges(diffResolutions(onDisk?.resolution, lock.resolution), shell.paint)) {
    shell.complain(`  ${line}`);
  }
  throw new EnkiError("lock-mismatch", `--locked was given, and ${names.join(", ")} would change`, {
    hint: "run `enki resolve` and commit the result",
  });
}
