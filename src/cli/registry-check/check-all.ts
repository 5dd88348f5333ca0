import { availableParallelism } from "node:os";
import { canonicalJson } from "../../model/canonical-json.ts";
import { EnkiError } from "../../model/enki-error.ts";
import type { NameVerdict } from "../../resolve/check-registry.ts";
import { booleanVariable } from "../../workspace/settings.ts";
import type { CommandContext, ExitStatus } from "../command-context.ts";
import type { NetworkFlags, PolicyFlags } from "../common-options.ts";
import { cacheDirectory } from "../host-system.ts";
import { settingsOf } from "../resolve-service.ts";
import { openService } from "../service.ts";
import { runRegistryCheck } from "./run.ts";

/** Each thread holds the registry in memory; more of them than this bring little. */
const MAXIMUM_THREADS = 8;

/** `enki resolve --all <ecosystem>`: every package of a registry by itself, and why some have no answer. */
export async function checkAll(
  context: CommandContext,
  flags: NetworkFlags & PolicyFlags & { readonly json?: boolean },
  ecosystem: string,
): Promise<ExitStatus> {
  const { host, shell, projectDirectory } = context;
  const startedAt = host.now();
  const service = await openService(context);
  const settings = settingsOf(context, service, flags, undefined);
  const [system] = settings.systems;
  if (system === undefined || settings.systems.length > 1) {
    throw new EnkiError("usage", "--all checks a registry for one system at a time", { hint: "name it with --system" });
  }
  const isCached = flags.cache && booleanVariable(host.environment, "ENKI_NO_CACHE") !== true;
  const verdicts = await runRegistryCheck(
    {
      ecosystem,
      system,
      registries: settings.registries.get(ecosystem) ?? [],
      options: settings.options,
      settings: settings.settings.get(ecosystem) ?? new Map(),
      projectDirectory,
      environmentVariables: { ...host.environment },
      nowMs: host.now(),
      isOffline: flags.offline ?? booleanVariable(host.environment, "ENKI_OFFLINE") ?? false,
      ...(isCached ? { cacheDirectory: cacheDirectory(host.environment, host.homeDirectory) } : {}),
      ...(settings.maxSteps === undefined ? {} : { maxSteps: settings.maxSteps }),
    },
    {
      threads: Math.min(availableParallelism(), MAXIMUM_THREADS),
      signal: host.signal,
      onProgress: (done, all) => shell.progress(`checked ${String(done)} of ${String(all)} packages`),
    },
  );
  shell.clearProgress();
  if (flags.json === true) shell.data(verdictsJson(verdicts, system));
  else for (const verdict of verdicts) if (verdict.kind !== "solvable") shell.data(verdictText(verdict));
  const count = (kind: NameVerdict["kind"]): number => verdicts.filter((verdict) => verdict.kind === kind).length;
  const seconds = ((host.now() - startedAt) / 1000).toFixed(1);
  shell.talk(
    `Checked ${String(verdicts.length)} packages of ${ecosystem} for ${system} in ${seconds} s: ` +
      `${String(count("solvable"))} solvable, ${String(count("unsolvable"))} unsolvable, ${String(count("failed"))} failed`,
  );
  return verdicts.every(({ kind }) => kind === "solvable") ? 0 : 1;
}

/** One verdict as a paragraph. */
function verdictText(verdict: NameVerdict): string {
  if (verdict.kind === "solvable") return `${verdict.name} ${verdict.version}`;
  const text = verdict.kind === "failed" ? verdict.message : verdict.explanation;
  return `${verdict.name}: ${verdict.kind}\n${text.replace(/^/gmu, "  ")}\n`;
}

/** The verdicts for programs. Times are left out: the same registry gives the same bytes. */
function verdictsJson(verdicts: readonly NameVerdict[], system: string): string {
  return canonicalJson({
    system,
    packages: verdicts.map((verdict) => {
      const { elapsedMs: _elapsedMs, ...facts } = verdict;
      return facts;
    }),
  });
}
