import { EnkiError } from "../../model/enki-error.ts";
import type { JsonObject } from "../../model/json.ts";
import type { ResolvedPackage } from "../../model/resolution.ts";
import { parseJsonDocument } from "../../formats/json.ts";
import { importBunLock } from "./import-bun-lock.ts";
import { importPnpmLock } from "./import-pnpm-lock.ts";
import { importYarnLock } from "./import-yarn-lock.ts";
import { LockedPins } from "./locked-pin.ts";
import { isJsonObject } from "./package-metadata.ts";

/** How deep the dependencies of an old lock may nest. */
const MAXIMUM_DEPTH = 100;

/**
 * What is read as a lock beside a package.json, in this order. The first four are what npm reads: without a lock of its
 * own it starts from what lies in node_modules, which the hidden lock describes, and from yarn.lock.
 */
export const importedLocks: readonly string[] = [
  "npm-shrinkwrap.json",
  "package-lock.json",
  "node_modules/.package-lock.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lock",
];

/** The versions and hashes that one of {@link importedLocks} holds. Throws an EnkiError (`invalid-lock`). */
export function importNpmLock(file: string, text: string): readonly ResolvedPackage[] {
  if (file.endsWith("yarn.lock")) return importYarnLock(file, text);
  if (file.endsWith("bun.lock")) return importBunLock(file, text);
  return file.endsWith(".yaml") ? importPnpmLock(file, text) : importPackageLock(file, text);
}

/** The versions and hashes that a package-lock.json or npm-shrinkwrap.json (versions 1 to 3) holds. */
function importPackageLock(file: string, text: string): readonly ResolvedPackage[] {
  const { document, diagnostics } = parseJsonDocument(file, text);
  if (document === undefined || !isJsonObject(document.value)) {
    throw new EnkiError("invalid-lock", `${file} is no lock of npm`, { diagnostics });
  }
  const pins = new LockedPins();
  const add = (name: string, version: unknown, { resolved, integrity }: JsonObject): void => {
    pins.add({ name, version, url: resolved, integrity });
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
    return pins.all;
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
  return pins.all;
}
