/** The table `[tool.poetry]`: names to caret, tilde and plain ranges, groups, and where packages come from. */
import type { TextDocument } from "../../../formats/text-document.ts";
import { normaliseName } from "../pep/names.ts";
import { parseRequirement } from "../pep/requirement.ts";
import { increment, parseVersion } from "../pep/version.ts";
import type { ManifestProblems } from "./manifest-text.ts";
import { strings, tableOf, tables, textOf, type Table } from "../toml-values.ts";
import type { DirectSource, PackageIndexRule, PypiDocument, RootRequirement, SourceRule } from "./pypi-document.ts";

/** What the table says that maps to requirements. */
export interface PoetryReading {
  readonly requirements: readonly RootRequirement[];
  readonly requiresPython: { readonly text: string; readonly path: readonly string[] } | undefined;
  readonly groups: readonly string[];
  readonly document: Pick<PypiDocument, "indexes" | "packageIndexes" | "replacesPublicIndex" | "sources">;
}

/**
 * Reads `dependencies`, `dev-dependencies` and `group.<name>.dependencies`. Beside a `[project]` table the first of them
 * only says where packages come from.
 */
export function readPoetryTable(
  poetry: Table,
  document: TextDocument,
  problems: ManifestProblems,
  hasProject: boolean,
): PoetryReading {
  const sources: SourceRule[] = [];
  const packageIndexes: PackageIndexRule[] = [];
  const requirements: RootRequirement[] = [];
  let requiresPython: PoetryReading["requiresPython"];
  const groups: string[] = [];
  const extras = tableOf(poetry["extras"]) ?? {};
  const read = (table: Table, path: readonly string[], group: string | undefined): void => {
    for (const [name, value] of Object.entries(table)) {
      const entryPath = [...path, name];
      if (name === "python") {
        if (typeof value === "string") requiresPython = { text: pythonRange(value), path: entryPath };
        continue;
      }
      for (const entry of Array.isArray(value) ? value : [value]) {
        const fields = tableOf(entry) ?? {};
        const text =
          requirementOf(name, entry) ?? (hasProject ? requirementOf(name, { ...fields, version: "*" }) : undefined);
        const parsed = text === undefined ? undefined : parseRequirement(text);
        const rule = { package: normaliseName(name), marker: parsed?.ok === true ? parsed.value.marker : undefined };
        const source = sourceOf(fields);
        if (source !== undefined) sources.push({ ...rule, source });
        const index = textOf(fields["source"]);
        if (index !== undefined) packageIndexes.push({ ...rule, index });
        if (hasProject && group === undefined) continue;
        const origin = document.originOf(entryPath) ?? { file: problems.file };
        if (text === undefined || parsed === undefined || !parsed.ok) {
          const message = `Enki can't read the requirement on ${name} in [${path.join(".")}]`;
          problems.add("error", "pypi-invalid-requirement", message, origin);
          continue;
        }
        const base = { requirement: parsed.value, text, origin };
        const asking = Object.keys(extras).filter((extra) =>
          strings(extras[extra]).map(normaliseName).includes(parsed.value.name),
        );
        if (group !== undefined) requirements.push({ ...base, kind: "dev", group });
        else if (fields["optional"] !== true) requirements.push({ ...base, kind: "runtime" });
        else for (const extra of asking) requirements.push({ ...base, kind: "optional", extra: normaliseName(extra) });
      }
    }
  };
  read(tableOf(poetry["dependencies"]) ?? {}, ["tool", "poetry", "dependencies"], undefined);
  const development = tableOf(poetry["dev-dependencies"]);
  if (development !== undefined) {
    groups.push("dev");
    read(development, ["tool", "poetry", "dev-dependencies"], "dev");
  }
  for (const [name, group] of Object.entries(tableOf(poetry["group"]) ?? {})) {
    const dependencies = tableOf(tableOf(group)?.["dependencies"]);
    if (dependencies === undefined) continue;
    groups.push(normaliseName(name));
    read(dependencies, ["tool", "poetry", "group", name, "dependencies"], normaliseName(name));
  }
  const indexes = readIndexes(poetry["source"]);
  return { requirements, requiresPython, groups, document: { ...indexes, packageIndexes, sources } };
}

/** What a dependency comes from besides an index. */
function sourceOf(table: Table): DirectSource | undefined {
  const text = (key: string): string | undefined => (typeof table[key] === "string" ? table[key] : undefined);
  const path = text("path") ?? text("file");
  if (path !== undefined) return { kind: "path", path, isEditable: table["develop"] === true };
  const git = text("git");
  if (git === undefined) return undefined;
  const referenceKind = (["rev", "tag", "branch"] as const).find((key) => text(key) !== undefined);
  const subdirectory = text("subdirectory");
  return {
    kind: "git",
    url: git,
    reference: referenceKind === undefined ? undefined : text(referenceKind),
    ...(referenceKind === undefined ? {} : { referenceKind }),
    ...(subdirectory === undefined ? {} : { subdirectory }),
  };
}

/** `[[tool.poetry.source]]`: primary ones take the place of the public index, supplemental ones stand beside it. */
function readIndexes(value: unknown): Pick<PypiDocument, "indexes" | "replacesPublicIndex"> {
  const listed = tables(value);
  const read = listed.flatMap((table) => {
    const { name, url, priority = "primary" } = table;
    if (typeof name !== "string" || typeof url !== "string") return [];
    return [{ name, url, isExplicit: priority === "explicit", priority }];
  });
  const isSupplemental = ({ priority }: (typeof read)[number]): boolean =>
    priority === "supplemental" || priority === "secondary";
  const namesPublic = listed.some(({ name }) => typeof name === "string" && normaliseName(name) === "pypi");
  return {
    indexes: [...read.filter((index) => !isSupplemental(index)), ...read.filter(isSupplemental)].map(
      ({ name, url, isExplicit }) => ({ name, url, isExplicit }),
    ),
    replacesPublicIndex: !namesPublic && read.some((index) => !isSupplemental(index) && !index.isExplicit),
  };
}

/** An entry of the table as a PEP 508 requirement; `undefined` for sources that have no such form. */
function requirementOf(name: string, entry: unknown): string | undefined {
  if (typeof entry === "string") return `${name}${asSpecifiers(entry)}`;
  const table = tableOf(entry);
  if (table === undefined) return undefined;
  const extras = strings(table["extras"]);
  const conditions = [table["markers"], pythonCondition(table["python"])].filter(
    (condition): condition is string => typeof condition === "string",
  );
  const joined = conditions.length > 1 ? conditions.map((condition) => `(${condition})`) : conditions;
  const marker = joined.length === 0 ? "" : ` ; ${joined.join(" and ")}`;
  const withExtras = extras.length === 0 ? name : `${name}[${extras.join(",")}]`;
  if (typeof table["url"] === "string") return `${withExtras} @ ${table["url"]}${marker}`;
  if (sourceOf(table) !== undefined) return `${withExtras}${marker}`;
  if (typeof table["version"] !== "string") return undefined;
  return `${withExtras}${asSpecifiers(table["version"])}${marker}`;
}

function pythonCondition(range: unknown): string | undefined {
  if (typeof range !== "string" || range === "*") return undefined;
  return pythonRange(range)
    .split(",")
    .map((clause) => /^([<>=!~]+)(.*)$/.exec(clause.trim()))
    .flatMap((clause) => (clause === null ? [] : [`python_version ${clause[1] ?? ""} "${(clause[2] ?? "").trim()}"`]))
    .join(" and ");
}

function pythonRange(text: string): string {
  return text === "*" ? "" : asSpecifiers(text);
}

/** Poetry's ranges as PEP 440 specifiers: `^1.2` -> `>=1.2,<2`, `~1.2` -> `>=1.2,<1.3`, `1.*` -> `==1.*`, `1.2` -> `==1.2`. */
export function asSpecifiers(range: string): string {
  return range
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && part !== "*")
    .map(asClause)
    .join(",");
}

function asClause(clause: string): string {
  if (clause.startsWith("^")) return boundedBy(clause.slice(1).trim(), caretPosition);
  if (clause.startsWith("~") && !clause.startsWith("~=")) return boundedBy(clause.slice(1).trim(), tildePosition);
  return /^[<>=!~]/.test(clause) ? clause : `==${clause}`;
}

function boundedBy(text: string, positionOf: (release: readonly string[]) => number): string {
  const version = parseVersion(text);
  if (version === undefined) return `==${text}`;
  const position = positionOf(version.release);
  const upper = version.release.slice(0, position + 1);
  upper[position] = increment(version.release[position] ?? "0");
  return `>=${text},<${upper.join(".")}`;
}

/** The caret keeps the leftmost number that is not zero. */
function caretPosition(release: readonly string[]): number {
  const first = release.findIndex((number) => number !== "0");
  return first < 0 ? release.length - 1 : first;
}

/** The tilde keeps major and minor; `~1` keeps the major number only. */
function tildePosition(release: readonly string[]): number {
  return release.length > 1 ? 1 : 0;
}
