import { basename } from "node:path";
import {
  addTomlElement,
  removeTomlElement,
  removeTomlKey,
  setTomlElement,
  setTomlKey,
  TomlEditError,
  tomlString,
} from "../../../formats/toml-edit.ts";
import { parseTomlDocument } from "../../../formats/toml.ts";
import { EnkiError } from "../../../model/enki-error.ts";
import type { AddedRequirement, ManifestEdit } from "../../../model/manifest-edit.ts";
import { normaliseName } from "../pep/names.ts";
import { parseRequirement } from "../pep/requirement.ts";

/** The text of a pyproject.toml (PEP 621 and PEP 735) or a requirements file with other requirements. */
export function editPythonManifest(file: string, text: string, edit: ManifestEdit): string {
  if (basename(file) !== "pyproject.toml") return editRequirements(text, edit);
  try {
    return editPyproject(file, text, edit);
  } catch (error) {
    if (!(error instanceof TomlEditError)) throw error;
    throw new EnkiError("usage", `${file} can't be edited: ${error.message}`, { hint: "change it by hand" });
  }
}

function editPyproject(file: string, text: string, { added, removed }: ManifestEdit): string {
  let edited = text;
  for (const name of removed) {
    for (const path of requirementLists(file, edited)) edited = withoutRequirement(file, edited, path, name);
  }
  for (const requirement of added) {
    const { name, group } = requirement;
    if (group === "optional") {
      throw new EnkiError("usage", `an optional requirement of a Python project belongs to one of its extras`, {
        hint: `write ${name} under [project.optional-dependencies] by hand, or leave --optional out`,
      });
    }
    const tables = documentValue(file, edited);
    if (entryAt(tables, ["project"]) === undefined && entryAt(tables, ["tool", "poetry"]) !== undefined) {
      throw new EnkiError("usage", `${file} keeps its requirements under [tool.poetry]`, {
        hint: "change it by hand, or move them to [project], which Poetry 2 reads as well",
      });
    }
    const [table, key] = group === "dev" ? ["dependency-groups", "dev"] : ["project", "dependencies"];
    const value = tomlString(requirementText(requirement));
    const list = stringsAt(tables, [table, key]);
    if (list === undefined) {
      edited = setTomlKey(edited, [table], key, `[${value}]`);
      continue;
    }
    const index = list.findIndex((text_) => isRequirementOn(text_, name));
    const path = [table, key];
    edited = index === -1 ? addTomlElement(edited, path, value) : setTomlElement(edited, path, index, value);
  }
  return edited;
}

function withoutRequirement(file: string, text: string, path: readonly string[], name: string): string {
  const list = stringsAt(documentValue(file, text), path) ?? [];
  const index = list.findIndex((element) => isRequirementOn(element, name));
  if (index === -1) return text;
  const edited = removeTomlElement(text, path, index);
  const isGroup = path[0] === "dependency-groups";
  return isGroup && list.length === 1 ? removeTomlKey(edited, path) : edited;
}

/** The paths of all lists of requirements: dependencies, extras, groups. */
function requirementLists(file: string, text: string): readonly (readonly string[])[] {
  const tables = documentValue(file, text);
  const under = (path: readonly string[]): readonly (readonly string[])[] => {
    const value = entryAt(tables, path);
    return value !== null && typeof value === "object" ? Object.keys(value).map((key) => [...path, key]) : [];
  };
  return [["project", "dependencies"], ...under(["project", "optional-dependencies"]), ...under(["dependency-groups"])];
}

/** Whole lines come and go; a requirement that is continued on further lines takes them along. */
function editRequirements(text: string, { added, removed }: ManifestEdit): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
  const place = (name: string): { readonly at: number; readonly count: number } | undefined => {
    const at = lines.findIndex((line) => isRequirementOn(line.replace(/\s+(?:#|--|\\).*$/, ""), name));
    if (at === -1) return undefined;
    let count = 1;
    while ((lines[at + count - 1] ?? "").trimEnd().endsWith("\\") && at + count < lines.length) count += 1;
    return { at, count };
  };
  for (const name of removed) {
    const found = place(name);
    if (found !== undefined) lines.splice(found.at, found.count);
  }
  for (const requirement of added) {
    if (requirement.group !== "runtime") {
      throw new EnkiError("usage", "a requirements file knows no groups", {
        hint: "name another file with --manifest, such as requirements-dev.txt, and leave the group out",
      });
    }
    const found = place(requirement.name) ?? { at: lines.length, count: 0 };
    lines.splice(found.at, found.count, requirementText(requirement));
  }
  return lines.map((line) => `${line}${newline}`).join("");
}

function requirementText({ name, range, features }: AddedRequirement): string {
  const extras = features.length === 0 ? "" : `[${features.join(",")}]`;
  return `${name}${extras}${range === "*" ? "" : range}`;
}

function isRequirementOn(text: string, name: string): boolean {
  const parsed = parseRequirement(text.trim());
  return parsed.ok && normaliseName(parsed.value.name) === normaliseName(name);
}

function documentValue(file: string, text: string): unknown {
  const { document, diagnostics } = parseTomlDocument(file, text);
  if (document === undefined) throw new EnkiError("invalid-manifest", `${file} can't be read`, { diagnostics });
  return document.value;
}

function entryAt(value: unknown, path: readonly string[]): unknown {
  let entry = value;
  for (const step of path) {
    entry = new Map(entry !== null && typeof entry === "object" ? Object.entries(entry) : []).get(step);
  }
  return entry;
}

/** The elements of a list; those that are no strings (`{ include-group = "x" }`) are empty texts. */
function stringsAt(value: unknown, path: readonly string[]): readonly string[] | undefined {
  const list = entryAt(value, path);
  if (!Array.isArray(list)) return undefined;
  return list.map((element: unknown) => (typeof element === "string" ? element : ""));
}
