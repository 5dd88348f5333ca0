import { EnkiError } from "../../model/enki-error.ts";
import type { Ecosystem } from "../ecosystem.ts";
import { editPackageJson } from "./edit-manifest.ts";
import { importedLocks, importNpmLock } from "./import-lock.ts";
import { exportPackageLocks } from "./lock-writer.ts";
import { readNpmManifest, readNpmTable } from "./manifest.ts";
import { loadNpmConfiguration } from "./npm-configuration.ts";
import { replacedHosts } from "./registry-host.ts";
import { NpmSource } from "./source.ts";
import { verifyNpm } from "./verify.ts";
import { isReadableRange, rangeHolds } from "./version-range.ts";

/** npm: packages of the npm registry and of projects with a package.json. */
export const npm: Ecosystem = {
  id: "npm",
  title: "npm",
  requiredTools: ["node"],
  settings: [
    {
      name: "peers",
      type: "string",
      values: ["strict", "npm", "legacy"],
      summary:
        "Conflicting peers: `strict` refuses them everywhere, `npm` allows a second copy below the direct dependencies, `legacy` ignores peers.",
    },
    {
      name: "licences",
      type: "boolean",
      summary: "Whether licences are wanted in the locks: registries tell them in their full, larger documents only.",
    },
    {
      name: "allow-exotic",
      type: "boolean",
      summary: "Whether packages from a registry may depend on git repositories, URLs and files.",
    },
  ],
  isManifest: (fileName) => fileName === "package.json",
  readManifest: readNpmManifest,
  readDependencyTable: (entries) => readNpmTable(entries),
  editManifest: editPackageJson,
  rangeForNew: (version) => `^${version}`,
  rangeAdmits(range, version) {
    if (!isReadableRange(range)) throw new EnkiError("invalid-manifest", `${range} is not a range of npm`);
    return rangeHolds(range, version);
  },
  downloadHosts(registries, { files, projectDirectory, environmentVariables }) {
    const configuration = loadNpmConfiguration(files, projectDirectory, environmentVariables);
    const urls = registries.flatMap((registry) => (registry.kind === "http" ? [registry.url] : []));
    const hosts = hostsOf(registries.length > 0 ? urls : configuration.registries());
    return new Set([...hosts, ...replacedHosts(configuration)]);
  },
  openSource: (context) => new NpmSource(context),
  verify: verifyNpm,
  nativeLocks: ({ file }) =>
    /(?:^|\/)package\.json$/.test(file) ? importedLocks.map((name) => file.replace(/package\.json$/, name)) : [],
  importLock: importNpmLock,
  exportLocks: exportPackageLocks,
};

/** Registries of npm serve their own tarballs. */
function hostsOf(urls: readonly string[]): readonly string[] {
  return urls.flatMap((url) => (URL.canParse(url) ? [new URL(url).host] : []));
}
