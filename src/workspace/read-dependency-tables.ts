import type { Ecosystem, TableEntry } from "../ecosystems/ecosystem.ts";
import type { EcosystemId } from "../model/requirement.ts";
import { unknownEcosystem } from "./ecosystem-names.ts";
import { isTable, TableReader } from "./table-reader.ts";

/** Reads `[dependencies.<ecosystem>]`: `name = "range"`, or `name = { version, features }` (`extras` means the same). */
export function readDependencyTables(
  dependencies: TableReader | undefined,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
): ReadonlyMap<EcosystemId, readonly TableEntry[]> {
  const tables = new Map<EcosystemId, readonly TableEntry[]>();
  for (const id of dependencies?.keys() ?? []) {
    if (!ecosystems.has(id)) dependencies?.problem([id], unknownEcosystem(id, ecosystems));
    const table = dependencies?.table(id);
    if (table !== undefined) tables.set(id, readEntries(table));
  }
  return tables;
}

function readEntries(table: TableReader): readonly TableEntry[] {
  return table.keys().flatMap((name) => {
    const value = table.raw(name);
    const origin = table.origin([name]);
    if (typeof value === "string") return [{ name, range: value, features: [], origin }];
    if (!isTable(value)) {
      table.problem([name], {
        code: "wrong-type",
        message: `the requirement on ${JSON.stringify(name)} must be a range or a table`,
        help: `write ${JSON.stringify(name)} = "*" for any version, or { version = "…", features = ["…"] }`,
      });
      return [];
    }
    const entry = new TableReader(value, [...table.path, name], table.problems);
    const range = entry.string("version") ?? "*";
    const features = [...(entry.strings("features") ?? []), ...(entry.strings("extras") ?? [])];
    entry.refuseOthers(`the requirement on ${JSON.stringify(name)}`);
    return [{ name, range, features, origin }];
  });
}
