import { beforeAll, describe, expect, it } from "vitest";
import { proofOfCase } from "../../bench/solver/proofs.ts";
import { ProofMeter } from "../../bench/solver/proof-size.ts";
import type { DerivationNode, Term } from "../../src/solver/index.ts";
import { CASES } from "../report/explanation/cases.ts";

let meter: ProofMeter;
beforeAll(async () => {
  meter = await ProofMeter.create();
});

describe("sizes of proofs", () => {
  // The same on every machine. A larger number here is more to read for somebody who has no answer.
  it("are these", () => {
    const table = CASES.map(({ name, problem }) => {
      const { leaves, steps, lines, superfluous } = meter.measure(proofOfCase(problem));
      return `${leaves} leaves, ${steps} steps, ${lines} lines, ${superfluous} superfluous: ${name}`;
    });
    expect(`\n${table.join("\n")}\n`).toMatchSnapshot();
  });

  const problem = `
    root: a *, b ==1
    a 1: b ==2
    b 1:
    b 2:
    b 3: c *
    c 1:`;

  it("count a leaf that the others don't need", () => {
    const { derivation, narrator } = proofOfCase(problem);
    const size = meter.measure({ derivation, narrator });
    const [first] = derivation.nodes.filter((node) => node.kind === "fact" && node.fact.kind === "dependency");
    if (first === undefined) throw new Error("the proof has no leaf");
    // The proof with a leaf said once more: either of the two will do.
    const nodes = [...derivation.nodes.slice(0, -1), first, ...derivation.nodes.slice(-1)];
    expect(meter.measure({ derivation: { nodes }, narrator })).toEqual({
      ...size,
      leaves: size.leaves + 1,
      superfluous: 1,
    });
  });

  it("are not measured of a proof whose leaves have a solution", () => {
    const { derivation, narrator } = proofOfCase(problem);
    // What a requires holds only while c is selected, as if the search had been wrong about it.
    const c: Term = { package: 3, versions: Int32Array.of(1), includesAbsent: false };
    const nodes = derivation.nodes.map((node): DerivationNode =>
      node.kind === "fact" && node.fact.kind === "dependency" && node.fact.dependent !== 0
        ? { ...node, terms: [...node.terms, c] }
        : node,
    );
    expect(() => meter.measure({ derivation: { nodes }, narrator })).toThrow("have a solution");
  });
});
