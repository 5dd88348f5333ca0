import { EnkiError } from "../../model/enki-error.ts";
import type { Artifact, ResolvedPackage } from "../../model/resolution.ts";
import { digestFromHex, formatIntegrity } from "../../formats/integrity.ts";
import { parseTomlDocument } from "../../formats/toml.ts";
import { normaliseName } from "./pep/names.ts";
import { parseVersion } from "./pep/version.ts";

/**
 * The versions and hashes that a pylock.toml (PEP 751), uv.lock or poetry.lock holds: all of them list packages with name and
 * version. Throws an EnkiError (`invalid-lock`).
 */
export function importPythonLock(file: string, text: string): readonly ResolvedPackage[] {
  const { document, diagnostics } = parseTomlDocument(file, text);
  if (document === undefined) throw new EnkiError("invalid-lock", `${file} can't be read`, { diagnostics });
  const tables = new Map(entriesOf(document.value));
  const list: unknown = tables.get("packages") ?? tables.get("package");
  if (!Array.isArray(list)) return [];
  return list.flatMap((table: unknown): readonly ResolvedPackage[] => {
    const fields = new Map(entriesOf(table));
    const name = fields.get("name");
    const version = fields.get("version");
    if (typeof name !== "string" || typeof version !== "string" || parseVersion(version) === undefined) return [];
    const normalised = normaliseName(name);
    const id = `pypi:${normalised}@${version}`;
    const files = ["wheels", "sdist", "files"].flatMap((key) => [fields.get(key)].flat());
    return [{ id, ecosystem: "pypi", name: normalised, version, artifacts: files.flatMap(artifactOf), details: {} }];
  });
}

/** A file with its SHA-256 as pylock.toml (`hashes`), uv.lock (`hash` with a URL) or poetry.lock (`hash` with `file`) has it. */
function artifactOf(table: unknown): readonly Artifact[] {
  const fields = new Map(entriesOf(table));
  const url = fields.get("url") ?? fields.get("name") ?? fields.get("file");
  const hash = fields.get("hash") ?? `sha256:${String(new Map(entriesOf(fields.get("hashes"))).get("sha256"))}`;
  if (typeof url !== "string" || typeof hash !== "string" || !hash.startsWith("sha256:")) return [];
  const digest = digestFromHex("sha256", hash.slice("sha256:".length));
  if (digest === undefined) return [];
  return [{ kind: url.endsWith(".whl") ? "wheel" : "sdist", url, integrity: formatIntegrity(digest) }];
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return value !== null && typeof value === "object" ? Object.entries(value) : [];
}
