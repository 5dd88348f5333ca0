import type { RegistryLocation, ResolveOptions } from "../../ecosystems/ecosystem.ts";
import { ecosystems } from "../../ecosystems/index.ts";
import { EnkiError } from "../../model/enki-error.ts";
import type { EcosystemId } from "../../model/requirement.ts";
import type { SystemName } from "../../model/target.ts";
import { createHttpClient } from "../../net/client.ts";
import { nodeFileSystem } from "../../net/node-file-system.ts";
import { explain } from "../../report/explanation/explain.ts";
import { assumedEcosystem } from "../../resolve/assumed-ecosystem.ts";
import type { RegistryCheck } from "../../resolve/check-registry.ts";

/** What a check of a registry depends on, as plain data: it is sent to worker threads. */
export interface RegistryCheckPlan {
  readonly ecosystem: EcosystemId;
  readonly system: SystemName;
  readonly registries: readonly RegistryLocation[];
  readonly options: ResolveOptions;
  /** Settings of the ecosystem itself. */
  readonly settings: ResolveOptions["settings"];
  readonly projectDirectory: string;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly nowMs: number;
  readonly isOffline: boolean;
  readonly cacheDirectory?: string;
  /** Limit of decisions and conflicts for each package. */
  readonly maxSteps?: number;
}

/** Makes everything that the check of a plan needs: each thread has its own. */
export async function openRegistryCheck(plan: RegistryCheckPlan, signal: AbortSignal): Promise<RegistryCheck> {
  const load = ecosystems.get(plan.ecosystem);
  if (load === undefined) {
    throw new EnkiError("usage", `there is no ecosystem called ${plan.ecosystem}`, {
      hint: `one of: ${[...ecosystems.keys()].join(", ")}`,
    });
  }
  const checked = await load();
  return {
    ecosystem: plan.ecosystem,
    base: {
      projectDirectory: plan.projectDirectory,
      ecosystems: new Map(
        [...ecosystems.keys()].map((id) => [id, id === plan.ecosystem ? checked : assumedEcosystem(id)]),
      ),
      systems: [plan.system],
      registries: new Map([[plan.ecosystem, plan.registries]]),
      options: plan.options,
      settings: new Map([[plan.ecosystem, plan.settings]]),
      http: createHttpClient({
        ...(plan.cacheDirectory === undefined ? {} : { cacheDirectory: plan.cacheDirectory }),
        isOffline: plan.isOffline,
        environmentVariables: plan.environmentVariables,
        signal,
      }),
      files: nodeFileSystem,
      environmentVariables: plan.environmentVariables,
      nowMs: plan.nowMs,
      isOffline: plan.isOffline,
      limits: plan.maxSteps === undefined ? {} : { maxSteps: plan.maxSteps },
      signal,
    },
    now: () => performance.now(),
    explain: ({ derivation, narrator }) => {
      const { text, steps } = explain(derivation, narrator);
      const facts = steps.flatMap(({ because }) => because).filter(({ kind }) => kind === "fact").length;
      return { text, facts };
    },
  };
}

/** Every name of the registry. Throws an EnkiError (`unsupported`) when the registry does not list them. */
export async function namesToCheck(check: RegistryCheck): Promise<readonly string[]> {
  const { ecosystems: open, registries, http, files, projectDirectory } = check.base;
  const checked = open.get(check.ecosystem);
  const context = { registries: registries.get(check.ecosystem) ?? [], http, files, projectDirectory };
  const names = await checked?.packageNames?.(context);
  if (names !== undefined) return names;
  throw new EnkiError("unsupported", `${checked?.title ?? check.ecosystem} registries do not list their packages`);
}
