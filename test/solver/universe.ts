import { ANY_VERSION, filterSet } from "../../src/solver/index.ts";
import type { Dependency, DependencyKind, PackageFacts, Provider, Unavailable } from "../../src/solver/index.ts";

/** One edge of a universe: the target's admitted candidates are written out. */
export interface UniverseEdge {
  readonly to: number;
  readonly kind: DependencyKind;
  /** Admitted candidates; `undefined` means any. */
  readonly admits?: readonly number[];
}

export interface UniverseCandidate {
  readonly edges: readonly UniverseEdge[];
  /** Given by `dependencies`. */
  readonly unusable?: string;
  /** Given by `facts`. */
  readonly excluded?: string;
}

/** A problem in full: package 0, candidate 0 is the root. */
export interface Universe {
  readonly packages: readonly (readonly UniverseCandidate[])[];
  readonly hasAllDependencies?: boolean;
}

/** A provider that knows a whole universe. */
export class UniverseProvider implements Provider {
  readonly universe: Universe;
  private readonly requirements: (ReadonlySet<number> | undefined)[] = [undefined];
  private readonly requirementIndex = new Map<string, number>();
  private readonly answers = new Map<string, readonly Dependency[]>();

  constructor(universe: Universe) {
    this.universe = universe;
  }

  facts(package_: number): PackageFacts | undefined {
    const candidates = this.universe.packages[package_] ?? [];
    const reasons = new Set(candidates.map((candidate) => candidate.excluded));
    return {
      count: candidates.length,
      ...(candidates.length === 0 ? { missing: "does not exist" } : {}),
      unavailable: [...reasons]
        .filter((reason) => reason !== undefined)
        .map((reason) => ({
          reason,
          candidates: filterSet(candidates.length, (index) => candidates[index]?.excluded === reason),
        })),
      ...(this.universe.hasAllDependencies === true ? { hasAllDependencies: true } : {}),
    };
  }

  dependencies(package_: number, index: number): readonly Dependency[] | Unavailable | undefined {
    const candidate = this.universe.packages[package_]?.[index];
    if (candidate?.unusable !== undefined) return { kind: "unavailable", reason: candidate.unusable };
    const key = `${package_}@${index}`;
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const answer = (candidate?.edges ?? []).map((edge) => ({
      package: edge.to,
      kind: edge.kind,
      requirement: this.requirement(edge.admits),
    }));
    this.answers.set(key, answer);
    return answer;
  }

  matches(package_: number, requirement: number): Int32Array {
    const admitted = this.requirements[requirement];
    const count = this.universe.packages[package_]?.length ?? 0;
    return filterSet(count, (index) => admitted === undefined || admitted.has(index));
  }

  /** The number of a requirement; the same set always has the same one. */
  requirement(admits: readonly number[] | undefined): number {
    if (admits === undefined) return ANY_VERSION;
    const key = admits.join(",");
    const known = this.requirementIndex.get(key);
    if (known !== undefined) return known;
    const index = this.requirements.length;
    this.requirements.push(new Set(admits));
    this.requirementIndex.set(key, index);
    return index;
  }
}

/** What is wrong with a selection, or `undefined`: an independent judge that reads the universe only. */
export function flawOf(
  universe: Universe,
  selection: ReadonlyMap<number, number>,
  rootCandidate = 0,
): string | undefined {
  if (selection.get(0) !== rootCandidate) return "the root is not selected";
  const reachable = new Set([0]);
  for (const [package_, index] of selection) {
    const candidate = universe.packages[package_]?.[index];
    if (candidate === undefined) return `${package_}@${index} does not exist`;
    if (candidate.unusable !== undefined || candidate.excluded !== undefined) return `${package_}@${index} is unusable`;
    for (const edge of candidate.edges) {
      const selected = selection.get(edge.to);
      if (selected === undefined) {
        if (edge.kind !== "constrains") return `${package_}@${index} needs ${edge.to}`;
      } else if (edge.kind === "same") {
        if (selected !== index) return `${package_}@${index} is not the same as ${edge.to}@${selected}`;
      } else if (edge.admits !== undefined && !edge.admits.includes(selected)) {
        return `${package_}@${index} does not admit ${edge.to}@${selected}`;
      }
    }
  }
  for (const package_ of reachable) {
    const index = selection.get(package_);
    for (const edge of universe.packages[package_]?.[index ?? -1]?.edges ?? []) {
      if (edge.kind !== "constrains") reachable.add(edge.to);
    }
  }
  for (const package_ of selection.keys()) if (!reachable.has(package_)) return `${package_} is not needed by anything`;
  return undefined;
}

/** Whether a universe has a solution, by trying everything. For tiny universes only. */
export function isSatisfiableByBruteForce(universe: Universe): boolean {
  const selection = new Map([[0, 0]]);
  const visit = (): boolean => {
    for (const [package_, index] of selection) {
      const candidate = universe.packages[package_]?.[index];
      if (candidate === undefined || candidate.unusable !== undefined || candidate.excluded !== undefined) return false;
      for (const edge of candidate.edges) {
        if (edge.kind === "constrains" || selection.has(edge.to)) continue;
        const count = universe.packages[edge.to]?.length ?? 0;
        for (let choice = 0; choice < count; choice++) {
          selection.set(edge.to, choice);
          if (visit()) return true;
          selection.delete(edge.to);
        }
        return false;
      }
    }
    return flawOf(universe, selection) === undefined;
  };
  return visit();
}
