import { removeTomlKey, setTomlKey, TomlEditError, tomlString } from "../../../formats/toml-edit.ts";
import { parseTomlDocument } from "../../../formats/toml.ts";
import { EnkiError } from "../../../model/enki-error.ts";
import type { AddedRequirement, ManifestEdit } from "../../../model/manifest-edit.ts";

const tables = ["dependencies", "dev-dependencies", "build-dependencies"];

/** The text of a Cargo.toml with other requirements, in the tables without a target. */
export function editCargoToml(file: string, text: string, { added, removed }: ManifestEdit): string {
  try {
    let edited = text;
    for (const name of removed) {
      for (const table of tables) edited = removeTomlKey(edited, [table, name]);
    }
    for (const requirement of added) edited = withRequirement(file, edited, requirement);
    return edited;
  } catch (error) {
    if (!(error instanceof TomlEditError)) throw error;
    throw new EnkiError("usage", `${file} can't be edited: ${error.message}`, { hint: "change it by hand" });
  }
}

function withRequirement(file: string, text: string, { name, range, group, features }: AddedRequirement): string {
  const { document, diagnostics } = parseTomlDocument(file, text);
  if (document === undefined) throw new EnkiError("invalid-manifest", `${file} can't be read`, { diagnostics });
  const manifest = entriesOf(document.value);
  if (!manifest.has("package")) {
    throw new EnkiError("usage", `${file} is the manifest of a workspace, which requires nothing itself`, {
      hint: "name a member's Cargo.toml with --manifest",
    });
  }
  const table = group === "dev" ? "dev-dependencies" : "dependencies";
  const existing = entriesOf(manifest.get(table)).get(name);
  const old = entriesOf(existing);
  const source = ["path", "git", "workspace"].find((key) => old.has(key));
  if (source !== undefined) {
    throw new EnkiError(
      "usage",
      `${file} takes ${name} from a ${source}: ${source} = ${JSON.stringify(old.get(source))}`,
      {
        hint: `remove it first: enki remove ${name}`,
      },
    );
  }
  const version = tomlString(range);
  if (old.has("version")) {
    const edited = setTomlKey(text, [table, name], "version", version);
    return features.length === 0 ? edited : setTomlKey(edited, [table, name], "features", featureList(features));
  }
  const isPlain = features.length === 0 && group !== "optional";
  const fields = [
    `version = ${version}`,
    ...(features.length > 0 ? [`features = ${featureList(features)}`] : []),
    ...(group === "optional" ? ["optional = true"] : []),
  ];
  return setTomlKey(text, [table], name, isPlain ? version : `{ ${fields.join(", ")} }`, "sorted");
}

function featureList(features: readonly string[]): string {
  return `[${features.map(tomlString).join(", ")}]`;
}

function entriesOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(value !== null && typeof value === "object" ? Object.entries(value) : []);
}
