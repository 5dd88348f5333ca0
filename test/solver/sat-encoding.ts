import { ANY_VERSION, hasMember, type Provider } from "../../src/solver/index.ts";

/** A problem as clauses over one variable per candidate, for a SAT solver. */
export interface SatProblem {
  readonly clauses: readonly (readonly number[])[];
  readonly variables: number;
}

/** Encodes everything that can be reached from the root. Shares nothing with the solver but the provider. */
export function encode(provider: Provider, root: number, rootCandidate: number): SatProblem {
  const first = new Map<number, number>();
  const clauses: number[][] = [];
  let variables = 0;
  const reached: number[] = [];
  const variablesOf = (package_: number): number => {
    const known = first.get(package_);
    if (known !== undefined) return known;
    const start = variables + 1;
    variables += countOf(provider, package_);
    first.set(package_, start);
    reached.push(package_);
    return start;
  };
  clauses.push([variablesOf(root) + rootCandidate]);
  for (const package_ of reached) {
    const start = variablesOf(package_);
    const facts = provider.facts(package_);
    for (let index = 0; index < (facts?.count ?? 0); index++) {
      for (let other = 0; other < index; other++) clauses.push([-(start + index), -(start + other)]);
      if (facts?.unavailable?.some((group) => hasMember(group.candidates, index))) clauses.push([-(start + index)]);
      const answer = provider.dependencies(package_, index);
      if (answer === undefined || "kind" in answer) {
        clauses.push([-(start + index)]);
        continue;
      }
      for (const dependency of answer) {
        const target = variablesOf(dependency.package);
        const count = countOf(provider, dependency.package);
        const admitted: number[] = [];
        for (let choice = 0; choice < count; choice++) {
          const isAdmitted =
            dependency.kind === "same"
              ? choice === index
              : dependency.requirement === ANY_VERSION ||
                hasMember(provider.matches(dependency.package, dependency.requirement), choice);
          if (isAdmitted) admitted.push(target + choice);
          else clauses.push([-(start + index), -(target + choice)]);
        }
        if (dependency.kind !== "constrains") clauses.push([-(start + index), ...admitted]);
      }
    }
  }
  return { clauses, variables };
}

function countOf(provider: Provider, package_: number): number {
  return provider.facts(package_)?.count ?? 0;
}
