import { describe, expect, it } from "vitest";
import { mismatches, resolveScenario } from "../helpers/check-scenario.ts";
import { readScenarios } from "../helpers/scenario.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";

const scenarios = readScenarios("joint");

describe("a service over several ecosystems", () => {
  it.each(scenarios.map((scenario) => ({ name: scenario.name, scenario })))("$name", async ({ scenario }) => {
    expect(mismatches(scenario, await resolveScenario(scenario, temporaryDirectory()))).toEqual([]);
  });

  it("states every edge between ecosystems, or the whole explanation of why there is no answer", () => {
    const silent = scenarios.filter(({ expected: { outcome, cross, explanation } }) =>
      outcome === "resolved" ? cross === undefined : explanation === undefined,
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
