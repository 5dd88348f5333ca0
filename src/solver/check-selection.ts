import { ANY_VERSION, type CandidateIndex, type Dependency, type PackageIndex, type Provider } from "./provider.ts";
import { hasMember } from "./version-set.ts";

/**
 * Judges a selection on its own: the root is in it, every candidate is usable, every dependency holds, and nothing is in it
 * that nothing requires. Returns the first flaw in words, or `undefined`.
 */
export function checkSelection(
  selection: ReadonlyMap<PackageIndex, CandidateIndex>,
  provider: Provider,
  root: PackageIndex,
  rootCandidate: CandidateIndex,
): string | undefined {
  if (selection.get(root) !== rootCandidate) return "the root is not selected";
  const reachable = new Set([root]);
  for (const package_ of reachable) {
    const candidate = selection.get(package_);
    if (candidate === undefined) return `package ${package_} is required but not selected`;
    const facts = provider.facts(package_);
    if (facts === undefined || candidate >= facts.count) return `package ${package_} has no candidate ${candidate}`;
    const answer = provider.dependencies(package_, candidate);
    const isExcluded = facts.unavailable?.some((group) => hasMember(group.candidates, candidate)) ?? false;
    if (answer === undefined || "kind" in answer || isExcluded) {
      return `candidate ${candidate} of package ${package_} can't be used`;
    }
    for (const dependency of answer) {
      if (!isFulfilled(dependency, candidate, selection, provider)) {
        return `candidate ${candidate} of package ${package_} does not get what it says about package ${dependency.package}`;
      }
      if (dependency.kind !== "constrains") reachable.add(dependency.package);
    }
  }
  for (const package_ of selection.keys()) if (!reachable.has(package_)) return `nothing requires package ${package_}`;
  return undefined;
}

function isFulfilled(
  dependency: Dependency,
  candidate: CandidateIndex,
  selection: ReadonlyMap<PackageIndex, CandidateIndex>,
  provider: Provider,
): boolean {
  const selected = selection.get(dependency.package);
  if (selected === undefined) return dependency.kind === "constrains";
  if (dependency.kind === "same") return selected === candidate;
  if (dependency.requirement === ANY_VERSION) return true;
  return hasMember(provider.matches(dependency.package, dependency.requirement), selected);
}
