import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { EcosystemId } from "../model/requirement.ts";
import { resolveService } from "../resolve.ts";
import { onlyEcosystem } from "./assumed-ecosystem.ts";
import type { ResolveRequest, Unresolvable } from "./request.ts";

/** What became of one package of a registry, resolved by itself. */
export type NameVerdict =
  | {
      readonly kind: "solvable";
      readonly name: string;
      readonly version: string;
      /** How many packages the answer has. Every one of their requirements was checked again, without the solver. */
      readonly packages: number;
      readonly elapsedMs: number;
    }
  | {
      readonly kind: "unsolvable";
      readonly name: string;
      readonly explanation: string;
      readonly facts: number;
      readonly elapsedMs: number;
    }
  /** An answer that does not hold (a defect of Enki), a limit that was reached, or an error. */
  | { readonly kind: "failed"; readonly name: string; readonly message: string; readonly elapsedMs: number };

export interface RegistryCheck {
  readonly ecosystem: EcosystemId;
  /** Everything that a resolution depends on but for the manifests. */
  readonly base: Omit<ResolveRequest, "manifests" | "serviceRequirements" | "declaredEdges" | "onProgress">;
  now(): number;
  /** Why there is no answer, in words, and how many facts the proof stands on. */
  explain(result: Unresolvable): { readonly text: string; readonly facts: number };
}

/**
 * Resolves packages of one registry, each by itself as if a service asked for nothing else, as maintainers of the
 * registry want to know. What the packages need of other ecosystems is taken to exist.
 */
export async function checkNames(
  check: RegistryCheck,
  names: readonly string[],
  onVerdict: (verdict: NameVerdict) => void,
): Promise<void> {
  const ecosystems = onlyEcosystem(check.base.ecosystems, check.ecosystem);
  const ecosystem = ecosystems.get(check.ecosystem);
  if (ecosystem === undefined) return;
  const silent: Pick<Ecosystem, "exportLocks"> = { exportLocks: () => [] };
  const checked = new Map(ecosystems).set(check.ecosystem, { ...ecosystem, ...silent });
  for (const name of names) {
    const startedMs = check.now();
    // One after the other: they share the registry in memory, and nothing is left to wait for.
    const verdict = await checkName(check, checked, ecosystem, name);
    onVerdict({ ...verdict, elapsedMs: check.now() - startedMs });
  }
}

type Untimed<Verdict> = Verdict extends unknown ? Omit<Verdict, "elapsedMs"> : never;

async function checkName(
  check: RegistryCheck,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  ecosystem: Ecosystem,
  name: string,
): Promise<Untimed<NameVerdict>> {
  const { projectDirectory, files } = check.base;
  const entry = { name, range: "*", features: [], origin: { file: "enki.toml" } };
  const { manifest } = ecosystem.readDependencyTable([entry], { projectDirectory, files });
  if (manifest === undefined) return { kind: "failed", name, message: "this is not the name of a package" };
  try {
    const request = { ...check.base, ecosystems, manifests: [manifest], serviceRequirements: [], declaredEdges: [] };
    const result = await resolveService(request);
    if (result.kind === "unsatisfiable") {
      const { text, facts } = check.explain(result);
      return { kind: "unsolvable", name, explanation: text, facts };
    }
    if (result.kind === "stopped") return { kind: "failed", name, message: `stopped by a limit (${result.reason})` };
    const [violation] = result.violations;
    if (violation !== undefined) return { kind: "failed", name, message: `${violation.from}: ${violation.message}` };
    const { packages } = result.resolution;
    const version = packages.find((package_) => package_.name === name)?.version ?? "";
    return { kind: "solvable", name, version, packages: packages.length };
  } catch (error) {
    if (!(error instanceof EnkiError) || error.code === "aborted") throw error;
    return { kind: "failed", name, message: error.message };
  }
}
