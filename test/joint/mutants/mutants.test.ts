import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { buildMutant, type Subject } from "./build-mutant.ts";
import { mutants } from "./mutants.ts";

const root = join(import.meta.dirname, "..", "..", "..");
// Beside the packages that the bundles import.
const bundles = mkdtempSync(join(root, "node_modules", ".mutants-"));
const projects = mkdtempSync(join(tmpdir(), "enki-mutants-"));
afterAll(() => {
  for (const folder of [bundles, projects]) rmSync(folder, { recursive: true, force: true });
});

/** What a scenario finds wrong with a source; a failure of any kind counts. */
async function complaints(subject: Subject, start: string): Promise<readonly string[]> {
  const scenario = subject.readScenarios("joint").find(({ name }) => name.startsWith(`joint/${start}`));
  if (scenario === undefined) return [`there is no scenario ${start}`];
  try {
    return subject.mismatches(scenario, await subject.resolveScenario(scenario, mkdtempSync(join(projects, "p-"))));
  } catch (error) {
    return [String(error)];
  }
}

describe("an edge that the source no longer makes", () => {
  it("is no matter of the bundles themselves: nothing is wrong without a change", async () => {
    const subject = await buildMutant([], join(bundles, "unchanged.mjs"));
    for (const scenario of new Set(mutants.map((mutant) => mutant.scenario))) {
      expect([scenario, await complaints(subject, scenario)]).toEqual([scenario, []]);
    }
  });

  it.each(mutants)("$edge ($what) is missed by scenario $scenario", async ({ changes, scenario, edge, what }) => {
    const subject = await buildMutant(changes, join(bundles, `${edge}-${what.replaceAll(/\W/g, "-")}.mjs`));
    const found = await complaints(subject, scenario);
    expect(found).not.toEqual([]);
    // A source that can't even run proves nothing about its edges.
    expect(found.filter((text) => /^(?:Reference|Syntax|Type)Error/.test(text))).toEqual([]);
  });

  it("covers all kinds, and every file of an ecosystem that makes requirements on another one", () => {
    const kinds = Array.from({ length: 11 }, (_, index) => `X${String(index + 1)}`);
    expect([...new Set(mutants.map(({ edge }) => edge))]).toEqual(kinds);
    const sources = join(root, "src", "ecosystems");
    const makers = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter(
      (file) =>
        file.endsWith(".ts") && /\becosystem: (?:"nix"|NIX|NPM)/.test(readFileSync(join(sources, file), "utf8")),
    );
    const changed = new Set(mutants.flatMap(({ changes }) => changes.map(([file]) => file.replace("ecosystems/", ""))));
    const rows = [...readFileSync(join(root, "docs", "edges.md"), "utf8").matchAll(/^\| (X\d+) .*$/gm)];
    expect(rows.map(([, edge]) => edge)).toEqual(kinds);
    for (const [, file = ""] of rows.flatMap(([row]) => [...row.matchAll(/`([a-z-/]+\.ts)`/g)])) {
      expect(existsSync(join(sources, file)) || existsSync(join(root, "src", file))).toBe(true);
    }
    // Those of nix itself are about its own packages.
    expect(makers.filter((file) => !file.startsWith("nix/") && !changed.has(file))).toEqual([]);
    expect(makers.length).toBeGreaterThan(5);
  });
});
