import { resolve } from "node:path";
import type { Ecosystem, RegistryLocation } from "../ecosystems/ecosystem.ts";
import type { EcosystemId } from "../model/requirement.ts";
import { unknownEcosystem } from "./ecosystem-names.ts";
import { isList, isTable, TableReader } from "./table-reader.ts";

/** Reads `[registries]`: an URL, a path, `{ url | path, name }`, or a list of these in order of rank. */
export function readRegistries(
  table: TableReader | undefined,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  projectDirectory: string,
): ReadonlyMap<EcosystemId, readonly RegistryLocation[]> {
  const registries = new Map<EcosystemId, readonly RegistryLocation[]>();
  for (const id of table?.keys() ?? []) {
    if (table === undefined) break;
    const value = table.raw(id);
    if (!ecosystems.has(id)) table.problem([id], unknownEcosystem(id, ecosystems));
    const elements = isList(value) ? value : [value];
    registries.set(
      id,
      elements.flatMap((element, index) => {
        const path = isList(value) ? [id, index] : [id];
        if (typeof element === "string") return [parseRegistry(element, projectDirectory)];
        if (isTable(element)) {
          return readRegistry(new TableReader(element, [...table.path, ...path], table.problems), projectDirectory);
        }
        table.problem(path, { code: "wrong-type", message: "a registry must be a URL, a path, or a table" });
        return [];
      }),
    );
  }
  return registries;
}

function readRegistry(table: TableReader, projectDirectory: string): readonly RegistryLocation[] {
  const url = table.string("url");
  const path = table.string("path");
  const name = table.string("name");
  table.refuseOthers("a registry");
  const location = url ?? path;
  if (location === undefined || (url !== undefined && path !== undefined)) {
    table.problem([], { code: "invalid-value", message: "a registry needs either url or path" });
    return [];
  }
  const parsed = parseRegistry(location, projectDirectory);
  return [name === undefined ? parsed : { ...parsed, name }];
}

/** A registry as a person writes it: what starts with `http://`, `https://` or `sparse+` is a URL, all else a path. */
export function parseRegistry(text: string, directory: string): RegistryLocation {
  const isUrl = /^(?:sparse\+)?https?:\/\//i.test(text);
  if (isUrl) return { kind: "http", url: text };
  return { kind: "path", path: resolve(directory, text.replace(/^file:\/\//, "")) };
}
