import { EnkiError } from "../../model/enki-error.ts";
import type { Ecosystem } from "../ecosystem.ts";
import { importCargoLock } from "./lock/import-lock.ts";
import { exportCargoLocks } from "./lock/export-lock.ts";
import { editCargoToml } from "./manifest/edit-manifest.ts";
import { readCargoTable } from "./manifest/dependency-table.ts";
import { readCargoManifest, workspaceOf } from "./manifest/read-manifest.ts";
import { readConfiguration } from "./registry/configuration.ts";
import { publicDownloads } from "./registry/download-url.ts";
import { CargoSource } from "./solve/cargo-source.ts";
import { verifyCargo } from "./verify.ts";
import { isRequirementProblem, parseRequirement } from "./versions/parse-requirement.ts";
import { admits } from "./versions/requirement.ts";
import { parseVersion } from "./versions/version.ts";

/** Rust's crates, as cargo resolves them. */
export const cargo: Ecosystem = {
  id: "cargo",
  title: "cargo",
  // Without a rust-version anywhere, the toolchain's own version is what candidates should work with.
  requiredTools: ["rustc"],
  settings: [
    {
      name: "dedupe",
      type: "boolean",
      summary: "Let a requirement that several major versions fulfil take one that is in the lock already.",
    },
    {
      name: "incompatible-rust-versions",
      type: "string",
      values: ["allow", "fallback"],
      summary: "Whether releases that work with the members' rust-version are preferred (fallback) or not (allow).",
    },
    {
      name: "weak-features",
      type: "string",
      values: ["lock", "omit"],
      summary: "Whether `name?/feature` brings an optional dependency into the lock (as cargo does) or not.",
    },
    {
      name: "unknown-publication-time",
      type: "string",
      values: ["refuse", "allow"],
      summary: "Whether releases without a publication time pass a cut-off date.",
    },
  ],
  isManifest: (fileName) => fileName === "Cargo.toml",
  readManifest: readCargoManifest,
  readDependencyTable: (entries) => readCargoTable(entries),
  editManifest: editCargoToml,
  // Build metadata says nothing in a requirement.
  rangeForNew: (version) => version.replace(/\+.*$/, ""),
  rangeAdmits(range, version) {
    const requirement = parseRequirement(range);
    if (isRequirementProblem(requirement)) {
      throw new EnkiError("invalid-manifest", `invalid version requirement \`${range}\`: ${requirement.problem}`, {
        hint: requirement.help,
      });
    }
    const parsed = parseVersion(version);
    return parsed !== undefined && admits(requirement, parsed);
  },
  downloadHosts(registries, where) {
    const { indexes, replacement } = readConfiguration(where);
    // Where another registry keeps its crates is said by a document of its own, which is not at hand without network.
    const isPublicOnly = registries.length === 0 && indexes.size === 0 && replacement === undefined;
    return isPublicOnly ? new Set([new URL(publicDownloads).host]) : undefined;
  },
  openSource: (context) => new CargoSource(context),
  verify: verifyCargo,
  nativeLocks: (manifest) => {
    if (!manifest.file.endsWith("Cargo.toml")) return [];
    const { directory } = workspaceOf(manifest);
    return [directory === "" ? "Cargo.lock" : `${directory}/Cargo.lock`];
  },
  importLock: importCargoLock,
  exportLocks: exportCargoLocks,
};
