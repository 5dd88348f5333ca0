import { EnkiError } from "../model/enki-error.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";
import type { ResolvedPackage } from "../model/resolution.ts";
import { isObject, textOf, textsOf } from "./details.ts";
import type { ResolutionIndex } from "./resolution-index.ts";

/** What takes the place of the dependencies and features in the Cargo.toml of a crate that is built for its programs. */
export interface NarrowedManifest {
  /** TOML: the tables `features`, `dependencies` and their like. */
  readonly text: string;
  /** All of its features; the lock has only those that are switched on. */
  readonly features: readonly string[];
}

/** Tables of a manifest by the kind that a lock gives; a dependency for development is never part of a program. */
const tables: ReadonlyMap<string, string> = new Map([
  ["normal", "dependencies"],
  ["build", "build-dependencies"],
]);

/** The only registry that the vendor directory stands in for. */
const publicRegistry = "registry+https://github.com/rust-lang/crates.io-index";

/**
 * Reduces a crate to what the lock has of it. Cargo wants every optional dependency and every one for development of the
 * crate that it builds, whether it is used or not; the lock of a service has only those that are.
 *
 * Throws an EnkiError (`unsupported`) for a dependency that is from nowhere in the public registry.
 */
export function narrowedManifest(crate: ResolvedPackage, index: ResolutionIndex): NarrowedManifest {
  const dependencies = listOf(crate.details["dependencies"]).filter(isObject);
  const followed = dependencies.filter((one) => tables.has(textOf(one, "kind") ?? "normal"));
  const names = new Set(followed.map((one) => textOf(one, "name") ?? ""));
  const features = listOf(crate.details["features"]).map((pair) => {
    const [name = "", values] = listOf(pair);
    const entries = listOf(values).filter((value) => typeof value === "string");
    return [typeof name === "string" ? name : "", entries.filter((entry) => refersTo(entry, names))] as const;
  });
  const lines = ["[features]", ...features.map(([name, values]) => `${toml(name)} = ${tomlList(values)}`)];
  for (const dependency of followed) lines.push("", ...tableOf(dependency, crate, index));
  return { text: `${lines.join("\n")}\n`, features: features.map(([name]) => name) };
}

/** Whether what a feature switches on is there: `feature`, `dep:name`, `name/feature` or `name?/feature`. */
function refersTo(entry: string, names: ReadonlySet<string>): boolean {
  const [dependency, feature] = entry.split("/", 2);
  if (entry.startsWith("dep:")) return names.has(entry.slice("dep:".length));
  return feature === undefined || names.has((dependency ?? "").replace(/\?$/, ""));
}

function tableOf(dependency: JsonObject, crate: ResolvedPackage, index: ResolutionIndex): readonly string[] {
  const alias = textOf(dependency, "name") ?? "";
  const resolved = index.package(textOf(dependency, "resolved") ?? "");
  if (resolved === undefined || textOf(resolved.details, "source") !== publicRegistry) {
    throw new EnkiError("unsupported", `${crate.id} can't be emitted for Nix: its ${alias} is from another registry`, {
      hint: "give the program a Cargo.toml of its own",
    });
  }
  const table = tables.get(textOf(dependency, "kind") ?? "normal") ?? "";
  const target = textOf(dependency, "target");
  const features = textsOf(dependency, "features");
  return [
    `[${target === undefined ? "" : `target.${toml(target)}.`}${table}.${toml(alias)}]`,
    `version = ${toml(`=${resolved.version}`)}`,
    ...(resolved.name === alias ? [] : [`package = ${toml(resolved.name)}`]),
    ...(features.length === 0 ? [] : [`features = ${tomlList(features)}`]),
    ...(dependency["defaultFeatures"] === false ? ["default-features = false"] : []),
    ...(dependency["optional"] === true ? ["optional = true"] : []),
  ];
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

/** A basic string of TOML, which is also a quoted key; JSON escapes all that TOML wants escaped, except DEL. */
function toml(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", String.raw`\u007f`);
}

function tomlList(texts: readonly string[]): string {
  return `[${texts.map(toml).join(", ")}]`;
}
