/** Dependency groups (PEP 735): lists of requirements that may include one another. */
import type { TextDocument } from "../../../formats/text-document.ts";
import { normaliseName } from "../pep/names.ts";
import { requirementAt, type ManifestProblems } from "./manifest-text.ts";
import type { RootRequirement } from "./pypi-document.ts";

/** The requirements of every group, inclusions resolved. Cycles, unknown groups and odd entries are errors. */
export function readDependencyGroups(
  table: unknown,
  document: TextDocument,
  problems: ManifestProblems,
): { readonly requirements: readonly RootRequirement[]; readonly groups: readonly string[] } {
  if (table === undefined) return { requirements: [], groups: [] };
  const base = "dependency-groups";
  if (typeof table !== "object" || table === null || Array.isArray(table)) {
    problems.add("error", "pypi-invalid-manifest", "dependency-groups must be a table", document.originOf([base]));
    return { requirements: [], groups: [] };
  }
  const declared = new Map<string, { readonly rawName: string; readonly entries: readonly unknown[] }>();
  for (const [rawName, entries] of Object.entries(table)) {
    const origin = document.originOf([base, rawName], "key");
    const name = normaliseName(rawName);
    if (!Array.isArray(entries)) {
      problems.add("error", "pypi-invalid-manifest", `the group ${rawName} must be a list`, origin);
    } else if (declared.has(name)) {
      problems.add("error", "pypi-invalid-manifest", `the group ${rawName} is declared twice`, origin);
    } else {
      declared.set(name, { rawName, entries });
    }
  }

  const expand = (name: string, group: string, open: readonly string[]): readonly RootRequirement[] => {
    const found = declared.get(name);
    if (found === undefined) return [];
    return found.entries.flatMap((entry, index) => {
      const path = [base, found.rawName, index];
      if (typeof entry === "string") {
        const read = requirementAt(entry, path, document, problems);
        return read === undefined ? [] : [{ ...read, kind: "dev" as const, group }];
      }
      const included = includedGroup(entry);
      const origin = document.originOf(path);
      if (included === undefined) {
        problems.add(
          "error",
          "pypi-invalid-manifest",
          "a group holds requirements and inclusions only",
          origin,
          'write { include-group = "name" } to include another group (PEP 735)',
        );
        return [];
      }
      const target = normaliseName(included);
      if (open.includes(target)) {
        const circle = [...open.slice(open.indexOf(target)), target].join(" -> ");
        problems.add(
          "error",
          "pypi-group-cycle",
          `dependency groups include one another in a circle: ${circle}`,
          origin,
        );
        return [];
      }
      if (!declared.has(target)) {
        problems.add("error", "pypi-unknown-group", `there is no dependency group ${included}`, origin);
        return [];
      }
      return expand(target, group, [...open, target]);
    });
  };
  const requirements = [...declared.keys()].flatMap((name) => expand(name, name, [name]));
  return { requirements, groups: [...declared.keys()] };
}

function includedGroup(entry: unknown): string | undefined {
  if (typeof entry !== "object" || entry === null || !("include-group" in entry)) return undefined;
  const isAlone = Object.keys(entry).length === 1;
  return isAlone && typeof entry["include-group"] === "string" ? entry["include-group"] : undefined;
}
