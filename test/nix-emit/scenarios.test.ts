import { describe, expect, it } from "vitest";
import { makeStore, nixIsMissing } from "../helpers/nix-instantiate.ts";
import { runScenario } from "../helpers/run-scenario.ts";
import { materialiseScenario, readScenarios } from "../helpers/scenario.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import { emitProject, evaluateRestricted, projectExpression } from "./emitted-project.ts";

const resolvable = readScenarios("joint").filter(({ expected }) => expected.outcome === "resolved");
/** Pins of opam packages to folders have no form in Nix yet. */
const pinnedToFolder = resolvable.filter(({ files }) => [...files.values()].some((text) => text.includes('" "./')));
const scenarios = resolvable.filter((scenario) => !pinnedToFolder.includes(scenario));

describe.skipIf(nixIsMissing)("what real resolutions become", () => {
  it("is tried on most scenarios", () => expect(scenarios.length).toBeGreaterThan(15));

  it.each(pinnedToFolder)("$name is refused", async (scenario) => {
    const result = await runScenario(materialiseScenario(scenario, temporaryDirectory()), {});
    if (result.kind !== "resolved") throw new Error(`the scenario is ${result.kind}`);
    expect(() => emitProject(result.resolution, {})).toThrow("can't be emitted for Nix: it has no usable URL");
  });

  it.each(scenarios.map((scenario) => ({ name: scenario.description, scenario })))("$name", async ({ scenario }) => {
    const result = await runScenario(materialiseScenario(scenario, temporaryDirectory()), {});
    const resolution = result.kind === "resolved" ? result.resolution : undefined;
    if (resolution === undefined) throw new Error(`the scenario is ${result.kind}`);
    const sources = Object.fromEntries(resolution.roots.map(({ file }) => [file, ""]));
    const cargoLocks = Object.fromEntries(
      ["Cargo.toml", ...Object.keys(sources)].map((file) => [file.replace(/[^/]*$/, "Cargo.lock"), ""]),
    );
    const project = emitProject(resolution, { ...sources, ...cargoLocks, "package.json": "{}" });
    const release = resolution.packages.find(({ ecosystem }) => ecosystem === "nix")?.details["release"];
    const version = typeof release === "string" ? release.replace("nixos-", "") : "24.11";
    const store = makeStore();
    const expression = `let p = ${projectExpression(project, { release: version })}; in [ p.drvPath p.devShell.drvPath (map (one: one.drvPath) (builtins.attrValues p.packages)) ]`;
    expect(evaluateRestricted(store, project, expression)).toEqual([
      expect.stringMatching(/-enki-projects\.drv$/),
      expect.stringMatching(/-enki\.drv$/),
      expect.any(Array),
    ]);
  });
});
