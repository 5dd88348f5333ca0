import type { Derivation, DerivationNode, Term } from "../solver/derivation.ts";
import { ANY_VERSION, type Dependency, type PackageIndex, type Provider } from "../solver/provider.ts";
import { fullSet, membersOf, type VersionSet } from "../solver/version-set.ts";

/**
 * The same proof in the words of the manifests. Each solve holds the toolchains to settled versions by requirements of
 * the root, and a proof may rest on such a pin where a requirement of a manifest says enough: that only python 3.11 was
 * tried is news to nobody who wrote `requires-python = "<3.12"`. A step from a pin becomes a step from the requirement
 * wherever the requirement alone excludes what the pin was needed to exclude; every step stays valid.
 */
export function blameManifests(
  derivation: Derivation,
  provider: Provider,
  root: PackageIndex,
  isPin: (dependency: Dependency) => boolean,
): Derivation {
  const answer = provider.dependencies(root, 0);
  if (answer === undefined || "kind" in answer) return derivation;
  const required = answer.filter((dependency) => dependency.kind === "requires" && !isPin(dependency));
  const nodes: DerivationNode[] = [];
  const moved: number[] = [];
  const instead = (at: number, other: number): number => {
    const pin = derivation.nodes[at];
    if (pin?.kind !== "fact" || pin.fact.kind !== "dependency" || !isPin(pin.fact.dependency)) return moved[at] ?? 0;
    const target = pin.fact.dependency.package;
    const needed = derivation.nodes[other]?.terms.find((term) => term.package === target);
    for (const dependency of needed === undefined ? [] : required) {
      if (dependency.package !== target || needed === undefined) continue;
      const admitted = admittedBy(dependency, provider);
      // What the requirement admits must lie where the other step forbids.
      if (membersOf(admitted).length === 0 || !isInside(admitted, needed.versions)) continue;
      const outside: Term = { package: target, versions: outsideOf(admitted, provider, target), includesAbsent: true };
      const terms = [...pin.terms.filter((term) => term.package !== target), outside];
      return nodes.push({ kind: "fact", terms, fact: { ...pin.fact, dependency } }) - 1;
    }
    return moved[at] ?? 0;
  };
  for (const [index, node] of derivation.nodes.entries()) {
    const here =
      node.kind === "fact"
        ? node
        : { ...node, left: instead(node.left, node.right), right: instead(node.right, node.left) };
    moved[index] = nodes.push(here) - 1;
  }
  return withoutUnused(nodes);
}

function admittedBy({ package: target, requirement }: Dependency, provider: Provider): VersionSet {
  return requirement === ANY_VERSION
    ? fullSet(provider.facts(target)?.count ?? 0)
    : provider.matches(target, requirement);
}

function isInside(inner: VersionSet, outer: VersionSet): boolean {
  return inner.every((word, index) => (word & ~(outer[index] ?? 0)) === 0);
}

function outsideOf(admitted: VersionSet, provider: Provider, target: PackageIndex): VersionSet {
  const count = provider.facts(target)?.count ?? 0;
  return fullSet(count).map((word, index) => word & ~(admitted[index] ?? 0));
}

/** Without the pins that nothing refers to any more. */
function withoutUnused(nodes: readonly DerivationNode[]): Derivation {
  const isUsed = new Uint8Array(nodes.length);
  isUsed[nodes.length - 1] = 1;
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index];
    if (isUsed[index] === 0 || node?.kind !== "derived") continue;
    isUsed[node.left] = 1;
    isUsed[node.right] = 1;
  }
  const position: number[] = [];
  const kept: DerivationNode[] = [];
  for (const [index, node] of nodes.entries()) {
    if (isUsed[index] === 0) continue;
    position[index] = kept.length;
    kept.push(
      node.kind === "fact" ? node : { ...node, left: position[node.left] ?? 0, right: position[node.right] ?? 0 },
    );
  }
  return { nodes: kept };
}
