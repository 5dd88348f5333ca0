import { commandsOf } from "./commands.ts";
import type { ForeignRequirement } from "../../model/requirement.ts";
import { VIRTUAL_COMPILER } from "./compiler-packages.ts";
import { flagsOf, interpretField, type OpamDefinition } from "./definition.ts";
import { globalVariables, type OpamEnvironment } from "./environment.ts";
import { printValues } from "./file/printer.ts";
import type { OpamValue } from "./file/value.ts";
import { compareVersions } from "./version.ts";
import { filterHolds, IllTypedError, type VariableLookup } from "./filter.ts";

/** The ecosystem of system packages and toolchains, and the one that `npm-version` speaks of. */
const NIX = "nix";
const NPM = "npm";

/** One row of `depexts`, with its filter as written. */
export interface SystemRow {
  readonly names: readonly string[];
  /** Empty when the row is for every system. */
  readonly filter: string;
}

interface ParsedRow {
  readonly names: readonly string[];
  readonly conditions: readonly OpamValue[];
}

/** Which editions of Rust need which compiler; the packages that stand for them test exactly that. */
const rustEditions: ReadonlyMap<string, string> = new Map([
  ["conf-rust-2018", ">=1.31"],
  ["conf-rust-2021", ">=1.56"],
  ["conf-rust-2024", ">=1.85"],
]);

/** Every row of `depexts`, for the lock: what is installed by hand on other systems. */
export function systemRows(definition: OpamDefinition): readonly SystemRow[] {
  return parsedRows(definition).map((row) => ({ names: row.names, filter: printValues(row.conditions) }));
}

/**
 * How opam's compiler and the settled OCaml of nixpkgs are kept the same: by the version of the virtual package `ocaml`,
 * which every compiler brings along and nearly every package requires. All other versions share one requirement, so that
 * an explanation says it once.
 */
export function compilerRequirement(definition: OpamDefinition, settled: string): ForeignRequirement | undefined {
  if (definition.name !== VIRTUAL_COMPILER) return undefined;
  const isSettled = compareVersions(definition.version, settled) === 0;
  return {
    ecosystem: NIX,
    name: "tool:ocaml",
    range: `${isSettled ? "=" : "!="}${settled}`,
    rangeSyntax: NIX,
    kind: "tool",
    why: "the compiler of opam packages is the OCaml of nixpkgs",
  };
}

/** Programs of other ecosystems, and the toolchain that brings each. */
const FOREIGN_TOOLS = [
  ["cargo", "rustc"],
  ["npm", "node"],
] as const;

/**
 * Which programs of other ecosystems the commands of a package run on this target. Those of a `conf` package only test
 * that a program is there, which is what its depexts say.
 */
export function foreignPrograms(
  definition: OpamDefinition,
  environment: OpamEnvironment,
): ReadonlySet<"cargo" | "npm"> {
  if (flagsOf(definition).has("conf")) return new Set();
  const commands = ["build", "install"].flatMap((field) => commandsOf(definition, field, environment, new Map()));
  const first = new Set(commands.map(([program]) => program));
  return new Set(FOREIGN_TOOLS.flatMap(([program]) => (first.has(program) ? [program] : [])));
}

/**
 * What a package needs from other ecosystems: system packages (the rows for NixOS when there are any, else those for
 * Debian, whose names a table maps), a Rust compiler, npm packages.
 */
export function foreignRequirements(
  definition: OpamDefinition,
  environment: OpamEnvironment,
): readonly ForeignRequirement[] {
  const package_ = `${definition.name} ${definition.version}`;
  const rustRange = rustEditions.get(definition.name);
  const rows = parsedRows(definition);
  const programs = foreignPrograms(definition, environment);
  if (rows.length === 0 && rustRange === undefined && programs.size === 0) return [];
  const requirements = npmRequirements(rows, package_);
  for (const [program, tool] of FOREIGN_TOOLS) {
    if (!programs.has(program)) continue;
    requirements.push({
      ecosystem: NIX,
      name: `tool:${tool}`,
      range: "*",
      rangeSyntax: NIX,
      kind: "build",
      why: `the build of ${package_} runs ${program}`,
    });
  }
  if (rustRange !== undefined) {
    requirements.push({
      ecosystem: NIX,
      name: "tool:rustc",
      range: rustRange,
      rangeSyntax: NIX,
      kind: "tool",
      why: `the Rust edition that ${package_} stands for`,
    });
    return requirements;
  }
  for (const name of systemNames(rows, definition, environment)) {
    requirements.push({
      ecosystem: NIX,
      name,
      range: "*",
      rangeSyntax: NIX,
      kind: "link",
      why: `depexts of ${package_}`,
    });
  }
  return requirements;
}

function systemNames(
  rows: readonly ParsedRow[],
  definition: OpamDefinition,
  environment: OpamEnvironment,
): readonly string[] {
  for (const [prefix, distribution] of [
    ["attr", { "os-distribution": "nixos", "os-family": "nixos" }],
    ["debian", { "os-distribution": "debian", "os-family": "debian", "os-version": "12" }],
  ] as const) {
    // System packages are always those of a Linux distribution's names, whatever system is resolved for.
    const variables = globalVariables(
      new Map([...environment, ["os", "linux"], ...Object.entries(distribution)]),
      definition,
    );
    const names = rows.filter((row) => rowHolds(row, variables)).flatMap((row) => row.names);
    if (names.length > 0) return [...new Set(names)].map((name) => `${prefix}:${name}`);
  }
  return [];
}

/** Rows like `["react"] {npm-version = "^18"}`: the package comes from npm, in the range that npm understands. */
function npmRequirements(rows: readonly ParsedRow[], package_: string): ForeignRequirement[] {
  return rows.flatMap((row) => {
    const range = npmRange(row.conditions);
    return range === undefined
      ? []
      : row.names.map((name) => ({
          ecosystem: NPM,
          name,
          range,
          rangeSyntax: NPM,
          kind: "runtime" as const,
          why: `depexts of ${package_} (npm-version)`,
        }));
  });
}

function npmRange(conditions: readonly OpamValue[]): string | undefined {
  const [only] = conditions;
  if (conditions.length !== 1 || only?.kind !== "relation" || only.operator !== "=") return undefined;
  const isNpm = only.left.kind === "identifier" && only.left.name === "npm-version";
  return isNpm && only.right.kind === "string" ? only.right.value : undefined;
}

function rowHolds(row: ParsedRow, variables: VariableLookup): boolean {
  if (row.conditions.length === 0) return false;
  try {
    return row.conditions.every((condition) => filterHolds(condition, variables));
  } catch (error) {
    if (error instanceof IllTypedError) return false;
    throw error;
  }
}

const parsed = new WeakMap<OpamDefinition, readonly ParsedRow[]>();

function parsedRows(definition: OpamDefinition): readonly ParsedRow[] {
  const known = parsed.get(definition);
  if (known !== undefined) return known;
  const rows = parseRows(definition);
  parsed.set(definition, rows);
  return rows;
}

function parseRows(definition: OpamDefinition): readonly ParsedRow[] {
  return interpretField<readonly ParsedRow[]>(definition, "depexts", [], (value) => {
    const items = value.kind === "list" ? value.items : [value];
    const isPlainList = items.every((item) => item.kind === "string");
    return isPlainList ? [{ names: namesOf(value), conditions: [] }] : items.map(parseRow);
  });
}

function parseRow(value: OpamValue): ParsedRow {
  return value.kind === "option"
    ? { names: namesOf(value.value), conditions: value.conditions }
    : { names: namesOf(value), conditions: [] };
}

function namesOf(value: OpamValue): readonly string[] {
  if (value.kind === "string") return [value.value];
  if (value.kind !== "list") throw new IllTypedError("expected a list of package names", value);
  return value.items.map((item) => {
    if (item.kind !== "string") throw new IllTypedError("expected a package name in quotes", item);
    return item.value;
  });
}
