import type { CapturedProblem } from "./resolve/captured-problem.ts";
import { refuseChangedHashes } from "./resolve/changed-hashes.ts";
import { keepLockedHashes, lockMissingHashes } from "./resolve/lock-hashes.ts";
import { mergeTargets, type TargetResolution } from "./resolve/merge-targets.ts";
import type { ResolveRequest, ResolveResult, TargetStatistics } from "./resolve/request.ts";
import { resolveTarget } from "./resolve/resolve-target.ts";
import { verifyResolution } from "./resolve/verify.ts";
import type { Diagnostic } from "./model/diagnostic.ts";
import { EnkiError } from "./model/enki-error.ts";
import type { OutputFile, Resolution, ResolvedPackage } from "./model/resolution.ts";

/**
 * Resolves a service: all its manifests, toolchains and system libraries as one problem, once per system, each system
 * preferring what the ones before it selected. The answer is checked by code that shares nothing with the solver.
 *
 * "There is no answer" is a value. Throws an EnkiError for bad input, network failures, limits of documents, and
 * files whose hash is another than the previous lock's.
 */
export async function resolveService(
  request: ResolveRequest,
  existing: (path: string) => string | undefined = () => undefined,
): Promise<ResolveResult> {
  const [firstSystem] = request.systems;
  if (firstSystem === undefined) throw new EnkiError("usage", "there is no system to resolve for");
  const diagnostics = new Map<string, Diagnostic>();
  const report = (diagnostic: Diagnostic): void => {
    diagnostics.set(JSON.stringify(diagnostic), diagnostic);
  };
  const statistics: TargetStatistics[] = [];
  const targets: TargetResolution[] = [];
  const problems: CapturedProblem[] = [];
  const preferred = new Map<string, ResolvedPackage>();
  for (const package_ of request.previous?.packages ?? []) preferred.set(package_.id, package_);
  for (const system of request.systems) {
    // A later system prefers what an earlier one selected, so they can't run side by side.
    const outcome = await resolveTarget(request, system, [...preferred.values()], report).catch((error: unknown) => {
      throw withDiagnostics(error, diagnostics);
    });
    statistics.push(outcome.statistics);
    if (outcome.captured !== undefined) problems.push(outcome.captured);
    const common = { system, diagnostics: [...diagnostics.values()], statistics, problems };
    if (outcome.kind === "unsatisfiable") {
      const { derivation, problem, alsoTried } = outcome;
      return { kind: "unsatisfiable", ...common, derivation, narrator: problem, alsoTried };
    }
    if (outcome.kind === "stopped") {
      const { reason, decided, undecided, contested } = outcome.stop;
      return { kind: "stopped", ...common, reason, decided, undecided, contested };
    }
    targets.push(outcome.resolution);
    for (const part of outcome.resolution.parts) {
      for (const package_ of part.packages) if (!preferred.has(package_.id)) preferred.set(package_.id, package_);
    }
  }
  const merged = keepLockedHashes(mergeTargets(targets, request.options.excludeNewer), request.previous);
  const resolution = request.locksMissingHashes === true ? await lockMissingHashes(merged, request.http) : merged;
  if (request.previous !== undefined) refuseChangedHashes(request.previous, resolution);
  request.onProgress?.({ phase: "checking", system: firstSystem, waitingFor: 0, rounds: 0 });
  const violations = verifyResolution(resolution, request.manifests, request.ecosystems);
  let locks: readonly OutputFile[] | undefined;
  return {
    kind: "resolved",
    resolution,
    violations,
    get locks() {
      return (locks ??= nativeLocks(request, resolution, existing));
    },
    diagnostics: [...diagnostics.values()],
    statistics,
    problems,
  };
}

/** What was noticed before an error may be its reason: a file of certificates that isn't there, and then a refusal. */
function withDiagnostics(error: unknown, diagnostics: ReadonlyMap<string, Diagnostic>): unknown {
  if (!(error instanceof EnkiError) || diagnostics.size === 0) return error;
  const { code, message, hint, cause } = error;
  return new EnkiError(code, message, { hint, cause, diagnostics: [...diagnostics.values(), ...error.diagnostics] });
}

function nativeLocks(
  { ecosystems, manifests }: ResolveRequest,
  resolution: Resolution,
  existing: (path: string) => string | undefined,
): readonly OutputFile[] {
  return [...ecosystems.values()].flatMap((ecosystem) =>
    ecosystem.exportLocks({
      resolution,
      manifests: manifests.filter((manifest) => manifest.ecosystem === ecosystem.id),
      existing,
    }),
  );
}
