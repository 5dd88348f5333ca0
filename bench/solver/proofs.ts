import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Provider, Solver } from "../../src/solver/index.ts";
import { MemoryIndex, solve } from "../../test/ecosystems/pypi/memory-index.ts";
import { readUvScenarios } from "../../test/ecosystems/pypi/uv-scenario.ts";
import { CASES } from "../../test/report/explanation/cases.ts";
import { Scenario } from "../../test/report/explanation/scenario.ts";
import { problems } from "./problems.ts";
import type { Proof } from "./proof-size.ts";
import { RegistryProvider, type Root } from "./registry.ts";

const UV_SCENARIOS = fileURLToPath(new URL("../../../shared/data/pypi/scenarios", import.meta.url));

/** Registries whose proofs are measured. */
const REGISTRIES = new Set(["large_case", "large_case_1", "npm-like 300", "elm-like 1000", "npm-like timeline 300"]);

/** Problems without an answer from one source. */
export interface ProofSource {
  readonly name: string;
  /** The proofs, or `undefined` when the data is missing. */
  readonly proofs: () => Promise<readonly Proof[]> | readonly Proof[];
}

/** The sources whose data is at hand. */
export function proofSources(): readonly ProofSource[] {
  const { present } = problems();
  return [
    { name: "explanations: pub's cases", proofs: () => proofsOfCases((name) => name.startsWith("pub:")) },
    { name: "explanations: uv's cases", proofs: () => proofsOfCases((name) => name.startsWith("uv:")) },
    { name: "explanations: all", proofs: () => proofsOfCases(() => true) },
    ...(existsSync(UV_SCENARIOS) ? [{ name: "scenarios for one Python environment", proofs: proofsOfScenarios }] : []),
    ...present
      .filter(({ name }) => REGISTRIES.has(name))
      .map(({ name, load, roots }) => ({
        name,
        proofs: (): readonly Proof[] => {
          const registry = load();
          return proofsOfRegistry(new RegistryProvider(registry), roots(registry));
        },
      })),
  ];
}

function proofsOfCases(isWanted: (name: string) => boolean): readonly Proof[] {
  return CASES.filter(({ name }) => isWanted(name)).map(({ problem }) => proofOfCase(problem));
}

/** The proof that a problem written as text has no answer. */
export function proofOfCase(problem: string): Proof {
  const scenario = new Scenario(problem);
  const [proof] = proofsFrom(scenario, [[0, 0]]);
  if (proof === undefined) throw new Error("the problem has an answer");
  return { derivation: proof, narrator: scenario };
}

async function proofsOfScenarios(): Promise<readonly Proof[]> {
  const proofs: Proof[] = [];
  for (const { isUniversal, isSatisfiable, projects, problem } of readUvScenarios(UV_SCENARIOS)) {
    if (isUniversal || isSatisfiable) continue;
    // oxlint-disable-next-line no-await-in-loop -- one after another, for little memory
    const result = await solve(new MemoryIndex(projects), problem);
    if (result.kind === "unsatisfiable") proofs.push(result);
  }
  return proofs;
}

function proofsOfRegistry(provider: RegistryProvider, roots: readonly Root[]): readonly Proof[] {
  return proofsFrom(provider, roots).map((derivation) => ({ derivation, narrator: numbers(provider) }));
}

function proofsFrom(provider: Provider, roots: readonly Root[]): readonly Proof["derivation"][] {
  const solver = new Solver(provider);
  return roots.flatMap(([package_, candidate]) => {
    solver.start(package_, candidate);
    const outcome = solver.run();
    return outcome.kind === "unsatisfiable" ? [outcome.derivation] : [];
  });
}

/** Numbers for words. */
function numbers(provider: RegistryProvider): Proof["narrator"] {
  return {
    describe: (package_) => ({ ecosystem: "numbers", kind: "real", label: `p${package_}` }),
    describeVersions: (_, versions) => versions.join("."),
    describeRequirement: (_, requirement) => `r${requirement}`,
    describeReason: () => "",
    candidateCount: (package_) => provider.facts(package_).count,
  };
}
