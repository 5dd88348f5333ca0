import type { Ecosystem } from "../ecosystem.ts";
import { editOpamFile } from "./edit-manifest.ts";
import { printString } from "./file/printer.ts";
import { importLockedFile } from "./import-lock.ts";
import { exportOpamLocks } from "./export-locks.ts";
import { isOpamManifest, readOpamManifest, readOpamTable } from "./manifest.ts";
import { rangeAdmits } from "./range.ts";
import { opamSettings } from "./settings.ts";
import { OpamSource } from "./source.ts";
import { openUniverse } from "./universe.ts";
import { verifyOpam } from "./verify.ts";

/** opam: OCaml packages, their compilers, and what they need of the system. */
export const opam: Ecosystem = {
  id: "opam",
  title: "opam",
  requiredTools: ["ocaml"],
  settings: opamSettings,
  isManifest: isOpamManifest,
  readManifest: (path, bytes) => readOpamManifest(path, bytes),
  readDependencyTable: (entries) => readOpamTable(entries),
  editManifest: editOpamFile,
  rangeForExact: (version) => `= ${printString(version)}`,
  rangeForNew: (version) => `>= ${printString(version)}`,
  rangeAdmits,
  openSource: (context) => new OpamSource(context),
  packageNames: async (context) => (await openUniverse(context)).repositories.names(),
  verify: verifyOpam,
  nativeLocks: ({ file }) => (file.endsWith(".toml") || file.includes("#") ? [] : [`${file}.locked`]),
  importLock: importLockedFile,
  exportLocks: exportOpamLocks,
};
