import { Cadical, loadCadical } from "cadical-wasm";
import { explain } from "../../src/report/explanation/explain.ts";
import type { Narrator } from "../../src/resolve/narrator.ts";
import { type Derivation, type DerivationNode, membersOf, type Term } from "../../src/solver/index.ts";

/** A proof, and who finds words for it. */
export interface Proof {
  readonly derivation: Derivation;
  readonly narrator: Narrator;
}

/** How much a reader has to take in. */
export interface ProofSize {
  /** Facts about dependencies and unusable candidates. */
  readonly leaves: number;
  /** Steps of the proof. */
  readonly steps: number;
  /** Lines of the explanation. */
  readonly lines: number;
  /** How many of the leaves the others don't need: taken away one after another, as long as what is left has no solution. */
  readonly superfluous: number;
}

/** Measures proofs; CaDiCaL says which leaves are needed. */
export class ProofMeter {
  private readonly newCadical: () => Cadical;

  private constructor(newCadical: () => Cadical) {
    this.newCadical = newCadical;
  }

  static async create(): Promise<ProofMeter> {
    const module = await loadCadical();
    return new ProofMeter(() => new Cadical(module, { quiet: true }));
  }

  measure({ derivation, narrator }: Proof): ProofSize {
    const { nodes } = derivation;
    const { text } = explain(derivation, narrator);
    return {
      leaves: nodes.filter(isLeaf).length,
      steps: nodes.filter(({ kind }) => kind === "derived").length,
      lines: text.trim().split("\n").length,
      superfluous: this.superfluous(derivation),
    };
  }

  /**
   * Each package has exactly one value, a version or "absent"; there are no others than those the leaves speak about, or
   * the proof could not have resolved the package away. A leaf is the clause that the value of one of its packages is
   * outside of its set, unless it is switched off.
   */
  private superfluous({ nodes }: Derivation): number {
    const facts = nodes.filter(({ kind }) => kind === "fact");
    const cadical = this.newCadical();
    try {
      const values = new Values(facts);
      cadical.addClauses(values.clauses());
      const switches = facts.map((fact) => {
        const isOn = values.next();
        cadical.addClauses([[-isOn, ...fact.terms.flatMap((term) => values.outside(term))]]);
        return { isOn, fact };
      });
      const isUnsatisfiable = (kept: typeof switches): boolean =>
        cadical.solve({ assumptions: kept.map(({ isOn }) => isOn) }) === "unsatisfiable";
      if (!isUnsatisfiable(switches)) throw new Error("the leaves of a proof have a solution");
      let needed = switches;
      for (const leaf of switches) {
        if (!isLeaf(leaf.fact)) continue;
        const fewer = needed.filter((other) => other !== leaf);
        if (isUnsatisfiable(fewer)) needed = fewer;
      }
      return switches.length - needed.length;
    } finally {
      cadical.dispose();
    }
  }
}

/** The root and missing packages are no matter of choice. */
function isLeaf(node: DerivationNode): boolean {
  return node.kind === "fact" && (node.fact.kind === "dependency" || node.fact.kind === "unavailable");
}

const ABSENT = -1;

function valuesOf({ versions, includesAbsent }: Term): readonly number[] {
  return includesAbsent ? [...membersOf(versions), ABSENT] : membersOf(versions);
}

/** Variables for the values of each package: one for all values that are in the same sets. */
class Values {
  private readonly variables = new Map<number, Map<number, number>>();
  private last = 0;

  constructor(facts: readonly DerivationNode[]) {
    const terms = facts.flatMap((fact) => fact.terms);
    for (const package_ of new Set(terms.map((term) => term.package))) {
      const sets = terms.filter((term) => term.package === package_).map((term) => new Set(valuesOf(term)));
      const ofSets = new Map<string, number>();
      const variables = new Map<number, number>();
      for (const value of new Set([ABSENT, ...sets.flatMap((set) => [...set])])) {
        const key = sets.map((set) => (set.has(value) ? "1" : "0")).join("");
        const variable = ofSets.get(key) ?? this.next();
        ofSets.set(key, variable);
        variables.set(value, variable);
      }
      this.variables.set(package_, variables);
    }
  }

  next(): number {
    this.last += 1;
    return this.last;
  }

  /** The variables of the values of a package that are not in a term's set. */
  outside(term: Term): readonly number[] {
    const inside = new Set(valuesOf(term));
    const all = this.variables.get(term.package) ?? new Map<number, number>();
    return [...new Set([...all].flatMap(([value, variable]) => (inside.has(value) ? [] : [variable])))];
  }

  /** Each package has one value. */
  clauses(): readonly (readonly number[])[] {
    return [...this.variables.values()].flatMap((variables) => {
      const list = [...new Set(variables.values())];
      return [list, ...list.flatMap((one, index) => list.slice(0, index).map((other) => [-one, -other]))];
    });
  }
}
