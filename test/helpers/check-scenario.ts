import { nodeFileSystem } from "../../src/net/node-file-system.ts";
import type { Resolution } from "../../src/model/resolution.ts";
import { explain } from "../../src/report/explanation/explain.ts";
import type { ResolveResult } from "../../src/resolve/request.ts";
import { openWorkspace } from "../../src/workspace/open-workspace.ts";
import { allEcosystems, runScenario } from "./run-scenario.ts";
import { materialiseScenario, type Scenario } from "./scenario.ts";

/** A scenario that was resolved, and what a person is told. */
export interface ScenarioOutcome {
  readonly result: ResolveResult;
  /** The proof that there is no answer; empty when there is one. */
  readonly explanation: string;
  /** The messages of reading and resolving. */
  readonly messages: readonly string[];
}

/** Writes a scenario below `directory` and resolves it. */
export async function resolveScenario(scenario: Scenario, directory: string): Promise<ScenarioOutcome> {
  const materialised = materialiseScenario(scenario, directory);
  const result = await runScenario(materialised);
  const workspace = openWorkspace(materialised.projectDirectory, nodeFileSystem, await allEcosystems());
  return {
    result,
    explanation: result.kind === "unsatisfiable" ? explain(result.derivation, result.narrator).text.trim() : "",
    messages: [...workspace.diagnostics, ...result.diagnostics].map(({ message, help }) => `${message} ${help ?? ""}`),
  };
}

/** Every edge that leads from one ecosystem into another, as scenarios write it, sorted. */
function crossEdges({ packages, roots, edges }: Resolution): readonly string[] {
  const ecosystemOf = new Map([...packages, ...roots].map(({ id, ecosystem }) => [id, ecosystem]));
  const crossing = edges.filter(({ from, to }) => ecosystemOf.get(from) !== ecosystemOf.get(to));
  const texts = crossing.map(({ from, to, kind, systems }) => {
    const places = systems === undefined ? "" : ` (${systems.join(", ")})`;
    return `${from} -> ${to} ${kind}${places}`;
  });
  return [...new Set(texts)].toSorted();
}

/** Everything in which an outcome is not what its scenario expects; empty when it is. */
export function mismatches({ expected }: Scenario, outcome: ScenarioOutcome): readonly string[] {
  const { result, explanation, messages } = outcome;
  const words = [explanation, ...messages].join("\n");
  if (result.kind !== expected.outcome) return [`it is ${result.kind}, not ${expected.outcome}: ${words}`];
  const found: string[] = orderProblem(words, expected.says);
  if (expected.explanation !== undefined && explanation !== expected.explanation) {
    found.push(`the explanation is\n${explanation}`);
  }
  if (result.kind !== "resolved") return found;
  const { resolution, violations } = result;
  const ids = resolution.packages.map(({ id }) => id);
  const edges = new Set(resolution.edges.map(({ from, to, kind }) => `${from} -> ${to} ${kind}`));
  found.push(...violations.map(({ from, message }) => `${from}: ${message}`));
  for (const id of expected.packages) if (!ids.includes(id)) found.push(`${id} is not selected`);
  for (const start of expected.absent) {
    found.push(...ids.filter((id) => id.startsWith(start)).map((id) => `${id} is selected`));
  }
  for (const edge of expected.edges) if (!edges.has(edge)) found.push(`there is no edge ${edge}`);
  const unverified = resolution.fidelity.flatMap((one) => one.unverified);
  if (expected.cross !== undefined) found.push(...difference("edge", expected.cross, crossEdges(resolution)));
  if (expected.unverified !== undefined) found.push(...difference("note", expected.unverified, unverified));
  return found;
}

function orderProblem(text: string, parts: readonly string[]): string[] {
  let from = 0;
  for (const part of parts) {
    const at = text.toLowerCase().indexOf(part.toLowerCase(), from);
    if (at < 0) return [`"${part}" is not in its place in:\n${text}`];
    from = at;
  }
  return [];
}

function difference(what: string, wanted: readonly string[], found: readonly string[]): readonly string[] {
  const [left, right] = [new Set(wanted), new Set(found)];
  return [
    ...wanted.filter((one) => !right.has(one)).map((one) => `the ${what} is missing: ${one}`),
    ...found.filter((one) => !left.has(one)).map((one) => `the ${what} is not expected: ${one}`),
  ];
}
