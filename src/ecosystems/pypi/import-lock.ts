import { posix } from "node:path";
import { EnkiError } from "../../model/enki-error.ts";
import type { Artifact, ResolvedPackage } from "../../model/resolution.ts";
import { digestFromHex, formatIntegrity } from "../../formats/integrity.ts";
import { parseTomlDocument } from "../../formats/toml.ts";
import { markerText } from "./pep/marker.ts";
import { normaliseName } from "./pep/names.ts";
import { parseRequirement } from "./pep/requirement.ts";
import { parseVersion } from "./pep/version.ts";
import type { LockedFile, LockedPackage } from "./pylock/pylock-document.ts";
import { isPylockName, readPylock } from "./pylock/read-pylock.ts";

/**
 * The versions and hashes that a pylock.toml (PEP 751), uv.lock, poetry.lock or compiled requirements.txt holds, with the condition (`marker`) under
 * which a pylock.toml installs them. Throws an EnkiError (`invalid-lock`).
 */
export function importPythonLock(file: string, text: string): readonly ResolvedPackage[] {
  if (file.endsWith(".txt")) return pinsOfRequirements(text);
  const { document, diagnostics } = parseTomlDocument(file, text);
  if (document === undefined) throw new EnkiError("invalid-lock", `${file} can't be read`, { diagnostics });
  if (isPylockName(posix.basename(file))) return readPylock(document.value).packages.flatMap(pinOf);
  const list: unknown = new Map(entriesOf(document.value)).get("package");
  if (!Array.isArray(list)) return [];
  return list.flatMap((table: unknown): readonly ResolvedPackage[] => {
    const fields = new Map(entriesOf(table));
    const name = fields.get("name");
    const version = fields.get("version");
    if (typeof name !== "string" || typeof version !== "string" || parseVersion(version) === undefined) return [];
    const files = ["wheels", "sdist", "files"].flatMap((key) => [fields.get(key)].flat());
    return [pin(normaliseName(name), version, files.flatMap(artifactOf))];
  });
}

function pin(name: string, version: string, artifacts: readonly Artifact[]): ResolvedPackage {
  return { id: `pypi:${name}@${version}`, ecosystem: "pypi", name, version, artifacts, details: {} };
}

/** The lines `name==version` of a requirements file that pip-compile or uv wrote; what has a marker keeps it. */
function pinsOfRequirements(text: string): readonly ResolvedPackage[] {
  const lines = text.replaceAll(/\\\r?\n/g, " ").split(/\r?\n/);
  return lines.flatMap((line) => {
    const parsed = parseRequirement(line.replace(/(?:^|\s)(?:#|--).*$/, "").trim());
    const [only, ...more] = parsed.ok ? parsed.value.specifiers.specifiers : [];
    if (!parsed.ok || only?.operator !== "==" || only.isPrefix || only.version === undefined || more.length > 0)
      return [];
    const { name, marker } = parsed.value;
    // Its hashes do not tell which file they are of.
    const pinned = pin(name, only.version.text, []);
    return [marker === undefined ? pinned : { ...pinned, details: { marker: markerText(marker) } }];
  });
}

/** A package without a version is where its source is, and pins nothing. */
function pinOf({ name, version, marker, sdist, wheels }: LockedPackage): readonly ResolvedPackage[] {
  if (version === undefined) return [];
  const artifacts = [...wheels, ...(sdist === undefined ? [] : [sdist])].flatMap(
    ({ url, fileName, hashes }: LockedFile) => artifact(url ?? fileName, hashes.get("sha256")),
  );
  const pinned = pin(name, version.text, artifacts);
  return [marker === undefined ? pinned : { ...pinned, details: { marker: markerText(marker) } }];
}

/** A file with its SHA-256 as uv.lock (`hash` with a URL) or poetry.lock (`hash` with `file`) has it. */
function artifactOf(table: unknown): readonly Artifact[] {
  const fields = new Map(entriesOf(table));
  const url = fields.get("url") ?? fields.get("file");
  const hash = fields.get("hash");
  if (typeof url !== "string" || typeof hash !== "string" || !hash.startsWith("sha256:")) return [];
  return artifact(url, hash.slice("sha256:".length));
}

function artifact(url: string, sha256: string | undefined): readonly Artifact[] {
  const digest = sha256 === undefined ? undefined : digestFromHex("sha256", sha256);
  if (digest === undefined) return [];
  return [{ kind: url.endsWith(".whl") ? "wheel" : "sdist", url, integrity: formatIntegrity(digest) }];
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return value !== null && typeof value === "object" ? Object.entries(value) : [];
}
