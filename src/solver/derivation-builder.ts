import { ClauseKind, KIND, NO_PACKAGE, SOURCE } from "./clause-store.ts";
import type { Derivation, DerivationNode, Fact, Term } from "./derivation.ts";
import { candidatesOf, isInSet } from "./domain.ts";
import type { SetRef } from "./package-table.ts";
import { type ProofStep, proofSteps } from "./proof-steps.ts";
import type { PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";
import { emptySet, fullSet, isEmptySet, type VersionSet } from "./version-set.ts";

type Terms = ReadonlyMap<PackageIndex, Term>;

/**
 * Replays how the contradiction was learned as a proof. Learned clauses remember only their antecedents; their terms, and
 * the terms of every step between, are computed here, when somebody asks why there is no answer.
 */
export function buildDerivation(state: SolverState, finalAntecedents: number): Derivation {
  return new DerivationBuilder(state).build(proofSteps(state, finalAntecedents));
}

class DerivationBuilder {
  private readonly state: SolverState;
  private readonly nodes: DerivationNode[] = [];
  private readonly termsOf: Terms[] = [];
  private readonly nodeOfClause = new Map<number, number>();

  constructor(state: SolverState) {
    this.state = state;
  }

  build(steps: readonly ProofStep[]): Derivation {
    let last = 0;
    for (const step of steps) {
      last = this.replay(step);
      this.nodeOfClause.set(step.clause, last);
    }
    const remaining = this.termsOf[last];
    if (remaining !== undefined && remaining.size > 0) {
      const root = this.add({ kind: "root" }, [this.rootTerm()]);
      last = this.resolve(root, last, this.state.root);
    }
    return prune(this.nodes, last);
  }

  private replay(step: ProofStep): number {
    let node = this.nodeFor(step.conflict);
    for (const { cause, pivot } of step.antecedents) node = this.resolve(node, this.nodeFor(cause), pivot);
    return node;
  }

  /** Masks only grow, so a node may already say more than it did when the clause was learned: then a step is superfluous. */
  private resolve(left: number, right: number, pivot: PackageIndex): number {
    const a = this.termsOf[left];
    const b = this.termsOf[right];
    if (a === undefined || b === undefined) throw new Error("a proof step refers to a later step");
    const termA = a.get(pivot);
    const termB = b.get(pivot);
    if (termA === undefined) return left;
    if (termB === undefined) return right;
    const terms = new Map(a);
    terms.delete(pivot);
    for (const [package_, term] of b) {
      if (package_ === pivot) continue;
      const other = terms.get(package_);
      terms.set(package_, other === undefined ? term : combine(other, term, (x, y) => x & y));
    }
    const union = combine(termA, termB, (x, y) => x | y);
    if (!this.isFull(union)) terms.set(pivot, union);
    this.nodes.push({ kind: "derived", terms: [...terms.values()], left, right });
    this.termsOf.push(terms);
    return this.nodes.length - 1;
  }

  private nodeFor(clause: number): number {
    const known = this.nodeOfClause.get(clause);
    if (known !== undefined) return known;
    const node = this.factNode(clause);
    this.nodeOfClause.set(clause, node);
    return node;
  }

  private factNode(clause: number): number {
    const { clauses, packages } = this.state;
    const kind = clauses.get(clause, KIND);
    const package_ = clauses.packageA(clause);
    const packageB = clauses.packageB(clause);
    const first = this.term(package_, clauses.setA(clause));
    if (kind === ClauseKind.unusable) {
      return this.add(
        { kind: "unavailable", package: package_, versions: first.versions, reason: clauses.reason[clause] },
        [first],
      );
    }
    const edge = kind === ClauseKind.sameInstance ? clauses.get(clause, SOURCE) : clause;
    const dependency = clauses.dependency[edge];
    if (dependency === undefined) throw new Error("a clause without an origin takes part in a proof");
    const fact: Fact = { kind: "dependency", dependent: package_, versions: first.versions, dependency };
    if (packageB !== NO_PACKAGE) return this.add(fact, [first, this.term(packageB, clauses.setB(clause))]);
    const target = dependency.package;
    if (target === package_ || (packages.candidateCount[target] ?? 0) > 0) return this.add(fact, [first]);
    const isAbsent: Term = { package: target, versions: emptySet(0), includesAbsent: true };
    const isPresent: Term = { package: target, versions: emptySet(0), includesAbsent: false };
    const edgeNode = this.add(fact, [first, isAbsent]);
    const missing = packages.facts[target]?.missing;
    return this.resolve(edgeNode, this.add({ kind: "missing", package: target, reason: missing }, [isPresent]), target);
  }

  private add(fact: Fact, terms: readonly Term[]): number {
    this.nodes.push({ kind: "fact", terms, fact });
    this.termsOf.push(new Map(terms.map((term) => [term.package, term])));
    return this.nodes.length - 1;
  }

  private term(package_: PackageIndex, set: SetRef): Term {
    const { state } = this;
    const absent = state.packages.candidateCount[package_] ?? 0;
    return {
      package: package_,
      versions: candidatesOf(state, package_, set),
      includesAbsent: isInSet(state, package_, set, absent),
    };
  }

  private rootTerm(): Term {
    const { root, rootCandidate, packages } = this.state;
    const versions = fullSet(packages.candidateCount[root] ?? 0);
    versions[rootCandidate >>> 5] = (versions[rootCandidate >>> 5] ?? 0) & ~(1 << (rootCandidate & 31));
    return { package: root, versions, includesAbsent: true };
  }

  private isFull(term: Term): boolean {
    if (!term.includesAbsent) return false;
    const full = fullSet(this.state.packages.candidateCount[term.package] ?? 0);
    return isEmptySet(full.map((word, index) => word & ~(term.versions[index] ?? 0)));
  }
}

function combine(a: Term, b: Term, join: (x: number, y: number) => number): Term {
  const versions: VersionSet = a.versions.map((word, index) => join(word, b.versions[index] ?? 0));
  const absent = join(Number(a.includesAbsent), Number(b.includesAbsent)) === 1;
  return { package: a.package, versions, includesAbsent: absent };
}

/** Keeps only the nodes that the last one rests on. */
function prune(nodes: readonly DerivationNode[], last: number): Derivation {
  const isUsed = new Uint8Array(nodes.length);
  isUsed[last] = 1;
  for (let index = last; index >= 0; index--) {
    const node = nodes[index];
    if (isUsed[index] === 0 || node?.kind !== "derived") continue;
    isUsed[node.left] = 1;
    isUsed[node.right] = 1;
  }
  const newIndex = new Int32Array(nodes.length);
  const kept: DerivationNode[] = [];
  for (const [index, node] of nodes.slice(0, last + 1).entries()) {
    if (isUsed[index] === 0) continue;
    newIndex[index] = kept.length;
    kept.push(
      node.kind === "fact" ? node : { ...node, left: newIndex[node.left] ?? 0, right: newIndex[node.right] ?? 0 },
    );
  }
  return { nodes: kept };
}
