import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeRegistry } from "../../scripts/registry-layouts.mjs";
import type { HintCode } from "../../src/report/explanation/hints.ts";
import { startRegistryServer } from "../helpers/registry-server.ts";
import { materialiseScenario, readScenarios, type Scenario } from "../helpers/scenario.ts";
import { temporaryDirectory } from "../helpers/temporary-directory.ts";
import type { CommandResult } from "./built-cli.ts";
import { enkiInProcess } from "./in-process.ts";

type Run = (...arguments_: readonly string[]) => Promise<CommandResult>;

/** Puts a scenario on disk with its registries inside, so that paths in messages are the same on every machine. */
function project({ arguments: flags, ...scenario }: Scenario): Run {
  const { projectDirectory, registries } = materialiseScenario({ ...scenario, arguments: flags }, temporaryDirectory());
  const environment: Record<string, string> = { ENKI_OFFLINE: "1" };
  for (const [ecosystem, path] of registries) {
    cpSync(path, `${projectDirectory}/.registries/${ecosystem}`, { recursive: true });
    environment[`ENKI_REGISTRY_${ecosystem.toUpperCase()}`] = `.registries/${ecosystem}`;
  }
  return (...arguments_) => enkiInProcess([...arguments_, ...flags], projectDirectory, environment);
}

interface Report {
  readonly status: string;
  readonly steps: readonly {
    readonly because: readonly ({ readonly step: number } | { readonly fact: object; readonly text: string })[];
    readonly conclusion: string;
  }[];
  readonly hints: readonly { readonly code: string; readonly text: string }[];
  readonly suggestions: readonly { readonly command?: string }[];
}

/** The words of a command as a shell splits them. */
function words(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

const scenarios = readScenarios("no-answer").map((scenario) => ({ name: scenario.description, scenario }));

describe("a service without an answer", () => {
  it.each(scenarios)("$name", async ({ scenario }) => {
    const run = project(scenario);
    const { status, stderr, stdout } = await run("resolve", "--json");
    expect(stderr).toMatchSnapshot();
    expect(status).toBe(1);
    const report = JSON.parse(stdout) as Report;
    expect(report.status).toBe("unsatisfiable");
    // Steps build on earlier ones only, and each says something that the prose says.
    for (const [index, { because, conclusion }] of report.steps.entries()) {
      expect(stderr).toContain(conclusion);
      expect(because.length).toBeGreaterThan(0);
      const earlier = because.map((premise) => ("step" in premise ? premise.step : -1));
      expect(Math.max(...earlier)).toBeLessThan(index);
    }
    for (const { text } of report.hints) expect(stderr).toContain(`hint: ${text}`);
    const tree = await run("explain", "--format", "tree");
    expect(tree.status).toBe(1);
    const [conclusion = "", ...below] = tree.stdout.split("\n");
    expect((await run("resolve", "--explain", "tree")).stderr).toContain([conclusion, below[0]].join("\n"));
    expect(tree.stdout).toContain("your requirements can't all be fulfilled\n");
  });

  it.each(scenarios)("and the changes that give one: $name", async ({ scenario }) => {
    const { stdout } = await project(scenario)("resolve", "--json");
    for (const { command } of (JSON.parse(stdout) as Report).suggestions) {
      if (command === undefined) continue;
      const [enki, ...arguments_] = words(command);
      expect(enki).toBe("enki");
      const { status, stderr } = await project(scenario)(...arguments_);
      expect([command, status, stderr]).toEqual([command, 0, expect.stringContaining("Resolved")]);
    }
  });

  it("has a scenario for every code of hints but that of a second index", async () => {
    const seen = new Set<string>();
    for (const { scenario } of scenarios) {
      const { stdout } = await project(scenario)("resolve", "--json");
      for (const { code } of (JSON.parse(stdout) as Report).hints) seen.add(code);
    }
    const codes: Record<HintCode, true> = {
      "first-index": true,
      "no-feature": true,
      "not-found": true,
      prerelease: true,
      "self-dependency": true,
      "too-new": true,
      toolchain: true,
      "unknown-time": true,
      "wrong-target": true,
      yanked: true,
    };
    expect([...seen, "first-index"].toSorted()).toEqual(Object.keys(codes).toSorted());
  });

  it("names the indexes that were passed over because an earlier one has the project", async () => {
    const directory = temporaryDirectory();
    writeRegistry(join(directory, "company"), "pypi", { six: { "1.0": {} } });
    writeRegistry(join(directory, "public"), "pypi", { six: { "1.16.0": {} } });
    writeFileSync(join(directory, "requirements.txt"), "six>=1.16\n");
    const flags = ["--offline", "--registry", "pypi=company", "--registry", "pypi=public"];
    const { status, stdout } = await enkiInProcess(["resolve", "--json", ...flags], directory);
    expect(status).toBe(1);
    expect((JSON.parse(stdout) as Report).hints).toMatchInlineSnapshot(`
      [
        {
          "code": "first-index",
          "details": {
            "index": "company",
            "others": [
              "public",
            ],
          },
          "package": "six",
          "text": "six was taken from the index company alone; public may have other versions ([pypi] index-strategy or package-indexes)",
        },
      ]
    `);
  });
});

describe("what is no answer but a stop", () => {
  it.each([401, 403])("status %i of a registry", async (code) => {
    const directory = temporaryDirectory();
    const server = await startRegistryServer();
    server.fail("/six/", { kind: "status", status: code });
    writeFileSync(join(directory, "requirements.txt"), "six\n");
    const flags = ["--no-cache", "--registry", `pypi=${server.url}/`];
    const { status, stdout, stderr } = await enkiInProcess(["resolve", "--json", ...flags], directory);
    expect([status, JSON.parse(stdout)]).toEqual([
      2,
      expect.objectContaining({ status: "error", code: "unauthorised" }),
    ]);
    expect(stderr).toContain(String(code));
  });

  it("a package that is not in the cache, offline", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "requirements.txt"), "six\n");
    const { status, stdout, stderr } = await enkiInProcess(
      ["resolve", "--json", "--offline", "--registry", "pypi=http://127.0.0.1:9/simple/"],
      directory,
    );
    expect([status, JSON.parse(stdout)]).toEqual([
      2,
      expect.objectContaining({ status: "error", code: "offline", hint: expect.stringContaining("without --offline") }),
    ]);
    expect(stderr).toContain("six");
  });
});
