import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Packages } from "../../scripts/registry-layouts.mjs";
import { writeRegistry } from "../../scripts/registry-layouts.mjs";
import { parseTomlDocument } from "../../src/formats/toml.ts";

/** One problem, with what must come out of it; fixtures/README.md describes the file. */
export interface Scenario {
  /** `<topic>/<file name without .toml>`. */
  readonly name: string;
  readonly description: string;
  /** Further arguments of the command. */
  readonly arguments: readonly string[];
  /** Path in the project -> content. */
  readonly files: ReadonlyMap<string, string>;
  /** Ecosystem -> its packages. */
  readonly registries: ReadonlyMap<string, Packages>;
  readonly expected: ExpectedOutcome;
}

export interface ExpectedOutcome {
  readonly outcome: "resolved" | "unsatisfiable" | "error";
  /** Package ids (`npm:react@19.0.0`) that must be selected. */
  readonly packages: readonly string[];
  /** Beginnings of package ids that must not be selected (`npm:fsevents@`). */
  readonly absent: readonly string[];
  /** Edges that must be there, as `<from> -> <to> <kind>`. */
  readonly edges: readonly string[];
  /** All edges between ecosystems, as `<from> -> <to> <kind>`, with ` (<systems>)` where they are not on all; unchecked when absent. */
  readonly cross?: readonly string[];
  /** What could not be verified, in the words of the result; unchecked when absent. */
  readonly unverified?: readonly string[];
  /** The whole explanation of why there is no answer; unchecked when absent. */
  readonly explanation?: string;
  /** Texts that the explanation, or the error, must contain, in this order. */
  readonly says: readonly string[];
}

/** A scenario on disk. */
export interface MaterialisedScenario {
  readonly projectDirectory: string;
  /** Ecosystem -> directory in the registry's native layout. */
  readonly registries: ReadonlyMap<string, string>;
}

const scenariosDirectory = join(import.meta.dirname, "..", "..", "fixtures", "scenarios");

/** Every scenario below fixtures/scenarios, or below one topic of it, sorted by name. */
export function readScenarios(topic = ""): readonly Scenario[] {
  return readdirSync(join(scenariosDirectory, topic), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".toml"))
    .map((path) => join(topic, path).replaceAll("\\", "/"))
    .toSorted()
    .map((path) => parseScenario(path.slice(0, -".toml".length), readFileSync(join(scenariosDirectory, path), "utf8")));
}

/** Reads one scenario; a mistake in it throws with its place. */
export function parseScenario(name: string, text: string): Scenario {
  const { document, diagnostics } = parseTomlDocument(`${name}.toml`, text);
  if (document === undefined) throw new Error(`${name}.toml: ${JSON.stringify(diagnostics)}`);
  const root = tableOf(document.value, name);
  refuseUnknown(root, ["description", "arguments", "files", "registry", "expected"], name);
  const expected = tableOf(root.expected, `${name}: expected`);
  refuseUnknown(
    expected,
    ["outcome", "packages", "absent", "edges", "cross", "unverified", "explanation", "says"],
    `${name}: expected`,
  );
  const { outcome } = expected;
  if (outcome !== "resolved" && outcome !== "unsatisfiable" && outcome !== "error") {
    throw new Error(`${name}: expected.outcome is ${JSON.stringify(outcome)}`);
  }
  const texts = (key: string): string[] => (Array.isArray(expected[key]) ? expected[key].map(String) : []);
  const some = (key: "cross" | "unverified"): Partial<ExpectedOutcome> =>
    expected[key] === undefined ? {} : { [key]: texts(key) };
  return {
    name,
    description: typeof root.description === "string" ? root.description : "",
    arguments: Array.isArray(root.arguments) ? root.arguments.map(String) : [],
    files: new Map(
      Object.entries(tableOf(root.files ?? {}, `${name}: files`)).map(([path, content]) => [path, String(content)]),
    ),
    registries: new Map(
      Object.entries(tableOf(root.registry ?? {}, `${name}: registry`)).map(([ecosystem, packages]) => [
        ecosystem,
        packagesOf(packages, `${name}: registry.${ecosystem}`),
      ]),
    ),
    expected: {
      outcome,
      packages: texts("packages"),
      absent: texts("absent"),
      edges: texts("edges"),
      ...some("cross"),
      ...some("unverified"),
      ...(typeof expected["explanation"] === "string" ? { explanation: expected["explanation"].trim() } : {}),
      says: texts("says"),
    },
  };
}

/** Writes the project to `<directory>/project` and the registries to `<directory>/registries/<ecosystem>`. */
export function materialiseScenario(scenario: Scenario, directory: string): MaterialisedScenario {
  const projectDirectory = join(directory, "project");
  mkdirSync(projectDirectory, { recursive: true });
  for (const [path, content] of scenario.files) {
    mkdirSync(dirname(join(projectDirectory, path)), { recursive: true });
    writeFileSync(join(projectDirectory, path), content);
  }
  const registries = new Map<string, string>();
  for (const [ecosystem, packages] of scenario.registries) {
    const registry = join(directory, "registries", ecosystem);
    writeRegistry(registry, ecosystem, packages);
    registries.set(ecosystem, registry);
  }
  return { projectDirectory, registries };
}

/** The recorded facts of real packages below fixtures/registries/<ecosystem>, all files together. */
export function readRecordedFacts(ecosystem: string): Packages {
  const directory = join(scenariosDirectory, "..", "registries", ecosystem);
  const all: Record<string, Packages[string]> = Object.create(null);
  for (const file of readdirSync(directory).toSorted()) {
    const { document, diagnostics } = parseTomlDocument(file, readFileSync(join(directory, file), "utf8"));
    if (document === undefined) throw new Error(`${file}: ${JSON.stringify(diagnostics)}`);
    Object.assign(all, packagesOf(document.value, file));
  }
  return all;
}

function packagesOf(value: unknown, where: string): Packages {
  const packages: Record<string, Packages[string]> = Object.create(null);
  for (const [name, versions] of Object.entries(tableOf(value, where))) {
    const facts: Record<string, Readonly<Record<string, unknown>>> = Object.create(null);
    for (const [version, table] of Object.entries(tableOf(versions, `${where}.${name}`))) {
      facts[version] = tableOf(table, `${where}.${name}.${version}`);
    }
    packages[name] = facts;
  }
  return packages;
}

function tableOf(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${where} is no table`);
  return Object.assign(Object.create(null), value);
}

function refuseUnknown(table: Record<string, unknown>, known: readonly string[], where: string): void {
  const unknown = Object.keys(table).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${where} has the unknown keys ${unknown.join(", ")}`);
}
