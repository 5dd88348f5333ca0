import type { Derivation, DerivationNode, Fact, Term } from "./derivation.ts";
import { ANY_VERSION, type CandidateIndex, type Dependency, type PackageIndex, type Provider } from "./provider.ts";
import { addMember, emptySet, fullSet, hasMember, membersOf, type VersionSet } from "./version-set.ts";

/**
 * Judges a proof on its own, with no table of the solver: every leaf must be a fact of the provider, every other step must
 * follow from two earlier ones by resolution, and the last must be the contradiction. Returns the first flaw in words, or
 * `undefined` when the proof stands. The provider must know everything that the proof speaks about.
 */
export function checkDerivation(
  derivation: Derivation,
  provider: Provider,
  root: PackageIndex,
  rootCandidate: CandidateIndex,
): string | undefined {
  const { nodes } = derivation;
  for (const [index, node] of nodes.entries()) {
    if (new Set(node.terms.map((term) => term.package)).size !== node.terms.length) {
      return `step ${index} has two terms on one package`;
    }
    const flaw =
      node.kind === "fact"
        ? flawOfFact(node.fact, node.terms, provider, root, rootCandidate)
        : flawOfStep(node, nodes, index, provider);
    if (flaw !== undefined) return `step ${index} ${flaw}`;
  }
  const conclusion = nodes.at(-1);
  if (conclusion === undefined) return "there is no step";
  return conclusion.terms.length === 0 ? undefined : "the last step is not a contradiction";
}

/** A set of candidates and perhaps "absent". */
interface Domain {
  readonly versions: VersionSet;
  readonly includesAbsent: boolean;
}

function countOf(provider: Provider, package_: PackageIndex): number {
  const facts = provider.facts(package_);
  if (facts === undefined) throw new Error(`the candidates of package ${package_} are not known`);
  return facts.count;
}

function isInside(a: Domain, b: Domain): boolean {
  if (a.includesAbsent && !b.includesAbsent) return false;
  return a.versions.every((word, index) => (word & ~(b.versions[index] ?? 0)) === 0);
}

function isFull(domain: Domain, count: number): boolean {
  return isInside({ versions: fullSet(count), includesAbsent: true }, domain);
}

/** Whether every situation that fulfils all of `terms` also fulfils all of `facts`: then the fact forbids it. */
function implies(terms: readonly Term[], facts: readonly Term[], provider: Provider): boolean {
  return facts.every((fact) => {
    if (isFull(fact, countOf(provider, fact.package))) return true;
    const term = terms.find((candidate) => candidate.package === fact.package);
    return term !== undefined && isInside(term, fact);
  });
}

function flawOfFact(
  fact: Fact,
  terms: readonly Term[],
  provider: Provider,
  root: PackageIndex,
  rootCandidate: CandidateIndex,
): string | undefined {
  switch (fact.kind) {
    case "root": {
      const others = fullSet(countOf(provider, root));
      others[rootCandidate >>> 5] = (others[rootCandidate >>> 5] ?? 0) & ~(1 << (rootCandidate & 31));
      const forbidden: Term = { package: root, versions: others, includesAbsent: true };
      return implies(terms, [forbidden], provider) ? undefined : "does not follow from the root";
    }
    case "missing": {
      const isPresent: Term = { package: fact.package, versions: emptySet(0), includesAbsent: false };
      if (countOf(provider, fact.package) !== 0) return "calls a package missing that has candidates";
      return implies(terms, [isPresent], provider) ? undefined : "does not follow from the missing package";
    }
    case "unavailable": {
      for (const candidate of membersOf(fact.versions)) {
        if (!isUnavailable(provider, fact.package, candidate, fact.reason)) {
          return `calls candidate ${candidate} of package ${fact.package} unavailable`;
        }
      }
      const forbidden: Term = { package: fact.package, versions: fact.versions, includesAbsent: false };
      return implies(terms, [forbidden], provider) ? undefined : "does not follow from the unavailable candidates";
    }
    case "dependency": {
      for (const candidate of membersOf(fact.versions)) {
        if (!hasDependency(provider, fact.dependent, candidate, fact.dependency)) {
          return `gives candidate ${candidate} of package ${fact.dependent} a dependency that it does not have`;
        }
      }
      return implies(terms, termsOfDependency(fact, provider), provider)
        ? undefined
        : "does not follow from the dependency";
    }
    default:
      return "has a fact of an unknown kind";
  }
}

function isUnavailable(
  provider: Provider,
  package_: PackageIndex,
  candidate: CandidateIndex,
  reason: unknown,
): boolean {
  const groups = provider.facts(package_)?.unavailable ?? [];
  if (groups.some((group) => group.reason === reason && hasMember(group.candidates, candidate))) return true;
  const answer = provider.dependencies(package_, candidate);
  return answer !== undefined && "kind" in answer && answer.reason === reason;
}

function hasDependency(
  provider: Provider,
  package_: PackageIndex,
  candidate: CandidateIndex,
  wanted: Dependency,
): boolean {
  const answer = provider.dependencies(package_, candidate);
  if (answer === undefined || "kind" in answer) return false;
  return answer.some(
    (dependency) =>
      dependency.package === wanted.package &&
      dependency.kind === wanted.kind &&
      (wanted.kind === "same" || dependency.requirement === wanted.requirement),
  );
}

/** What a dependency forbids. One on the package itself is a single term. */
function termsOfDependency(fact: Fact & { readonly kind: "dependency" }, provider: Provider): readonly Term[] {
  const { dependent, dependency } = fact;
  const count = countOf(provider, dependency.package);
  const outside = emptySet(count);
  const inside = insideOf(fact, provider, count);
  for (let candidate = 0; candidate < count; candidate++)
    if (!hasMember(inside, candidate)) addMember(outside, candidate);
  if (dependency.package === dependent) {
    const unfulfilled = fact.versions.map((word, index) => word & (outside[index] ?? 0));
    return [{ package: dependent, versions: unfulfilled, includesAbsent: false }];
  }
  return [
    { package: dependent, versions: fact.versions, includesAbsent: false },
    { package: dependency.package, versions: outside, includesAbsent: dependency.kind !== "constrains" },
  ];
}

function insideOf(fact: Fact & { readonly kind: "dependency" }, provider: Provider, count: number): VersionSet {
  const { dependency } = fact;
  if (dependency.kind === "same") return fact.versions;
  if (dependency.requirement === ANY_VERSION || count === 0) return fullSet(count);
  return provider.matches(dependency.package, dependency.requirement);
}

function flawOfStep(
  node: DerivationNode & { readonly kind: "derived" },
  nodes: readonly DerivationNode[],
  index: number,
  provider: Provider,
): string | undefined {
  const left = node.left < index ? nodes[node.left] : undefined;
  const right = node.right < index ? nodes[node.right] : undefined;
  if (left === undefined || right === undefined) return "refers to a later step";
  for (const term of left.terms) {
    const other = right.terms.find((candidate) => candidate.package === term.package);
    if (other !== undefined && isResolvent(node.terms, left.terms, right.terms, term.package, provider))
      return undefined;
  }
  return "does not follow from its two causes";
}

/** Whether the terms follow from the two causes by resolution on `pivot`: union there, intersection everywhere else. */
function isResolvent(
  terms: readonly Term[],
  left: readonly Term[],
  right: readonly Term[],
  pivot: PackageIndex,
  provider: Provider,
): boolean {
  for (const cause of [...left, ...right]) {
    if (cause.package === pivot) continue;
    const term = terms.find((candidate) => candidate.package === cause.package);
    if (term === undefined || !isInside(term, cause)) return false;
  }
  const a = left.find((term) => term.package === pivot);
  const b = right.find((term) => term.package === pivot);
  if (a === undefined || b === undefined) return false;
  const union: Domain = {
    versions: a.versions.map((word, index) => word | (b.versions[index] ?? 0)),
    includesAbsent: a.includesAbsent || b.includesAbsent,
  };
  if (isFull(union, countOf(provider, pivot))) return true;
  const term = terms.find((candidate) => candidate.package === pivot);
  return term !== undefined && isInside(term, union);
}
