import { expect, it } from "vitest";
import { explain } from "../../src/report/explanation/explain.ts";
import { blameManifests } from "../../src/resolve/blame-manifests.ts";
import { checkDerivation, type Dependency, type Derivation, Solver } from "../../src/solver/index.ts";
import { Scenario } from "../report/explanation/scenario.ts";

const isPin = ({ origin }: Dependency): boolean => JSON.stringify(origin).includes("resolving for");

/** The proof of a problem without an answer, before and after; both must stand. */
function proofs(problem: string): { readonly before: Derivation; readonly after: Derivation; readonly text: string } {
  const scenario = new Scenario(problem);
  const solver = new Solver(scenario);
  solver.start(0, 0);
  const outcome = solver.run();
  if (outcome.kind !== "unsatisfiable") throw new Error(`unexpected ${outcome.kind}`);
  const after = blameManifests(outcome.derivation, scenario, 0, isPin);
  expect(checkDerivation(outcome.derivation, scenario, 0, 0)).toBeUndefined();
  expect(checkDerivation(after, scenario, 0, 0)).toBeUndefined();
  return { before: outcome.derivation, after, text: explain(after, scenario).text };
}

const world = `
  python 3.11:
  python 3.12:
  python 3.13:
  a 2: python >=3.12`;

it("blames the requirement of a manifest where it says enough", () => {
  const { before, after, text } = proofs(`
    root: a *@pyproject.toml:5, python <3.12@pyproject.toml:4, python ==3.11@resolving for python 3.11
    ${world}`);
  expect(JSON.stringify(before)).toContain("resolving for");
  expect(JSON.stringify(after)).not.toContain("resolving for");
  expect(text).toBe(
    "Because pyproject.toml:5 requires a, which requires python >=3.12, and pyproject.toml:4 requires python <3.12, your requirements can't all be fulfilled.",
  );
});

it("keeps the toolchain that was tried where the manifest would allow one that fits", () => {
  const { after, text } = proofs(`
    root: a *@pyproject.toml:5, python >=3.11@pyproject.toml:4, python ==3.11@resolving for python 3.11
    ${world}`);
  expect(JSON.stringify(after)).toContain("resolving for");
  expect(text).toContain("Enki is resolving for python 3.11");
});
