/** What the pages of packages from URLs, paths and repositories have in common. */
import { EnkiError } from "../../model/enki-error.ts";
import { parseWheelName, sdistVersionOf } from "./pep/file-name.ts";
import { normaliseName } from "./pep/names.ts";
import type { IndexFile } from "./simple/index-file.ts";
import { encodeSlimTable, SlimTable } from "./simple/slim-table.ts";

/** A file about which nothing but its name is known. */
export function plainFile(name: string, version: string, fileName: string): IndexFile {
  // Names that tell no version, such as those of archives of a commit, get one that does.
  const isTelling = parseWheelName(fileName) !== undefined || sdistVersionOf(fileName, name) !== undefined;
  return {
    fileName: isTelling ? fileName : `${name}-${version}.tar.gz`,
    url: "",
    hashes: new Map(),
    requiresPython: undefined,
    sizeBytes: undefined,
    uploadTime: undefined,
    yanked: undefined,
    metadata: undefined,
  };
}

/** The table of a page with one file. */
export function tableOf(file: IndexFile, name: string): SlimTable {
  return new SlimTable(encodeSlimTable({ files: [file], base: undefined, status: undefined, skipped: [] }, name));
}

/** Throws an EnkiError (`invalid-manifest`) when what was found is another project. */
export function checkName(wanted: string, found: string, where: string): void {
  if (normaliseName(found) === wanted) return;
  throw new EnkiError("invalid-manifest", `${where} holds ${found}, not ${wanted}`);
}
