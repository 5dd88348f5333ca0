import { EnkiError } from "../../model/enki-error.ts";
import type { JsonObject } from "../../model/json.ts";
import type { ResolvedPackage } from "../../model/resolution.ts";
import { canonicalIntegrity } from "../../formats/integrity.ts";
import { parseJsonDocument } from "../../formats/json.ts";
import { isJsonObject } from "./package-metadata.ts";

/** How deep the dependencies of an old lock may nest. */
const MAXIMUM_DEPTH = 100;

/** The versions and hashes that a package-lock.json or npm-shrinkwrap.json (versions 1 to 3) holds. Throws an EnkiError (`invalid-lock`). */
export function importPackageLock(file: string, text: string): readonly ResolvedPackage[] {
  const { document, diagnostics } = parseJsonDocument(file, text);
  if (document === undefined || !isJsonObject(document.value)) {
    throw new EnkiError("invalid-lock", `${file} is no lock of npm`, { diagnostics });
  }
  const pins = new Map<string, ResolvedPackage>();
  const add = (name: string, version: unknown, { resolved, integrity }: JsonObject): void => {
    // Versions of git repositories, tarballs and links are URLs.
    if (typeof version !== "string" || !/^\d+\.\d+\.\d+/.test(version)) return;
    const id = `npm:${name}@${version}`;
    const url = typeof resolved === "string" ? resolved : `${name}/-/${version}.tgz`;
    const hash = typeof integrity === "string" ? canonicalIntegrity(integrity) : undefined;
    // The hashes of old locks are by SHA-1, which shows nothing.
    const artifacts = hash?.startsWith("sha512-") === true ? [{ kind: "tarball", url, integrity: hash }] : [];
    pins.set(id, { id, ecosystem: "npm", name, version, artifacts, details: {} });
  };
  const { packages, dependencies } = document.value;
  if (isJsonObject(packages)) {
    for (const [path, entry] of Object.entries(packages)) {
      const at = path.lastIndexOf("node_modules/");
      if (at === -1 || !isJsonObject(entry) || entry["link"] === true) continue;
      // An alias is installed under another name than it has.
      add(
        typeof entry["name"] === "string" ? entry["name"] : path.slice(at + "node_modules/".length),
        entry["version"],
        entry,
      );
    }
    return [...pins.values()];
  }
  const visit = (entries: unknown, depth: number): void => {
    if (!isJsonObject(entries) || depth > MAXIMUM_DEPTH) return;
    for (const [name, entry] of Object.entries(entries)) {
      if (!isJsonObject(entry)) continue;
      const { version } = entry;
      const [, aliased, aliasedVersion] = /^npm:(.+)@([^@]+)$/.exec(typeof version === "string" ? version : "") ?? [];
      add(aliased ?? name, aliasedVersion ?? version, entry);
      visit(entry["dependencies"], depth + 1);
    }
  };
  visit(dependencies, 0);
  return [...pins.values()];
}
