import { LOCK_FILE_NAME } from "../lockfile/lock-schema.ts";
import { formatLock } from "../lockfile/write-lock.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { OutputFile, Resolution } from "../model/resolution.ts";
import { emissionFolder } from "../nix-emit/emit-nix.ts";
import { nodeFileSystem } from "../net/node-file-system.ts";
import type { Resolved } from "../resolve/request.ts";
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
import { selectManifests } from "./select-manifests.ts";
import type { Shell } from "./shell.ts";
import { askedQuestion } from "./standing-answer/asked-question.ts";
import { RecordedFiles } from "./standing-answer/recorded-files.ts";
import { StandingAnswers } from "./standing-answer/standing-answers.ts";
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
  const isAskedAgain = request.updates === undefined && request.edited === undefined && flags.refresh !== true;
  const standing = onDisk === undefined || !isAskedAgain ? undefined : answers?.find(asked);
  if (onDisk !== undefined && standing !== undefined) {
    for (const text of renderDiagnostics(standing.diagnostics, shell.paint, shell.isVerbose)) shell.talk(text);
    shell.detail("everything that this answer was made from is as it was; --refresh asks the registries again");
    const diagnostics = [...service.workspace.diagnostics, ...standing.diagnostics];
    const elapsedMs = context.host.now() - startedAt;
    const outcome = { ...standing, diagnostics, resolution: onDisk.resolution, changes: [], elapsedMs };
    return reportOutcome(shell, flags, outcome, { changed: [], isWriting: false, isFirst: false, keptVersionsOf: [] });
  }
  const imported = onDisk === undefined && !forgetsAll(request.updates) ? importedPins(context, service) : undefined;
  for (const diagnostic of imported?.diagnostics ?? []) shell.talk(renderDiagnostic(diagnostic, shell.paint));
  const previous = keptPins(onDisk?.resolution ?? imported?.previous, request.updates);
  const result = await solve(context, service, settings, flags, previous);
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
  const lock = onDisk !== undefined && differsInProvenanceOnly(onDisk, solved) ? onDisk : solved;
  const outcome: Outcome = {
    resolution: lock.resolution,
    changes: diffResolutions(onDisk?.resolution, lock.resolution),
    diagnostics: [...service.workspace.diagnostics, ...result.diagnostics],
    statistics: result.statistics,
    elapsedMs: context.host.now() - startedAt,
  };
  const manifestFiles = [...(request.edited ?? [])].map(([path, content]) => ({ path, content }));
  const files = [...manifestFiles, ...outputFiles(context, service, lock, flags.locks, writesNix)];
  const changed = changedFiles(context, files);
  if (flags.locked === true) refuseChanges(context, onDisk, lock, changed);
  const isWriting = flags.locked !== true && flags.dryRun !== true;
  if (isWriting) writeFiles(context, changed);
  if (isWriting || changed.length === 0) answers?.keep(asked, { seen, files, projectDirectory }, result);
  return reportOutcome(shell, flags, outcome, {
    changed,
    isWriting,
    isFirst: onDisk === undefined,
    keptVersionsOf: imported?.paths ?? [],
  });
}

/** The answers of earlier runs; `undefined` where nothing is to be kept. */
function standingAnswers({ host }: CommandContext, flags: WriteFlags): StandingAnswers | undefined {
  return isCached(host, flags)
    ? new StandingAnswers(cacheDirectory(host.environment, host.homeDirectory), nodeFileSystem)
    : undefined;
}

/** What there is to say about an outcome besides itself. */
interface OutcomeFacts {
  readonly changed: readonly OutputFile[];
  readonly isWriting: boolean;
  /** Whether there was no lock before. */
  readonly isFirst: boolean;
  /** Locks of other tools whose pins were preferred. */
  readonly keptVersionsOf: readonly string[];
}

function reportOutcome(shell: Shell, flags: WriteFlags, outcome: Outcome, facts: OutcomeFacts): ExitStatus {
  const { changed, isWriting } = facts;
  shell.talk(summaryLine(outcome, shell.paint));
  for (const path of facts.keptVersionsOf) shell.talk(`  ${shell.paint("dim", "kept versions of")} ${path}`);
  reportChanges(shell, outcome.changes, facts.isFirst);
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

/**
 * Whether two locks say the same but for the state of the registries they were read from: then the one on disk stays,
 * so that a registry that moved on without touching this service makes no change to review.
 */
function differsInProvenanceOnly(onDisk: LockOnDisk, solved: LockOnDisk): boolean {
  const { provenance } = onDisk.resolution;
  return sameJson({ ...solved.resolution, provenance }, onDisk.resolution);
}

/** Content hashes of manifests aside: a comment in a manifest is no reason for CI to fail. */
function saysTheSame(onDisk: LockOnDisk, solved: LockOnDisk): boolean {
  const { provenance, roots } = onDisk.resolution;
  const shaOf = new Map(roots.map((root) => [root.id, root.sha256]));
  const withOldHashes = solved.resolution.roots.map((root) => ({ ...root, sha256: shaOf.get(root.id) ?? root.sha256 }));
  return sameJson({ ...solved.resolution, provenance, roots: withOldHashes }, onDisk.resolution);
}

function sameJson(left: Resolution, right: Resolution): boolean {
  return formatLock(left) === formatLock(right);
}

function refuseViolations({ violations }: Resolved): void {
  const [first] = violations;
  if (first === undefined) return;
  const list = violations.slice(0, 20).map(({ from, message }) => `${from}: ${message}`);
  throw new EnkiError("internal", `the answer does not hold, so nothing was written:\n  ${list.join("\n  ")}`, {
    hint: "this is a defect of Enki; please report it with the manifests",
  });
}

function refuseChanges(
  { shell, projectDirectory }: CommandContext,
  onDisk: LockOnDisk | undefined,
  lock: LockOnDisk,
  changed: readonly OutputFile[],
): void {
  // Native lockfiles that are not there are none of --locked's business: not every service keeps them.
  const stale = changed.filter(
    ({ path }) => path !== LOCK_FILE_NAME && nodeFileSystem.kind(`${projectDirectory}/${path}`) === "file",
  );
  const isLockSame = onDisk !== undefined && saysTheSame(onDisk, lock);
  if (isLockSame && stale.length === 0) return;
  const names = [...(isLockSame ? [] : [LOCK_FILE_NAME]), ...stale.map(({ path }) => path)];
  for (const line of renderChanges(diffResolutions(onDisk?.resolution, lock.resolution), shell.paint)) {
    shell.complain(`  ${line}`);
  }
  throw new EnkiError("lock-mismatch", `--locked was given, and ${names.join(", ")} would change`, {
    hint: "run `enki resolve` and commit the result",
  });
}
