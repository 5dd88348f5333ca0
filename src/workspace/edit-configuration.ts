import { removeTomlKey, setTomlKey, TomlEditError, tomlString } from "../formats/toml-edit.ts";
import { parseTomlDocument } from "../formats/toml.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { ManifestEdit } from "../model/manifest-edit.ts";
import type { EcosystemId } from "../model/requirement.ts";
import { CONFIGURATION_FILE_NAME } from "./configuration.ts";

/**
 * The text of an enki.toml with one text setting of one table changed; everything else stays as it is, comments and
 * layout included. Throws an EnkiError (`invalid-configuration`) when the file can't be read.
 */
export function setTableText(text: string, table: string, key: string, value: string): string {
  return edited(text, `set ${key} = ${tomlString(value)} in it by hand`, (body) =>
    setTomlKey(body, [table], key, tomlString(value)),
  );
}

/** The text of an enki.toml with other requirements in `[dependencies.<ecosystem>]`, which knows no groups. */
export function editDependencyTable(text: string, ecosystem: EcosystemId, { added, removed }: ManifestEdit): string {
  return edited(text, "change it by hand", (body) => {
    let changed = body;
    const table = ["dependencies", ecosystem];
    for (const name of removed) changed = removeTomlKey(changed, [...table, name]);
    for (const { name, range, features, group } of added) {
      if (group !== "runtime") {
        throw new EnkiError("usage", `${CONFIGURATION_FILE_NAME} knows no ${group} requirements`, {
          hint: `leave the group out, or write a manifest of ${ecosystem}`,
        });
      }
      const version = tomlString(range);
      const list = features.map(tomlString).join(", ");
      const value = features.length === 0 ? version : `{ version = ${version}, features = [${list}] }`;
      changed = setTomlKey(changed, table, name, value, "sorted");
    }
    return changed;
  });
}

/** A byte-order mark is no part of the text that is changed, and stays. */
function edited(text: string, hint: string, change: (body: string) => string): string {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const body = text.slice(mark.length);
  const { document, diagnostics } = parseTomlDocument(CONFIGURATION_FILE_NAME, body);
  if (document === undefined) {
    throw new EnkiError("invalid-configuration", `${CONFIGURATION_FILE_NAME} can't be read`, { diagnostics });
  }
  try {
    return `${mark}${change(body)}`;
  } catch (error) {
    if (!(error instanceof TomlEditError)) throw error;
    throw new EnkiError("invalid-configuration", `in ${CONFIGURATION_FILE_NAME}, ${error.message}`, { hint });
  }
}
