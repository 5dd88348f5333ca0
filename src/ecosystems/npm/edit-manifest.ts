import { setJsonKey } from "../../formats/json-edit.ts";
import { parseJsonDocument } from "../../formats/json.ts";
import { EnkiError } from "../../model/enki-error.ts";
import type { ManifestEdit, RequirementGroup } from "../../model/manifest-edit.ts";
import { isJsonObject } from "./package-metadata.ts";

const groupTables: Readonly<Record<RequirementGroup, string>> = {
  runtime: "dependencies",
  dev: "devDependencies",
  optional: "optionalDependencies",
};

/** The text of a package.json with other requirements. A package moves between the groups, as with `npm install`. */
export function editPackageJson(file: string, text: string, { added, removed }: ManifestEdit): string {
  let edited = text;
  const without = (name: string, tables: readonly string[]): void => {
    for (const table of tables) {
      const entries = tableOf(file, edited, table);
      if (entries?.[name] === undefined) continue;
      // A table that has nothing left goes too.
      edited = setJsonKey(edited, Object.keys(entries).length === 1 ? [table] : [table, name], undefined);
    }
  };
  for (const name of removed) without(name, [...Object.values(groupTables), "peerDependencies"]);
  for (const { name, range, group, features } of added) {
    if (features.length > 0) {
      throw new EnkiError("usage", `npm packages have no features, and ${name} was asked for with some`);
    }
    const table = groupTables[group];
    without(
      name,
      Object.values(groupTables).filter((other) => other !== table),
    );
    // The tables of a package.json have an order of their authors; npm sorts what is in them.
    if (tableOf(file, edited, table) === undefined) edited = setJsonKey(edited, [table], { [name]: range });
    else edited = setJsonKey(edited, [table, name], range, "sorted");
  }
  return edited;
}

function tableOf(file: string, text: string, table: string): Readonly<Record<string, unknown>> | undefined {
  const { document, diagnostics } = parseJsonDocument(file, text);
  if (document === undefined) throw new EnkiError("invalid-manifest", `${file} can't be read`, { diagnostics });
  const value = isJsonObject(document.value) ? document.value[table] : undefined;
  return isJsonObject(value) ? value : undefined;
}
