import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pypi } from "../../../src/ecosystems/pypi/index.ts";
import { answer, MemoryIndex, solve } from "./memory-index.ts";
import { explain } from "../../../src/report/explanation/explain.ts";
import { problemsOf, installedFrom } from "./pylock-reader.ts";
import { readUvScenarios, type UvScenario } from "./uv-scenario.ts";

const directory = fileURLToPath(new URL("../../../../shared/data/pypi/scenarios", import.meta.url));
const isPresent = existsSync(directory);
if (!isPresent) console.warn(`skipped: the shared scenarios are not at ${directory}`);
const scenarios = isPresent ? readUvScenarios(directory) : [];

describe.skipIf(!isPresent)("the shared scenarios for one environment", () => {
  test.each(scenarios.filter(({ isUniversal }) => !isUniversal))("$name", async (scenario) => {
    const result = answer(await solve(new MemoryIndex(scenario.projects), scenario.problem));
    expect(result !== undefined).toBe(scenario.isSatisfiable);
    // Where the scenario names no versions, any answer will do.
    expect(result).toEqual(scenario.packages ?? result);
  });
});

/** The projects of a scenario that the expected explanation names between backticks. */
function culprits(scenario: UvScenario): readonly string[] {
  const named = [...scenario.explanation.matchAll(/`([a-z][a-z0-9-]*)/g)].flatMap(([, name]) => name ?? []);
  return [...new Set(named)].filter((name) => scenario.projects.has(name));
}

describe.skipIf(!isPresent)("explanations of the shared scenarios", () => {
  test.each(scenarios.filter(({ isUniversal, isSatisfiable }) => !isUniversal && !isSatisfiable))(
    "$name",
    async (scenario) => {
      const result = await solve(new MemoryIndex(scenario.projects), scenario.problem);
      if (result.kind !== "unsatisfiable") throw new Error(result.kind);
      const { text } = explain(result.derivation, result.narrator);
      const unnamed = culprits(scenario).filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
      expect(unnamed).toEqual([]);
      expect(text).toContain("requirements.txt:");
    },
  );
});

const systems = ["x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin", "x86_64-windows"];
const pythonVersions = ["3.8.0", "3.9.0", "3.10.0", "3.11.0", "3.12.0", "3.13.0", "3.14.0"];

const snapshots = fileURLToPath(new URL("../../../../shared/data/pypi/universal-lock-snapshots.json", import.meta.url));

/** What uv itself comes to: where a scenario says otherwise, uv has learned to answer it since. */
function uvAnswers(): ReadonlyMap<string, boolean> {
  if (!existsSync(snapshots)) return new Map();
  const runs: readonly { scenario: string; exit: number }[] = JSON.parse(readFileSync(snapshots, "utf8"));
  return new Map(runs.map(({ scenario, exit }) => [scenario.replace(/\.toml$/, ""), exit === 0]));
}

describe.skipIf(!isPresent)("the shared scenarios for every environment, in one lock", () => {
  const answers = uvAnswers();
  test.each(scenarios.filter(({ isUniversal }) => isUniversal))("$name", async (scenario) => {
    const admitted = pythonVersions.filter(
      (python) =>
        pypi.rangeAdmits(scenario.requiresPython ?? ">=3.12", python) &&
        pypi.rangeAdmits(`>=${scenario.environmentPython ?? "3"}`, python),
    );
    const newest = admitted.at(-1) ?? "";
    const { requires, settings } = scenario.problem;
    const result = await solve(new MemoryIndex(scenario.projects), {
      ...scenario.problem,
      python: newest,
      settings: { ...settings, pythons: admitted },
      extra: { systems },
    });
    expect(result.kind === "resolved").toBe(answers.get(scenario.name) ?? scenario.isSatisfiable);
    if (result.kind !== "resolved") return;
    expect(result.violations).toEqual([]);
    const text = result.locks.find(({ path }) => path === "pylock.toml")?.content ?? "";
    for (const system of systems) {
      for (const full of admitted) {
        const place = { python: full.replace(/\.0$/, ""), system };
        expect([place, problemsOf(installedFrom(text, place), requires, scenario.projects, place)]).toEqual([
          place,
          [],
        ]);
      }
    }
  });
});
