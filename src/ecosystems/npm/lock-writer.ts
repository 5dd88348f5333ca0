import type { JsonObject, JsonValue } from "../../model/json.ts";
import type { OutputFile, ResolvedRoot } from "../../model/resolution.ts";
import type { ExportContext } from "../ecosystem.ts";
import { compareInDictionary } from "./dictionary-order.ts";
import { dependencyFlags, type DependencyFlags } from "./dependency-flags.ts";
import { lockFolders, packageVersion, type LockFolder } from "./lock-tree.ts";
import { isJsonObject } from "./package-metadata.ts";

/** The order in which npm writes these keys, wherever they occur; all others follow in the order of a dictionary. */
const leadingKeys = [
  "name",
  "version",
  "lockfileVersion",
  "resolved",
  "integrity",
  "requires",
  "packages",
  "dependencies",
];
function compareKeys(left: string, right: string): number {
  const leftRank = leadingKeys.indexOf(left);
  const rightRank = leadingKeys.indexOf(right);
  if (leftRank !== -1 && rightRank !== -1) return leftRank - rightRank;
  if (leftRank !== -1) return -1;
  return rightRank === -1 ? compareInDictionary(left, right) : 1;
}

/** JSON as npm lays out its locks: in every object plain values and lists first, then objects. */
function printLock(value: JsonValue, indentation: string, newline: string): string {
  return `${printed(value, newline, indentation)}${newline}`;
}

// Put together by concatenation, in one pass: a large lock has a hundred thousand values.
function printed(value: JsonValue, lineStart: string, indentation: string): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = lineStart + indentation;
  let text = "";
  if (isJsonObject(value)) {
    for (const key of arrangedKeys(value)) {
      const element = value[key] ?? null;
      text += `${text === "" ? "{" : ","}${inner}${JSON.stringify(key)}: ${printed(element, inner, indentation)}`;
    }
    return text === "" ? "{}" : `${text}${lineStart}}`;
  }
  for (const element of value) text += `${text === "" ? "[" : ","}${inner}${printed(element, inner, indentation)}`;
  return text === "" ? "[]" : `${text}${lineStart}]`;
}

function arrangedKeys(value: JsonObject): readonly string[] {
  const keys = Object.keys(value);
  const plain = keys.filter((key) => !isJsonObject(value[key]));
  if (plain.length === keys.length) return plain.length === 1 ? plain : plain.toSorted(compareKeys);
  const objects = keys.filter((key) => isJsonObject(value[key]));
  return [...plain.toSorted(compareKeys), ...objects.toSorted(compareKeys)];
}

/** Facts that Enki keeps beside what a lock entry says. */
const ownFields = new Set(["native", "folder", "isMissing", "bundled", "path", "ownVersion", "address"]);

function entryOf(folder: LockFolder, flags: DependencyFlags | undefined): JsonObject {
  if (folder.link !== undefined) return { ...flagFields(flags), resolved: folder.link, link: true };
  const package_ = folder.package;
  const fields: [string, JsonValue][] = Object.entries(folder.fields).filter(([key]) => !ownFields.has(key));
  if (package_ === undefined) return { ...Object.fromEntries(fields), ...(folder.path !== "" && flagFields(flags)) };
  const entry = new Map(fields);
  if (!folder.isTop || entry.get("name") === folder.name) entry.delete("name");
  if (package_.name !== folder.name) entry.set("name", package_.name);
  const version = packageVersion(package_);
  if (version !== "") entry.set("version", version);
  const [artifact] = package_.artifacts;
  if (artifact !== undefined && !entry.has("resolved")) entry.set("resolved", artifact.url);
  // The hash of a checkout's tree is Nix's; npm pins the commit.
  const isFile = artifact?.kind !== "git" && artifact?.integrity !== undefined;
  if (isFile && !entry.has("integrity")) entry.set("integrity", artifact.integrity);
  return { ...Object.fromEntries(entry), ...flagFields(flags) };
}

function flagFields(flags: DependencyFlags | undefined): JsonObject {
  if (flags === undefined || flags.extraneous) return { extraneous: true };
  return {
    ...(flags.peer && { peer: true }),
    ...(flags.dev && { dev: true }),
    ...(flags.optional && { optional: true }),
    ...(flags.devOptional && !flags.dev && !flags.optional && { devOptional: true }),
  };
}

function lockOf(context: ExportContext, root: ResolvedRoot): OutputFile {
  const folders = lockFolders(context.resolution, root);
  const flags = dependencyFlags(folders);
  const packages = [...folders.values()]
    .toSorted((left, right) => compareInDictionary(left.path, right.path))
    .map((folder): [string, JsonValue] => [
      folder.path,
      folder.path === "" ? entryOf(folder, undefined) : entryOf(folder, flags.get(folder.path)),
    ]);
  const slash = root.file.lastIndexOf("/");
  const folder = root.file.slice(0, slash + 1);
  // Where there is a shrinkwrap, npm reads and writes nothing else.
  const isShrinkwrapped = context.existing(`${folder}npm-shrinkwrap.json`) !== undefined;
  const path = folder + (isShrinkwrapped ? "npm-shrinkwrap.json" : "package-lock.json");
  const layout = existingLayout(context.existing(path)) ?? root.details;
  const entry = root.details["entry"];
  const name = isJsonObject(entry) && typeof entry["name"] === "string" ? entry["name"] : root.details["folder"];
  const lock: JsonObject = {
    ...(typeof name === "string" && { name }),
    ...(root.version !== undefined && { version: root.version }),
    lockfileVersion: 3,
    requires: true,
    packages: Object.fromEntries(packages),
  };
  const indentation = typeof layout["indentation"] === "string" ? layout["indentation"] : "  ";
  const newline = typeof layout["newline"] === "string" ? layout["newline"] : "\n";
  return { path, content: printLock(lock, indentation, newline) };
}

/** An existing lock keeps its layout. */
function existingLayout(text: string | undefined): JsonObject | undefined {
  const match = text === undefined ? null : /^\s*\{(\r?\n)([ \t]+)/.exec(text);
  return match === null ? undefined : { indentation: match[2] ?? "  ", newline: match[1] ?? "\n" };
}

/** A package-lock.json (version 3) per root, as npm itself would write it. */
export function exportPackageLocks(context: ExportContext): readonly OutputFile[] {
  return context.resolution.roots
    .filter((root) => root.ecosystem === "npm" && root.details["isSynthetic"] !== true)
    .map((root) => lockOf(context, root));
}
