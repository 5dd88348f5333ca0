import { describe, expect, it } from "vitest";
import { checkDerivation, checkSelection, type Derivation, type DerivationNode } from "../../src/solver/index.ts";
import { solveEagerly } from "./judge.ts";
import { type Universe, UniverseProvider } from "./universe.ts";

const leaf = { edges: [] };

/** 0 requires 1 and 2 at 1; 1@0 requires 2 at 0; 1@1 is broken. */
const unsatisfiable: Universe = {
  packages: [
    [
      {
        edges: [
          { to: 1, kind: "requires" },
          { to: 2, kind: "requires", admits: [1] },
        ],
      },
    ],
    [{ edges: [{ to: 2, kind: "requires", admits: [0] }] }, { edges: [], unusable: "is broken" }],
    [leaf, leaf],
    [leaf],
  ],
};

function proof(): { derivation: Derivation; provider: UniverseProvider } {
  const provider = new UniverseProvider(unsatisfiable);
  const outcome = solveEagerly(provider);
  if (outcome.kind !== "unsatisfiable") throw new Error("expected a proof");
  return { derivation: outcome.derivation, provider };
}

/** The proof with one node changed. */
function withNode(derivation: Derivation, index: number, change: (node: DerivationNode) => DerivationNode): Derivation {
  return { nodes: derivation.nodes.map((node, at) => (at === index ? change(node) : node)) };
}

describe("checkDerivation", () => {
  it("accepts the solver's proof", () => {
    const { derivation, provider } = proof();
    expect(derivation.nodes.length).toBeGreaterThan(4);
    expect(checkDerivation(derivation, provider, 0, 0)).toBeUndefined();
  });

  it("rejects the proof without any one of its terms, and without its conclusion", () => {
    const { derivation, provider } = proof();
    for (const [index, node] of derivation.nodes.entries()) {
      for (const term of node.terms) {
        const broken = withNode(derivation, index, (old) => ({
          ...old,
          terms: old.terms.filter((candidate) => candidate !== term),
        }));
        expect(checkDerivation(broken, provider, 0, 0)).toBeDefined();
      }
    }
    expect(checkDerivation({ nodes: derivation.nodes.slice(0, -1) }, provider, 0, 0)).toBe(
      "the last step is not a contradiction",
    );
    expect(checkDerivation({ nodes: [] }, provider, 0, 0)).toBe("there is no step");
  });

  it("rejects facts that the provider does not state", () => {
    const { derivation, provider } = proof();
    let rejected = 0;
    for (const [index, node] of derivation.nodes.entries()) {
      if (node.kind !== "fact" || node.fact.kind === "root") continue;
      const { fact } = node;
      const invented = withNode(derivation, index, (old) => {
        if (old.kind !== "fact") return old;
        if (fact.kind === "dependency") return { ...old, fact: { ...fact, dependent: 3, versions: Int32Array.of(1) } };
        if (fact.kind === "unavailable") return { ...old, fact: { ...fact, reason: "is something else" } };
        return old;
      });
      expect(checkDerivation(invented, provider, 0, 0)).toBeDefined();
      rejected += 1;
    }
    expect(rejected).toBeGreaterThan(2);
  });

  it("rejects a proof about another root", () => {
    const { derivation, provider } = proof();
    expect(checkDerivation(derivation, provider, 3, 0)).toBeDefined();
  });

  it("rejects a step that refers forward", () => {
    const { derivation, provider } = proof();
    const last = derivation.nodes.length - 1;
    const circular = withNode(derivation, last, (node) => ({ ...node, left: last, right: last }) as DerivationNode);
    expect(checkDerivation(circular, provider, 0, 0)).toContain("refers to a later step");
  });
});

describe("checkSelection", () => {
  const universe: Universe = {
    packages: [
      [
        {
          edges: [
            { to: 1, kind: "requires", admits: [0] },
            { to: 2, kind: "constrains", admits: [] },
          ],
        },
      ],
      [{ edges: [{ to: 3, kind: "same" }] }, leaf],
      [leaf],
      [leaf, { edges: [], unusable: "is broken" }],
    ],
  };
  const provider = new UniverseProvider(universe);
  const check = (...pairs: [number, number][]): string | undefined => checkSelection(new Map(pairs), provider, 0, 0);

  it("accepts a valid selection", () => {
    expect(check([0, 0], [1, 0], [3, 0])).toBeUndefined();
  });

  it("rejects everything else", () => {
    expect(check([1, 0], [3, 0])).toBe("the root is not selected");
    expect(check([0, 0])).toContain("does not get what it says about package 1");
    expect(check([0, 0], [1, 1])).toContain("does not get what it says about package 1");
    expect(check([0, 0], [1, 0], [3, 0], [2, 0])).toContain("does not get what it says about package 2");
    expect(check([0, 0], [1, 0], [3, 1])).toContain("does not get what it says about package 3");
    expect(check([0, 0], [1, 0])).toContain("does not get what it says about package 3");
  });

  it("rejects what nothing requires, what is unusable and what does not exist", () => {
    const small = new UniverseProvider({
      packages: [[{ edges: [{ to: 1, kind: "requires" }] }], [leaf, { edges: [], excluded: "yanked" }], [leaf]],
    });
    expect(
      checkSelection(
        new Map([
          [0, 0],
          [1, 0],
          [2, 0],
        ]),
        small,
        0,
        0,
      ),
    ).toBe("nothing requires package 2");
    expect(
      checkSelection(
        new Map([
          [0, 0],
          [1, 1],
        ]),
        small,
        0,
        0,
      ),
    ).toContain("can't be used");
    expect(
      checkSelection(
        new Map([
          [0, 0],
          [1, 7],
        ]),
        small,
        0,
        0,
      ),
    ).toContain("has no candidate 7");
  });
});
