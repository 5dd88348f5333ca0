/** Names of wheels and source distributions (packaging specifications, "Binary distribution format", "Source distribution"). */
import { normaliseName } from "./names.ts";
import { remember } from "./remember.ts";
import { parseTagSet, type Tag } from "./tag.ts";
import { parseVersion, type Version } from "./version.ts";

/** What the name of a wheel says. */
export interface WheelName {
  readonly kind: "wheel";
  readonly name: string;
  readonly version: Version;
  /** Number and rest; the higher one is preferred among wheels that are equal otherwise. */
  readonly build: { readonly number: number; readonly suffix: string } | undefined;
  readonly tags: readonly Tag[];
}

/** What the name of a source distribution says. */
export interface SdistName {
  readonly kind: "sdist";
  readonly name: string;
  readonly version: Version;
}

/**
 * Reads the name of a wheel; `undefined` when it is none. Remembered, because a name is asked for when its page arrives,
 * when files are chosen, and when the lock is written.
 */
export const parseWheelName: (fileName: string) => WheelName | undefined = remember(readWheelName);

/**
 * Whether a file is a variant wheel (PEP 817 and 825, drafts): a label for the hardware stands behind the tags. Nothing
 * here can tell which hardware a target has, so they are known and never chosen.
 */
export function isVariantWheel(fileName: string): boolean {
  const [stem, label] = /^(.+)-([0-9a-z._]+)\.whl$/.exec(fileName)?.slice(1) ?? [];
  return stem !== undefined && label !== undefined && readWheelName(`${stem}.whl`) !== undefined;
}

function readWheelName(fileName: string): WheelName | undefined {
  if (!fileName.endsWith(".whl")) return undefined;
  const parts = fileName.slice(0, -4).split("-");
  if (parts.length !== 5 && parts.length !== 6) return undefined;
  const [rawName = "", rawVersion = ""] = parts;
  if (rawName.includes("__") || !/^[\p{L}\p{N}_.]+$/u.test(rawName)) return undefined;
  const version = parseVersion(rawVersion);
  const tags = parseTagSet(parts.slice(-3).join("-"));
  if (version === undefined || tags === undefined || rawVersion.trim() !== rawVersion) return undefined;
  let build: WheelName["build"];
  if (parts.length === 6) {
    const found = /^([0-9]+)(.*)$/.exec(parts[2] ?? "");
    if (found === null) return undefined;
    build = { number: Number(found[1]), suffix: found[2] ?? "" };
  }
  return { kind: "wheel", name: normaliseName(rawName), version, build, tags };
}

/** Reads the name of a source distribution (`.tar.gz` or `.zip`); `undefined` when it is none. */
export function parseSdistName(fileName: string): SdistName | undefined {
  const extension = [".tar.gz", ".zip"].find((candidate) => fileName.endsWith(candidate));
  if (extension === undefined) return undefined;
  const stem = fileName.slice(0, -extension.length);
  const dash = stem.lastIndexOf("-");
  if (dash <= 0) return undefined;
  const version = parseVersion(stem.slice(dash + 1));
  return version === undefined ? undefined : { kind: "sdist", name: normaliseName(stem.slice(0, dash)), version };
}

/**
 * The version in the name of an old source distribution of a known project, where the project or the version may hold
 * dashes: `python-dateutil-2.8.1.tar.gz`, `foo-1.0-1.tar.gz`.
 */
export function sdistVersionOf(fileName: string, project: string): Version | undefined {
  const extension = [".tar.gz", ".zip", ".tar.bz2", ".tgz"].find((candidate) => fileName.endsWith(candidate));
  if (extension === undefined) return undefined;
  const stem = fileName.slice(0, -extension.length);
  for (let dash = stem.indexOf("-"); dash >= 0; dash = stem.indexOf("-", dash + 1)) {
    if (normaliseName(stem.slice(0, dash)) === project) return parseVersion(stem.slice(dash + 1));
  }
  return undefined;
}
