import type { Ecosystem, ManifestContext, SourceContext, TableEntry } from "../ecosystem.ts";
import { EnkiError } from "../../model/enki-error.ts";
import { importPythonLock } from "./import-lock.ts";
import { exportLocks } from "./export/export-locks.ts";
import { editPythonManifest } from "./manifest/edit-manifest.ts";
import { readDependencyTable, readManifest } from "./manifest/read-manifest.ts";
import { parseSpecifierSet, specifierSetAdmits } from "./pep/specifier.ts";
import { parseVersion } from "./pep/version.ts";
import { pypiSettings } from "./settings.ts";
import { PypiSource } from "./source.ts";
import { defaultIndexUrl, publicFilesUrl } from "./simple/repository.ts";
import { verifyResolution } from "./verify.ts";

/** PyPI: distributions of the Python packaging specifications. */
export const pypi: Ecosystem = {
  id: "pypi",
  title: "PyPI",
  requiredTools: ["python"],
  settings: pypiSettings,
  isManifest: (fileName: string) =>
    fileName === "pyproject.toml" || /^requirements(?:[-_.][a-z0-9_-]+)?\.(?:txt|in)$/i.test(fileName),
  readManifest: (path: string, bytes: Uint8Array, context: ManifestContext) => readManifest(path, bytes, context),
  readDependencyTable: (entries: readonly TableEntry[]) => readDependencyTable(entries),
  editManifest: editPythonManifest,
  rangeForExact: (version) => `==${version}`,
  // A local version is not allowed behind >=.
  rangeForNew: (version) => `>=${version.replace(/\+.*$/, "")}`,
  rangeAdmits(range: string, version: string): boolean {
    const set = parseSpecifierSet(range === "*" ? "" : range);
    if (!set.ok) {
      throw new EnkiError(
        "invalid-manifest",
        `${JSON.stringify(range)} is no version specifier: ${set.problem.message}`,
      );
    }
    const parsed = parseVersion(version);
    return parsed !== undefined && specifierSetAdmits(set.value, parsed);
  },
  downloadHosts(registries) {
    // The public index keeps its files on a host of their own, and mirrors of it link there.
    const urls = registries.flatMap((registry) => (registry.kind === "http" ? [registry.url] : []));
    return new Set([defaultIndexUrl, publicFilesUrl, ...urls].map((url) => new URL(url).host));
  },
  openSource: (context: SourceContext) => new PypiSource(context),
  verify: verifyResolution,
  nativeLocks({ file }) {
    if (file.endsWith(".in")) return [file.replace(/\.in$/, ".txt")];
    if (!file.endsWith(".toml") || file.includes("#")) return [];
    return ["pylock.toml", "uv.lock", "poetry.lock", "requirements.txt"].map((name) => file.replace(/[^/]*$/, name));
  },
  importLock: importPythonLock,
  exportLocks,
};
