import { describe, expect, it } from "vitest";
import { nodeFileSystem } from "../../src/net/node-file-system.ts";
import { explain } from "../../src/report/explanation/explain.ts";
import type { ResolveResult } from "../../src/resolve/request.ts";
import { openWorkspace } from "../../src/workspace/open-workspace.ts";
import { allEcosystems, runScenario } from "../helpers/run-scenario.ts";
import { materialiseScenario, readScenarios, type MaterialisedScenario, type Scenario } from "../helpers/scenario.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

/** Everything that a person is told: the explanation, and diagnostics of reading and resolving. */
async function told(result: ResolveResult, materialised: MaterialisedScenario): Promise<string> {
  const workspace = openWorkspace(materialised.projectDirectory, nodeFileSystem, await allEcosystems());
  const diagnostics = [...workspace.diagnostics, ...result.diagnostics].map(
    ({ message, help }) => `${message} ${help ?? ""}`,
  );
  const proof = result.kind === "unsatisfiable" ? explain(result.derivation, result.narrator).text : "";
  return [proof, ...diagnostics].join("\n");
}

function expectInOrder(text: string, parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = text.toLowerCase().indexOf(part.toLowerCase(), from);
    expect(at, `"${part}" in:\n${text}`).toBeGreaterThanOrEqual(0);
    from = at;
  }
}

function expectSelected(result: ResolveResult, { packages, absent, edges }: Scenario["expected"]): void {
  const selected = result.kind === "resolved" ? result.resolution.packages.map(({ id }) => id) : [];
  expect(selected).toEqual(expect.arrayContaining([...packages]));
  for (const prefix of absent) expect(selected.filter((id) => id.startsWith(prefix))).toEqual([]);
  const found =
    result.kind === "resolved" ? result.resolution.edges.map(({ from, to, kind }) => `${from} -> ${to} ${kind}`) : [];
  expect(found).toEqual(expect.arrayContaining([...edges]));
  expect(result.kind === "resolved" ? result.violations : []).toEqual([]);
}

describe("a service over several ecosystems", () => {
  it.each(readScenarios("joint").map((scenario) => ({ name: scenario.description, scenario })))(
    "$name",
    async ({ scenario }) => {
      const materialised = materialiseScenario(scenario, temporaryDirectory());
      const isStrict = scenario.name.endsWith("-strict");
      const result = await runScenario(
        materialised,
        isStrict ? { options: { settings: new Map(), strictEngines: true } } : {},
      );
      const words = await told(result, materialised);
      expect({ kind: result.kind, words }).toMatchObject({ kind: scenario.expected.outcome });
      expectSelected(result, scenario.expected);
      expectInOrder(words, scenario.expected.says);
    },
  );
});
