import type { CrateSource } from "../package/crate-source.ts";
import { registrySource } from "../package/crate-source.ts";
import { buildFeatureTable } from "../package/features.ts";
import { parsePlatform } from "../package/platform.ts";
import type { CrateDependency, CrateDependencyKind, Release } from "../package/release.ts";
import { isRequirementProblem, parseRequirement } from "../versions/parse-requirement.ts";
import type { CargoRequirement } from "../versions/requirement.ts";
import type { CargoVersion } from "../versions/version.ts";
import { isCrateName } from "./index-path.ts";

/** Why a line of an index is no release: completes "because it ". */
export interface InvalidRelease {
  readonly problem: string;
}

/** Whether reading a line gave a problem instead of a release. */
export function isInvalidRelease(release: Release | InvalidRelease): release is InvalidRelease {
  return "problem" in release;
}

class LineError extends Error {}

/** Reads one line of an index (cargo book, "Index format"). Unknown fields are ignored. */
export function decodeLine(text: string, version: CargoVersion, source: CrateSource): Release | InvalidRelease {
  try {
    const line = objectAt(JSON.parse(text), "the line");
    const dependencies = arrayAt(line["deps"], "deps").map((entry, index) =>
      decodeDependency(objectAt(entry, `deps[${index}]`), `deps[${index}]`, source),
    );
    const declared = new Map<string, readonly string[]>();
    for (const field of ["features", "features2"] as const) {
      if (line[field] === undefined || line[field] === null) continue;
      for (const [name, values] of Object.entries(objectAt(line[field], field))) {
        const list = stringsAt(values, `${field}.${name}`);
        declared.set(name, [...(declared.get(name) ?? []), ...list]);
      }
    }
    const features = buildFeatureTable(declared, dependencies);
    if (typeof features === "string") throw new LineError(features);
    return {
      crate: stringAt(line["name"], "name"),
      version,
      source,
      checksum: checksumAt(line["cksum"]),
      dependencies,
      features,
      links: optionalStringAt(line["links"], "links"),
      rustVersion: optionalStringAt(line["rust_version"], "rust_version"),
    };
  } catch (error) {
    if (error instanceof LineError) return { problem: `has an invalid index entry (${error.message})` };
    if (error instanceof SyntaxError) return { problem: "has an index entry that is not JSON" };
    throw error;
  }
}

interface JsonObjectLike {
  readonly [key: string]: unknown;
}

function decodeDependency(entry: JsonObjectLike, path: string, source: CrateSource): CrateDependency {
  const alias = stringAt(entry["name"], `${path}.name`);
  const crate = optionalStringAt(entry["package"], `${path}.package`) ?? alias;
  if (!isCrateName(crate)) throw new LineError(`${path} names an impossible crate`);
  const registry = optionalStringAt(entry["registry"], `${path}.registry`);
  const target = optionalStringAt(entry["target"], `${path}.target`);
  if (target !== undefined) {
    const platform = parsePlatform(target);
    if (typeof platform === "string") throw new LineError(`${path}.target: ${platform}`);
  }
  return {
    alias,
    crate,
    source: registry === undefined ? source : registrySource(registry),
    requirement: requirementAt(stringAt(entry["req"], `${path}.req`), `${path}.req`),
    kind: decodeKind(entry["kind"]),
    isOptional: booleanAt(entry["optional"], false, `${path}.optional`),
    usesDefaultFeatures: booleanAt(entry["default_features"], true, `${path}.default_features`),
    // Old publications hold empty feature names; cargo drops them.
    features: stringsAt(entry["features"] ?? [], `${path}.features`).filter((feature) => feature !== ""),
    target,
  };
}

/** Requirements repeat a lot within an index: each text is parsed once. */
const requirements = new Map<string, CargoRequirement>();
const maximumRemembered = 50_000;

function requirementAt(text: string, path: string): CargoRequirement {
  const known = requirements.get(text);
  if (known !== undefined) return known;
  const parsed = parseRequirement(text);
  if (isRequirementProblem(parsed)) throw new LineError(`${path}: ${parsed.problem}`);
  if (requirements.size < maximumRemembered) requirements.set(text, parsed);
  return parsed;
}

function decodeKind(value: unknown): CrateDependencyKind {
  return value === "dev" || value === "build" ? value : "normal";
}

function objectAt(value: unknown, path: string): JsonObjectLike {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new LineError(`${path} is no object`);
  return value as JsonObjectLike;
}

function arrayAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new LineError(`${path} is no array`);
  return value;
}

function stringAt(value: unknown, path: string): string {
  if (typeof value !== "string") throw new LineError(`${path} is no string`);
  return value;
}

function optionalStringAt(value: unknown, path: string): string | undefined {
  return value === undefined || value === null ? undefined : stringAt(value, path);
}

function stringsAt(value: unknown, path: string): readonly string[] {
  return arrayAt(value, path).map((item) => stringAt(item, path));
}

function booleanAt(value: unknown, fallback: boolean, path: string): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== "boolean") throw new LineError(`${path} is no boolean`);
  return value;
}

function checksumAt(value: unknown): string {
  const checksum = stringAt(value, "cksum");
  if (!/^[0-9a-f]{64}$/u.test(checksum)) throw new LineError("cksum is no SHA-256 in lower-case hexadecimal");
  return checksum;
}
