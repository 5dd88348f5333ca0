import type { JsonObject, JsonValue } from "../../../model/json.ts";
import type { PackageId } from "../../../model/resolution.ts";
import type { CrateDependencyKind } from "./release.ts";

/** One declaration that the resolution follows, as `details` keep it. */
export interface DetailedDependency {
  readonly alias: string;
  readonly crate: string;
  /** As written; empty when any version will do (path and git dependencies without a version). */
  readonly requirement: string;
  readonly kind: CrateDependencyKind;
  readonly target: string | undefined;
  readonly features: readonly string[];
  readonly usesDefaultFeatures: boolean;
  readonly isOptional: boolean;
  /** What it was resolved to. */
  readonly resolved: PackageId;
}

/** The facts about one package or member that the lock writer, the checker and Nix need: `details` of the model. */
export interface CrateDetails {
  /** The id of its source; `path+…` for local packages. */
  readonly source: string;
  /** Git sources: the full commit. */
  readonly commit: string | undefined;
  /** Git sources: the package's directory in the repository; empty for its root. */
  readonly directory: string | undefined;
  /** Lower-case hexadecimal SHA-256 of the `.crate` file. */
  readonly checksum: string | undefined;
  readonly links: string | undefined;
  readonly rustVersion: string | undefined;
  readonly isYanked: boolean;
  /** `[replace]`: what is built in its place. */
  readonly replacedBy: PackageId | undefined;
  /** The features that are switched on, with what they switch on in turn. */
  readonly features: ReadonlyMap<string, readonly string[]>;
  readonly dependencies: readonly DetailedDependency[];
}

/** Writes details as plain data; what is usual is left out. */
export function writeDetails(details: CrateDetails): JsonObject {
  return {
    source: details.source,
    ...(details.commit === undefined ? {} : { commit: details.commit }),
    ...(details.directory === undefined ? {} : { directory: details.directory }),
    ...(details.checksum === undefined ? {} : { checksum: details.checksum }),
    ...(details.links === undefined ? {} : { links: details.links }),
    ...(details.rustVersion === undefined ? {} : { rustVersion: details.rustVersion }),
    ...(details.isYanked ? { yanked: true } : {}),
    ...(details.replacedBy === undefined ? {} : { replacedBy: details.replacedBy }),
    // A list of pairs, because a feature may have any name.
    features: [...details.features].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, values]) => [name, values]),
    dependencies: details.dependencies.map((dependency) => ({
      name: dependency.alias,
      ...(dependency.crate === dependency.alias ? {} : { package: dependency.crate }),
      req: dependency.requirement,
      ...(dependency.kind === "normal" ? {} : { kind: dependency.kind }),
      ...(dependency.target === undefined ? {} : { target: dependency.target }),
      ...(dependency.features.length === 0 ? {} : { features: dependency.features }),
      ...(dependency.usesDefaultFeatures ? {} : { defaultFeatures: false }),
      ...(dependency.isOptional ? { optional: true } : {}),
      resolved: dependency.resolved,
    })),
  };
}

/** Reads what {@link writeDetails} wrote; `undefined` when it is something else. */
export function readDetails(value: JsonObject): CrateDetails | undefined {
  const source = text(value["source"]);
  const features = list(value["features"]);
  const dependencies = list(value["dependencies"]);
  if (source === undefined || features === undefined || dependencies === undefined) return undefined;
  const table = new Map<string, readonly string[]>();
  for (const pair of features) {
    const [name, values] = list(pair) ?? [];
    const entries = texts(values);
    if (typeof name !== "string" || entries === undefined) return undefined;
    table.set(name, entries);
  }
  const read = dependencies.map(readDependency);
  if (!read.every((dependency) => dependency !== undefined)) return undefined;
  return {
    source,
    commit: text(value["commit"]),
    directory: text(value["directory"]),
    checksum: text(value["checksum"]),
    links: text(value["links"]),
    rustVersion: text(value["rustVersion"]),
    isYanked: value["yanked"] === true,
    replacedBy: text(value["replacedBy"]),
    features: table,
    dependencies: read,
  };
}

function readDependency(value: JsonValue): DetailedDependency | undefined {
  if (!isObject(value)) return undefined;
  const alias = text(value["name"]);
  const requirement = text(value["req"]);
  const resolved = text(value["resolved"]);
  const kind = value["kind"] ?? "normal";
  const features = texts(value["features"] ?? []);
  if (alias === undefined || requirement === undefined || resolved === undefined || features === undefined)
    return undefined;
  if (kind !== "normal" && kind !== "build" && kind !== "dev") return undefined;
  return {
    alias,
    crate: text(value["package"]) ?? alias,
    requirement,
    kind,
    target: text(value["target"]),
    features,
    usesDefaultFeatures: value["defaultFeatures"] !== false,
    isOptional: value["optional"] === true,
    resolved,
  };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function list(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : undefined;
}

function texts(value: JsonValue | undefined): readonly string[] | undefined {
  const items = list(value);
  return items?.every((item) => typeof item === "string") === true ? items : undefined;
}
