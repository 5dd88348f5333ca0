import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pypi } from "../../../src/ecosystems/pypi/index.ts";
import { parseRequirement } from "../../../src/ecosystems/pypi/pep/requirement.ts";
import { answer, MemoryIndex, solve, type MemoryVersion } from "./memory-index.ts";
import type { ResolveResult } from "../../../src/resolve/request.ts";
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

const systems = ["x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin", "x86_64-windows"];
const pythonVersions = ["3.8.0", "3.9.0", "3.10.0", "3.11.0", "3.12.0", "3.13.0", "3.14.0"];

const snapshots = fileURLToPath(new URL("../../../../shared/data/pypi/universal-lock-snapshots.json", import.meta.url));

/** What uv itself comes to: where a scenario says otherwise, uv has learned to answer it since. */
function uvAnswers(): ReadonlyMap<string, boolean> {
  if (!existsSync(snapshots)) return new Map();
  const runs: readonly { scenario: string; exit: number }[] = JSON.parse(readFileSync(snapshots, "utf8"));
  return new Map(runs.map(({ scenario, exit }) => [scenario.replace(/\.toml$/, ""), exit === 0]));
}

const answers = uvAnswers();

/** The Pythons that a scenario is for. */
function admittedPythons({ requiresPython, environmentPython }: UvScenario): readonly string[] {
  return pythonVersions.filter(
    (python) =>
      pypi.rangeAdmits(requiresPython ?? ">=3.12", python) && pypi.rangeAdmits(`>=${environmentPython ?? "3"}`, python),
  );
}

/** Solves a scenario: for its one environment, or for all of them. */
async function solveScenario({ projects, problem, ...scenario }: UvScenario): Promise<ResolveResult> {
  const index = new MemoryIndex(projects);
  if (!scenario.isUniversal) return await solve(index, problem);
  const admitted = admittedPythons({ projects, problem, ...scenario });
  return await solve(index, {
    ...problem,
    python: admitted.at(-1) ?? "",
    settings: { ...problem.settings, pythons: admitted },
    extra: { systems },
  });
}

/** The projects of a scenario that the expected explanation names between backticks. */
function named(scenario: UvScenario): readonly string[] {
  const found = [...scenario.explanation.matchAll(/`([a-z][a-z0-9-]*)/g)].flatMap(([, name]) => name ?? []);
  return [...new Set(found)].filter((name) => scenario.projects.has(name));
}

function nameOf(requirement: string): string {
  const parsed = parseRequirement(requirement);
  if (!parsed.ok) throw new Error(requirement);
  return parsed.value.name;
}

/** The scenario as it would be if nothing were required of one project. */
function without(scenario: UvScenario, name: string): UvScenario {
  const keep = (requirement: string): boolean => nameOf(requirement) !== name;
  const strip = (version: MemoryVersion): MemoryVersion => ({
    ...version,
    requires: (version.requires ?? []).filter(keep),
    extras: Object.fromEntries(Object.entries(version.extras ?? {}).map(([extra, list]) => [extra, list.filter(keep)])),
  });
  return {
    ...scenario,
    projects: new Map(
      [...scenario.projects].map(([project, versions]) => [
        project,
        new Map([...versions].map(([version, facts]) => [version, strip(facts)])),
      ]),
    ),
    problem: { ...scenario.problem, requires: scenario.problem.requires.filter(keep) },
  };
}

/**
 * The projects to blame: with nothing required of them there would be an answer. Most scenarios of the suite come without
 * an explanation, and this one is worked out from nothing but answers.
 */
async function culprits(scenario: UvScenario): Promise<readonly string[]> {
  const names = new Set([...scenario.projects.keys(), ...scenario.problem.requires.map(nameOf)]);
  const judged = await Promise.all(
    [...names].map(async (name) => {
      const result = await solveScenario(without(scenario, name));
      return result.kind === "resolved" ? [name] : [];
    }),
  );
  return judged.flat();
}

describe.skipIf(!isPresent)("explanations of the shared scenarios", () => {
  const unsatisfiable = scenarios.filter(({ name, isSatisfiable, isUniversal }) =>
    isUniversal ? answers.get(name) === false : !isSatisfiable,
  );
  test.each(unsatisfiable)("$name", async (scenario) => {
    const result = await solveScenario(scenario);
    if (result.kind !== "unsatisfiable") throw new Error(result.kind);
    const { text } = explain(result.derivation, result.narrator);
    const isNamed = (name: string): boolean => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text);
    const blamed = await culprits(scenario);
    expect(blamed.length).toBeGreaterThan(0);
    expect([...new Set([...blamed, ...named(scenario)])].filter((name) => !isNamed(name))).toEqual([]);
    expect(text).toContain("requirements.txt:");
  });
});

describe.skipIf(!isPresent)("the shared scenarios for every environment, in one lock", () => {
  test.each(scenarios.filter(({ isUniversal }) => isUniversal))("$name", async (scenario) => {
    const admitted = admittedPythons(scenario);
    const { requires } = scenario.problem;
    const result = await solveScenario(scenario);
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
