/** What the lock repeats of a PyPI manifest, so that native lockfiles and checks need no manifest. */
import type { JsonObject, JsonValue } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ResolvedRoot } from "../../model/resolution.ts";
import { documentOf, type RootRequirement } from "./manifest/pypi-document.ts";
import { requirementText, type PypiRequirement } from "./pep/requirement.ts";
import type { PypiSettings } from "./settings.ts";

/** The root of one manifest. */
export function resolvedRoot(manifest: Manifest, settings: PypiSettings): ResolvedRoot {
  const document = documentOf(manifest);
  const overrides = [...document.overrides.map(({ text }) => text), ...settings.overrides.map(requirementText)];
  const excludes = [...new Set([...document.excludes, ...settings.excludes])].toSorted();
  const constraints = [...document.constraints.map(({ text }) => text), ...settings.constraints.map(requirementText)];
  const details: JsonObject = {
    requirements: document.requirements.filter((one) => isSelected(one, settings)).map(requirementDetails),
    ...(document.requiresPython === undefined ? {} : { requiresPython: document.requiresPython.text }),
    extras: document.extras.filter((extra) => settings.extras?.has(extra) ?? true).toSorted(),
    groups: document.groups.filter((group) => settings.groups?.has(group) ?? true).toSorted(),
    ...(document.defaultGroups.length === 0
      ? {}
      : { defaultGroups: document.defaultGroups.filter((group) => settings.groups?.has(group) ?? true).toSorted() }),
    ...(settings.pythons.length === 0 ? {} : { pythons: [...settings.pythons] }),
    ...(overrides.length === 0 ? {} : { overrides }),
    ...(excludes.length === 0 ? {} : { excludes }),
    ...(constraints.length === 0 ? {} : { constraints }),
  };
  return {
    id: `root:${manifest.file}`,
    ecosystem: "pypi",
    file: manifest.file,
    sha256: manifest.sha256,
    ...(manifest.name === undefined ? {} : { name: manifest.name }),
    ...(manifest.version === undefined ? {} : { version: manifest.version }),
    details,
  };
}

function isSelected(one: RootRequirement, settings: PypiSettings): boolean {
  if (one.extra !== undefined) return settings.extras?.has(one.extra) ?? true;
  return one.group === undefined || (settings.groups?.has(one.group) ?? true);
}

function requirementDetails(one: RootRequirement): JsonObject {
  const details: Record<string, JsonValue> = { requirement: canonicalText(one.requirement) };
  if (one.extra !== undefined) details["extra"] = one.extra;
  if (one.group !== undefined) details["group"] = one.group;
  return details;
}

function canonicalText(requirement: PypiRequirement): string {
  return requirementText({ ...requirement, rawName: requirement.name });
}
