/** Reads the scenarios of the shared suite into problems over an index in memory. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { normaliseName } from "../../../src/ecosystems/pypi/pep/names.ts";
import { parseTomlDocument } from "../../../src/formats/toml.ts";
import type { MemoryProjects, MemoryVersion, Problem } from "./memory-index.ts";

/** One scenario. */
export interface UvScenario {
  readonly name: string;
  readonly projects: MemoryProjects;
  readonly problem: Problem & { readonly python: string };
  readonly isUniversal: boolean;
  readonly requiresPython: string | undefined;
  readonly environmentPython: string | undefined;
  readonly isSatisfiable: boolean;
  readonly packages: Readonly<Record<string, string>> | undefined;
  readonly explanation: string;
}

type Table = Readonly<Record<string, unknown>>;

/** Every scenario below a directory, sorted by name. */
export function readUvScenarios(directory: string): readonly UvScenario[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".toml"))
    .toSorted()
    .map((path) => readScenario(path, readFileSync(join(directory, path), "utf8")));
}

function readScenario(path: string, text: string): UvScenario {
  // One scenario runs on systems that exist nowhere; two real ones tell the same story.
  const { document } = parseTomlDocument(path, text.replaceAll("'os1'", "'linux'").replaceAll("'os2'", "'darwin'"));
  if (document === undefined) throw new Error(`${path} is unreadable`);
  const root = table(document.value);
  const expected = table(root["expected"]);
  const resolver = table(root["resolver_options"]);
  const rootTable = table(root["root"]);
  const isSatisfiable = expected["satisfiable"] === true;
  const packages = expected["packages"] === undefined ? undefined : table(expected["packages"]);
  return {
    name: path.replace(/\.toml$/, ""),
    projects: new Map(
      Object.entries(table(root["packages"])).map(([name, value]) => [normaliseName(name), readVersions(value)]),
    ),
    problem: readProblem(rootTable, resolver, table(root["environment"])),
    isUniversal: resolver["universal"] === true,
    requiresPython: string(rootTable["requires_python"]),
    environmentPython: string(table(root["environment"])["python"]),
    isSatisfiable,
    packages:
      packages === undefined
        ? undefined
        : Object.fromEntries(Object.entries(packages).map(([name, version]) => [normaliseName(name), String(version)])),
    explanation: string(expected["explanation"]) ?? "",
  };
}

function readProblem(root: Table, resolver: Table, environment: Table): UvScenario["problem"] {
  const python = string(resolver["python"]) ?? string(environment["python"]) ?? "3.12";
  const platform = string(resolver["python_platform"]);
  const versions = string(resolver["resolution"]);
  const settings: Record<string, readonly string[] | string> = {};
  if (resolver["no_build"] !== undefined) settings["no-build"] = strings(resolver["no_build"]);
  if (resolver["no_binary"] !== undefined) settings["no-binary"] = strings(resolver["no_binary"]);
  if (platform === "x86_64-manylinux2014") settings["platform"] = "manylinux2014";
  return {
    requires: strings(root["requires"]),
    python: python.split(".").length === 2 ? `${python}.0` : python,
    settings,
    options: {
      ...(resolver["prereleases"] === true ? { prerelease: "allow" } : {}),
      ...(versions === "lowest" || versions === "lowest-direct" ? { versions } : {}),
    },
  };
}

function readVersions(value: unknown): ReadonlyMap<string, MemoryVersion> {
  const versions = table(table(value)["versions"]);
  return new Map(
    Object.entries(versions).map(([version, facts]) => {
      const one = table(facts);
      const yanked = one["yanked"];
      const hasWheel = one["wheel"] !== false;
      return [
        version,
        {
          requires: strings(one["requires"]),
          extras: Object.fromEntries(
            Object.entries(table(one["extras"])).map(([extra, list]) => [extra, strings(list)]),
          ),
          requiresPython: string(one["requires_python"]) ?? ">=3.12",
          wheelTags: hasWheel ? (one["wheel_tags"] === undefined ? ["py3-none-any"] : strings(one["wheel_tags"])) : [],
          hasSdist: one["sdist"] !== false,
          ...(yanked === true || typeof yanked === "string" ? { yanked } : {}),
        },
      ];
    }),
  );
}

function table(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function string(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
