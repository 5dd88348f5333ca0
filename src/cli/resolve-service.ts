import { EnkiError } from "../model/enki-error.ts";
import type { Resolution } from "../model/resolution.ts";
import { createHttpClient } from "../net/client.ts";
import { createGitClient } from "../net/git/git-repositories.ts";
import { nodeFileSystem } from "../net/node-file-system.ts";
import { resolveService } from "../resolve.ts";
import type { ResolveProgress, ResolveResult } from "../resolve/request.ts";
import type { VersionQuestion } from "../resolve/version-question.ts";
import { booleanVariable, mergeSettings } from "../workspace/settings.ts";
import type { Settings } from "../workspace/settings.ts";
import type { CommandContext } from "./command-context.ts";
import type { NetworkFlags, PolicyFlags } from "./common-options.ts";
import { settingFlags } from "./common-options.ts";
import { cacheDirectory } from "./host-system.ts";
import { ResolveProgressLine } from "./progress-line.ts";
import { renderDiagnostics } from "./render-diagnostic.ts";
import type { Service } from "./service.ts";

/** The settings of a service under the flags of a command. */
export function settingsOf(
  { host }: CommandContext,
  service: Service,
  flags: PolicyFlags,
  previous: Resolution | undefined,
): Settings {
  const configured = service.workspace.configuration;
  // A lock keeps the systems that it was made for, so that it reads the same on whatever machine it is renewed.
  const lockedSystems = previous?.targets.map(({ system }) => system) ?? [];
  const systems = configured.systems ?? (lockedSystems.length > 0 ? lockedSystems : undefined);
  return mergeSettings(settingFlags(flags), {
    configuration: systems === undefined ? configured : { ...configured, systems },
    environment: host.environment,
    ecosystems: service.ecosystems,
    directory: host.directory,
    hostSystem: host.system,
    nowMs: host.now(),
  });
}

/** What a resolution needs besides its settings. */
export interface SolveFlags extends NetworkFlags {
  readonly capturesProblems?: boolean;
  readonly question?: VersionQuestion;
}

/** Whether anything may be kept from one run to the next. */
export function isCached({ environment }: CommandContext["host"], flags: Pick<NetworkFlags, "cache">): boolean {
  return flags.cache && booleanVariable(environment, "ENKI_NO_CACHE") !== true;
}

/** What a resolution ended in. */
export interface Solved {
  readonly result: ResolveResult;
  /** The moment, in milliseconds since 1970, until which nobody would be asked if the same were resolved again. */
  readonly usableUntilMs: number;
}

/** Resolves a service, showing how far it is. Warnings are said on the way. */
export async function solve(
  context: CommandContext,
  service: Service,
  settings: Settings,
  flags: SolveFlags,
  previous: Resolution | undefined,
): Promise<Solved> {
  const { host, shell, projectDirectory, files = nodeFileSystem } = context;
  const { manifests, configuration } = service.workspace;
  if (manifests.length === 0 && settings.serviceRequirements.length === 0) throw nothingToResolve(context, service);
  const isOffline = flags.offline ?? booleanVariable(host.environment, "ENKI_OFFLINE") ?? false;
  const cache = isCached(host, flags) ? { cacheDirectory: cacheDirectory(host.environment, host.homeDirectory) } : {};
  if (isOffline && flags.refresh === true) {
    throw new EnkiError("usage", "--offline and --refresh contradict each other");
  }
  const line = new ResolveProgressLine(shell);
  const http = createHttpClient({
    ...cache,
    isOffline,
    refresh: flags.refresh === true,
    environmentVariables: host.environment,
    signal: host.signal,
    onProgress: (progress) => line.onHttp(progress),
    onWarning: (message) => shell.talk(`${shell.paint("warning", "warning")}: ${message}`),
    nowMs: () => host.now(),
  });
  const git = createGitClient({
    ...cache,
    isOffline,
    environmentVariables: host.environment,
    signal: host.signal,
  });
  const resolving = resolveService({
    projectDirectory,
    ecosystems: service.ecosystems,
    manifests,
    serviceRequirements: settings.serviceRequirements,
    declaredEdges: configuration.edges,
    systems: settings.systems,
    registries: settings.registries,
    options: settings.options,
    settings: settings.settings,
    ...(previous === undefined ? {} : { previous }),
    http,
    git,
    files,
    environmentVariables: host.environment,
    nowMs: host.now(),
    isOffline,
    question: flags.question,
    capturesProblems: flags.capturesProblems === true,
    locksMissingHashes: flags.prefetch === true,
    limits: {
      ...(settings.maxSteps === undefined ? {} : { maxSteps: settings.maxSteps }),
      ...(settings.maxTimeMs === undefined ? {} : { maxTimeMs: settings.maxTimeMs }),
      now: () => host.now(),
    },
    signal: host.signal,
    onProgress: (progress: ResolveProgress) => line.onResolve(progress),
  });
  // What was fetched before a failure need not be fetched again.
  const result = await resolving.finally(() => http.flush());
  await git.close();
  shell.clearProgress();
  if (line.summary() !== "") shell.detail(line.summary());
  for (const text of renderDiagnostics(result.diagnostics, shell.paint, shell.isVerbose)) shell.talk(text);
  // What a branch points to has no date of expiry.
  return { result, usableUntilMs: git.isUsed ? -Infinity : http.usableUntilMs };
}

function nothingToResolve({ projectDirectory }: CommandContext, { ecosystems }: Service): EnkiError {
  const titles = [...ecosystems.values()].map(({ title }) => title).join(", ");
  return new EnkiError("usage", `there is nothing to resolve in ${projectDirectory}`, {
    hint: `Enki reads the manifests of ${titles}, and enki.toml; name another project with --directory`,
  });
}
