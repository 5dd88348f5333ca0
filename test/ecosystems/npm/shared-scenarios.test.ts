import { describe, expect, it } from "vitest";

import { resolveProject, summary } from "./npm-project.ts";
import { hasSharedScenarios, readNpmAnswers, readSharedScenarios, type SharedScenario } from "./shared-scenarios.ts";

/** Where npm gives up and there is an answer, or where npm's answer holds more than is needed. */
const better = new Map([
  ["deep_no_version", "a@1.0.0"],
  ["peer_root_older_plugin_ok", "host@2.0.0 plug@1.0.0"],
  ["required_platform", "a@1.0.0"],
  ["optional_missing", "a@1.0.0 b@9.0.0:optional nope@1.0.0:optional"],
  ["greedy_transitive", "a@1.0.0 b@1.0.0 c@1.0.0"],
]);

/** npm's error codes for what is a proof, or an error of the manifest, in Enki. */
const refusals = new Map([
  ["ERESOLVE", "unsatisfiable"],
  ["ETARGET", "unsatisfiable"],
  ["E404", "unsatisfiable"],
  ["EOVERRIDE", "the override of `b` to 2 contradicts the direct requirement 1"],
]);

async function answer(scenario: SharedScenario): Promise<string> {
  const date = scenario.args?.[0] === "--before" ? scenario.args[1] : undefined;
  const options = { settings: new Map(), ...(date !== undefined && { excludeNewer: `${date}T00:00:00Z` }) };
  try {
    const { pkg: packageJson, reg: registry, files } = scenario;
    const first = await resolveProject({ packageJson, registry, ...(files !== undefined && { files }) }, { options });
    if (scenario.pkg2 === undefined || scenario.reg2 === undefined || first.kind !== "resolved") return summary(first);
    const second = await resolveProject(
      { packageJson: scenario.pkg2, registry: scenario.reg2 },
      { previous: first.resolution },
    );
    return `${summary(first)} => ${summary(second)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe.runIf(hasSharedScenarios())("the scenarios that npm was run on", () => {
  // A skipped group still collects its tests.
  const isThere = hasSharedScenarios();
  const answers = isThere ? readNpmAnswers() : new Map<string, string>();
  const scenarios = isThere ? readSharedScenarios() : new Map<string, SharedScenario>();
  it.each([...scenarios])("%s", async (name, scenario) => {
    const expected = answers.get(name) ?? "";
    // npm drops what it cannot have from its lock and then refuses the lock; see the tests of optional dependencies.
    expect(await answer(scenario)).toBe(better.get(name) ?? refusals.get(expected) ?? expected);
  });

  it("are all there", () => {
    expect(scenarios.size).toBe(47);
    expect([...scenarios.keys()].every((name) => answers.has(name))).toBe(true);
  });
});
