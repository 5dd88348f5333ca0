import type { Ecosystem, EcosystemSetting } from "../ecosystems/ecosystem.ts";
import type { JsonValue } from "../model/json.ts";
import type { EcosystemId } from "../model/requirement.ts";
import { toolEcosystem } from "./ecosystem-names.ts";
import { isList, isTable, TableReader } from "./table-reader.ts";

/** Reads the tables that are named after ecosystems, and `[nixpkgs]` for the one that offers toolchains. */
export function readSettings(
  top: TableReader,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
): ReadonlyMap<EcosystemId, ReadonlyMap<string, JsonValue>> {
  const settings = new Map<EcosystemId, ReadonlyMap<string, JsonValue>>();
  const offering = toolEcosystem(ecosystems);
  for (const ecosystem of ecosystems.values()) {
    const own = readTable(top.table(ecosystem.id), ecosystem);
    const toolchains = ecosystem === offering ? readTable(top.table("nixpkgs"), ecosystem) : [];
    const entries = [...own, ...toolchains];
    if (entries.length > 0) settings.set(ecosystem.id, new Map(entries));
  }
  return settings;
}

function readTable(table: TableReader | undefined, ecosystem: Ecosystem): readonly (readonly [string, JsonValue])[] {
  if (table === undefined) return [];
  const known = ecosystem.settings?.map((setting) => setting.name) ?? table.keys();
  const entries = known.flatMap((name): (readonly [string, JsonValue])[] => {
    const setting = ecosystem.settings?.find((one) => one.name === name);
    const value = setting === undefined ? plainJson(table.raw(name)) : readSetting(table, setting);
    return value === undefined ? [] : [[name, value]];
  });
  table.refuseOthers(`[${table.path.join(".")}]`);
  return entries;
}

function readSetting(table: TableReader, { name, type, values }: EcosystemSetting): JsonValue | undefined {
  if (type === "boolean") return table.boolean(name);
  if (type === "number") return table.count(name);
  if (type === "string") return values === undefined ? table.string(name) : table.choice(name, values);
  if (type === "table") {
    const inner = table.table(name);
    return inner === undefined ? undefined : plainJson(table.raw(name));
  }
  const strings = table.strings(name);
  strings?.forEach((value, index) => {
    if (values !== undefined && !values.includes(value)) table.invalidValue([name, index], value, values);
  });
  return strings;
}

/** TOML has no null, and its dates arrive as text, so every value is JSON. */
function plainJson(value: unknown): JsonValue | undefined {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (isList(value)) return value.map((element) => plainJson(element) ?? null);
  if (!isTable(value)) return undefined;
  const record: { [key: string]: JsonValue } = Object.create(null);
  for (const [key, element] of Object.entries(value)) {
    const json = plainJson(element);
    if (json !== undefined) record[key] = json;
  }
  return record;
}
