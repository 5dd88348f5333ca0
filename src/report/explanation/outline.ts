import type { Derivation, DerivationNode, Fact, Term } from "../../solver/derivation.ts";
import { bundled } from "./bundles.ts";
import { chainsOf } from "./chains.ts";
import type { Phrases } from "./phrases.ts";

/** A fact that a reader is told. */
export interface OutlineFact {
  readonly kind: "fact";
  readonly fact: Fact;
  readonly terms: readonly Term[];
  /** Facts of the same kind about other versions of the same package, told in the same words. */
  readonly similar?: readonly OutlineFact[];
  /** What is wrong with the choices of the alternative that the fact requires. */
  readonly choices?: readonly OutlineFact[];
}

/** A conclusion from facts and earlier conclusions. */
export interface OutlineStep {
  readonly kind: "step";
  readonly facts: readonly OutlineFact[];
  readonly steps: readonly OutlineStep[];
  readonly terms: readonly Term[];
  readonly conclusion: string;
}

interface DraftStep {
  facts: OutlineFact[];
  /** Indices of nodes. */
  steps: number[];
  readonly terms: readonly Term[];
  readonly conclusion: string;
}

/** How many clauses one sentence may join, chains of "which requires" counting as one, and how many facts in all. */
const MAX_CLAUSES = 2;
const MAX_CLAUSES_AT_ENDS = 4;
const MAX_FACTS = 4;
const MAX_FACTS_AT_ENDS = 8;

/**
 * Reduces a proof to what a reader needs. Silent facts and steps about synthetic packages vanish: their premises move to
 * the steps that build on them. A step with a single premise says nothing new and vanishes too. Chains of steps that are
 * used once are joined, as long as a sentence can be taken in at once.
 */
export function outline(derivation: Derivation, phrases: Phrases): OutlineStep {
  return new Outliner(derivation, phrases).outline();
}

class Outliner {
  private readonly nodes: readonly DerivationNode[];
  private readonly phrases: Phrases;
  /** Steps that stand for nodes: the node itself, or the one it is an alias of. */
  private readonly alias = new Map<number, number>();
  private readonly drafts = new Map<number, DraftStep>();
  private readonly uses = new Map<number, number>();

  constructor(derivation: Derivation, phrases: Phrases) {
    this.nodes = derivation.nodes;
    this.phrases = phrases;
  }

  outline(): OutlineStep {
    const last = this.nodes.length - 1;
    // Nodes are in topological order, so one pass sees every cause before its consequences.
    for (const [index, node] of this.nodes.entries()) {
      if (node.kind !== "derived") continue;
      if (index !== last && this.isHidden(node)) continue;
      const { facts, steps } = this.premises(index);
      const [onlyStep] = steps;
      if (index !== last && facts.length + steps.length === 1) {
        if (onlyStep !== undefined) this.alias.set(index, onlyStep);
        else this.aliasFact(index, facts);
        continue;
      }
      const { terms } = node;
      this.drafts.set(index, { facts, steps, terms, conclusion: this.phrases.conclusion(terms) });
    }
    this.countUses(last);
    this.joinChains(last);
    this.joinAll(last);
    return this.build(last);
  }

  private readonly factAlias = new Map<number, OutlineFact>();

  private aliasFact(index: number, facts: readonly OutlineFact[]): void {
    const [fact] = facts;
    if (fact !== undefined) this.factAlias.set(index, fact);
  }

  private isHidden(node: DerivationNode): boolean {
    return node.terms.some((term) => this.phrases.isSynthetic(term.package));
  }

  /** The visible premises of a node: hidden nodes are replaced by their own premises. */
  private premises(index: number): { facts: OutlineFact[]; steps: number[] } {
    const facts = new Map<Fact, OutlineFact>();
    const steps = new Set<number>();
    const seen = new Set<number>([index]);
    const pending: number[] = [];
    const node = this.nodes[index];
    if (node?.kind === "derived") pending.push(node.right, node.left);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const cause = this.nodes[next];
      const alias = this.alias.get(next);
      const factAlias = this.factAlias.get(next);
      if (cause === undefined) continue;
      if (factAlias !== undefined) facts.set(factAlias.fact, factAlias);
      else if (alias !== undefined) steps.add(alias);
      else if (cause.kind === "fact") {
        if (!this.phrases.isSilent(cause.fact, cause.terms)) {
          facts.set(cause.fact, { kind: "fact", fact: cause.fact, terms: cause.terms });
        }
      } else if (this.drafts.has(next)) steps.add(next);
      else pending.push(cause.right, cause.left);
    }
    return { facts: [...facts.values()], steps: [...steps] };
  }

  private countUses(last: number): void {
    const pending = [last];
    const seen = new Set<number>();
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      if (seen.has(index)) continue;
      seen.add(index);
      for (const step of this.drafts.get(index)?.steps ?? []) {
        this.uses.set(step, (this.uses.get(step) ?? 0) + 1);
        pending.push(step);
      }
    }
    for (const index of this.drafts.keys()) if (!seen.has(index)) this.drafts.delete(index);
  }

  private joinChains(last: number): void {
    for (const [index, draft] of this.drafts) {
      for (;;) {
        const [only, second] = draft.steps;
        if (only === undefined || second !== undefined || (this.uses.get(only) ?? 0) > 1) break;
        const before = this.drafts.get(only);
        if (before === undefined) break;
        const facts = [...before.facts, ...draft.facts.filter((fact) => !before.facts.includes(fact))];
        const isRestated = before.conclusion === draft.conclusion || draft.facts.length === 0;
        if (before.steps.length > 1 && !isRestated) break;
        if (!isRestated && !this.fitsASentence(facts, before.steps.length === 0 || index === last)) break;
        draft.facts = facts;
        draft.steps = before.steps;
        this.drafts.delete(only);
      }
    }
  }

  /** A proof whose facts all fit one sentence needs no steps, whatever way the solver took. */
  private joinAll(last: number): void {
    const end = this.drafts.get(last);
    if (end === undefined || end.steps.length === 0) return;
    const facts = new Map<Fact, OutlineFact>();
    for (const draft of this.drafts.values()) for (const one of draft.facts) facts.set(one.fact, one);
    const all = [...facts.values()];
    if (!this.fitsASentence(all, true)) return;
    this.drafts.clear();
    this.drafts.set(last, { ...end, facts: all, steps: [] });
  }

  private fitsASentence(facts: readonly OutlineFact[], isAtEnd: boolean): boolean {
    const bundles = bundled(facts, this.phrases);
    if (bundles.length > (isAtEnd ? MAX_FACTS_AT_ENDS : MAX_FACTS)) return false;
    return chainsOf(bundles, this.phrases).length <= (isAtEnd ? MAX_CLAUSES_AT_ENDS : MAX_CLAUSES);
  }

  private build(last: number): OutlineStep {
    const built = new Map<number, OutlineStep>();
    for (const [index, draft] of this.drafts) {
      const steps = draft.steps.map((step) => built.get(step)).filter((step) => step !== undefined);
      built.set(index, {
        kind: "step",
        facts: bundled(draft.facts, this.phrases),
        steps,
        terms: draft.terms,
        conclusion: draft.conclusion,
      });
    }
    const conclusion = built.get(last);
    if (conclusion !== undefined) return conclusion;
    // The proof is a single fact.
    const facts = this.nodes.flatMap((node) =>
      node.kind === "fact" ? [{ kind: "fact" as const, fact: node.fact, terms: node.terms }] : [],
    );
    return { kind: "step", facts, steps: [], terms: [], conclusion: this.phrases.conclusion([]) };
  }
}
