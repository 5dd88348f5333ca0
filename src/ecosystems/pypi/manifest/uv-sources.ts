/** `[tool.uv.sources]`: where packages come from when it is not the usual indexes. */
import { posix } from "node:path";
import type { TextDocument } from "../../../formats/text-document.ts";
import { normaliseName } from "../pep/names.ts";
import { parseMarker, type Marker } from "../pep/marker.ts";
import { tableOf, textOf, type Table } from "../toml-values.ts";
import type { ManifestProblems } from "./manifest-text.ts";
import type { DirectSource, PackageIndexRule, SourceRule } from "./pypi-document.ts";
import type { UvWorkspace } from "./uv-workspace.ts";

/** The rules of a table, in the order in which they are tried. */
export interface UvSources {
  readonly packageIndexes: readonly PackageIndexRule[];
  readonly sources: readonly SourceRule[];
}

/** What the reader of one entry needs. */
interface Entry {
  readonly rawName: string;
  readonly name: string;
  readonly table: Table;
  readonly path: readonly (string | number)[];
}

/** Reads the table. `directory` is that of the manifest, relative to the service. */
export function readUvSources(
  value: unknown,
  document: TextDocument,
  problems: ManifestProblems,
  directory: string,
  workspace: UvWorkspace | undefined,
): UvSources {
  const packageIndexes: PackageIndexRule[] = [];
  const sources: SourceRule[] = [];
  const report = (severity: "error" | "warning", code: string, message: string, entry: Entry, help?: string): void =>
    problems.add(severity, code, message, document.originOf(entry.path) ?? document.originOf(entry.path, "key"), help);

  const read = (entry: Entry): void => {
    const { rawName, name, table } = entry;
    const marker = markerOf(table);
    if (marker === "unreadable") {
      report("error", "pypi-invalid-marker", `the marker of the source of ${rawName} is unreadable`, entry);
      return;
    }
    if (table["extra"] !== undefined || table["group"] !== undefined) {
      const what = `the source of ${rawName} for one ${table["extra"] === undefined ? "group" : "extra"}`;
      const help =
        "one answer holds all extras and groups: choose the source with a marker, or under [pypi] in enki.toml";
      report("warning", "pypi-unsupported-source", `${what} is passed over`, entry, help);
      return;
    }
    const rule = { package: name, ...(marker === undefined ? {} : { marker }) };
    const index = textOf(table["index"]);
    const source = table["workspace"] === true ? memberSource(name, directory, workspace) : directSource(table);
    if (index !== undefined) packageIndexes.push({ ...rule, index });
    else if (source !== undefined) sources.push({ ...rule, source });
    else if (table["workspace"] === true) {
      const members = [...(workspace?.members.keys() ?? [])];
      const help =
        workspace === undefined ? "no [tool.uv.workspace] above lists this project" : `there are ${members.join(", ")}`;
      report("error", "pypi-unknown-member", `the workspace has no member ${rawName}`, entry, help);
    } else report("warning", "pypi-unsupported-source", `the source of ${rawName} is left to the index`, entry);
  };

  for (const [rawName, entries] of Object.entries(tableOf(value) ?? {})) {
    const path = ["tool", "uv", "sources", rawName];
    const name = normaliseName(rawName);
    if (!Array.isArray(entries)) read({ rawName, name, table: tableOf(entries) ?? {}, path });
    else {
      for (const [at, one] of entries.entries())
        read({ rawName, name, table: tableOf(one) ?? {}, path: [...path, at] });
    }
  }
  // The members of a workspace come from it, whoever requires them: never from an index, where anybody may take the name.
  for (const name of workspace?.members.keys() ?? []) {
    const source = memberSource(name, directory, workspace);
    if (source !== undefined && !sources.some((rule) => rule.package === name)) sources.push({ package: name, source });
  }
  return { packageIndexes, sources };
}

function markerOf(table: Table): Marker | "unreadable" | undefined {
  const text = table["marker"];
  if (text === undefined) return undefined;
  const parsed = typeof text === "string" ? parseMarker(text) : undefined;
  return parsed?.ok === true ? parsed.value : "unreadable";
}

function memberSource(name: string, directory: string, workspace: UvWorkspace | undefined): DirectSource | undefined {
  const member = workspace?.members.get(name);
  if (member === undefined) return undefined;
  return { kind: "path", path: posix.relative(directory, member) || ".", isEditable: true };
}

function directSource(table: Table): DirectSource | undefined {
  const url = textOf(table["url"]);
  const path = textOf(table["path"]);
  const git = textOf(table["git"]);
  if (url !== undefined) return { kind: "url", url };
  if (path !== undefined) return { kind: "path", path, isEditable: table["editable"] === true };
  if (git === undefined) return undefined;
  const referenceKind = (["rev", "tag", "branch"] as const).find((key) => textOf(table[key]) !== undefined);
  const subdirectory = textOf(table["subdirectory"]);
  return {
    kind: "git",
    url: git,
    reference: referenceKind === undefined ? undefined : textOf(table[referenceKind]),
    ...(referenceKind === undefined ? {} : { referenceKind }),
    ...(subdirectory === undefined ? {} : { subdirectory }),
  };
}
