import type { JsonObject, JsonValue } from "../../model/json.ts";

/** Fields of a package that a lock entry repeats unchanged when they are set and not empty, beside those handled below. */
const plainFields = ["acceptDependencies", "engines", "os", "cpu", "libc", "workspaces"] as const;

/** Scripts that npm runs when it installs a package. */
const installScripts = ["preinstall", "install", "postinstall"] as const;

/** Dependencies that a package's install script compiles native code with. */
const nativeBuildTools = new Set([
  "node-gyp",
  "node-gyp-build",
  "node-pre-gyp",
  "@mapbox/node-pre-gyp",
  "prebuild-install",
  "prebuildify",
  "cmake-js",
  "bindings",
  "nan",
  "node-addon-api",
]);

/** Whether `value` is a JSON object (not an array, not null). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The string entries of a name-keyed object, in their order; anything else in it is left out. */
export function stringEntries(value: unknown): [string, string][] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}

/** The strings of an array, or the string itself; empty otherwise. */
export function stringList(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function isEmptyValue(value: JsonValue): boolean {
  if (value === null || value === false || value === "" || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function baseName(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  return parts.at(-1) ?? "";
}

/** A path inside the package without `.` and `..`, which may not lead out of it. */
function innerPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll("\\", "/").split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** The commands of a package as npm writes them: always an object from bare command names to paths inside the package. */
function commandsOf(name: string, bin: unknown): JsonObject | undefined {
  const given: [string, string][] =
    typeof bin === "string"
      ? [[name, bin]]
      : Array.isArray(bin)
        ? stringList(bin).map((path) => [baseName(path), path])
        : stringEntries(bin);
  const commands: [string, string][] = [];
  for (const [command, path] of given) {
    const key = baseName(command.replaceAll(/[\\:]/g, "/"));
    const target = innerPath(path);
    if (key !== "" && target !== "") commands.push([key, target]);
  }
  return commands.length === 0 ? undefined : Object.fromEntries(commands);
}

function fundingOf(funding: unknown): JsonValue | undefined {
  if (typeof funding === "string") return funding === "" ? undefined : { url: funding };
  if (Array.isArray(funding)) {
    return funding.filter((item): item is string | JsonObject => typeof item === "string" || isJsonObject(item));
  }
  return isJsonObject(funding) ? funding : undefined;
}

function bundledNames(manifest: JsonObject): string[] {
  const given = manifest["bundleDependencies"] ?? manifest["bundledDependencies"];
  if (given === true) return stringEntries(manifest["dependencies"]).map(([name]) => name);
  return isJsonObject(given) ? Object.keys(given) : stringList(given);
}

/** Whether npm runs a script of the package when it installs it. */
function hasInstallScript(manifest: JsonObject): boolean {
  if (manifest["hasInstallScript"] === true) return true;
  const scripts = manifest["scripts"];
  return isJsonObject(scripts) && installScripts.some((script) => typeof scripts[script] === "string");
}

/** Whether installing compiles native code: node-gyp builds a package with a binding.gyp unless it says otherwise. */
function buildsNativeCode(manifest: JsonObject, dependencies: readonly [string, string][]): boolean {
  if (manifest["gypfile"] === true) return true;
  return hasInstallScript(manifest) && dependencies.some(([name]) => nativeBuildTools.has(name));
}

/**
 * What a lock entry says of a package, from its manifest (package.json or a version in a packument), normalised as npm
 * does it: optional dependencies leave `dependencies`, `bin` and `funding` become objects, `license` its type.
 */
export function lockFieldsOf(name: string, manifest: JsonObject): JsonObject {
  const fields: [string, JsonValue][] = [];
  const add = (key: string, value: JsonValue | undefined): void => {
    if (value !== undefined && !isEmptyValue(value)) fields.push([key, value]);
  };
  const optional = stringEntries(manifest["optionalDependencies"]);
  const optionalNames = new Set(optional.map(([dependency]) => dependency));
  const required = stringEntries(manifest["dependencies"]).filter(([dependency]) => !optionalNames.has(dependency));
  add("dependencies", Object.fromEntries(required));
  add("optionalDependencies", Object.fromEntries(optional));
  add("peerDependencies", Object.fromEntries(stringEntries(manifest["peerDependencies"])));
  const meta = manifest["peerDependenciesMeta"];
  if (isJsonObject(meta)) add("peerDependenciesMeta", meta);
  add("bundleDependencies", bundledNames(manifest));
  add("funding", fundingOf(manifest["funding"]));
  for (const field of plainFields) add(field, manifest[field]);
  const license = manifest["license"];
  if (typeof license === "string") add("license", license);
  else if (isJsonObject(license) && typeof license["type"] === "string") add("license", license["type"]);
  add("bin", commandsOf(name, manifest["bin"]));
  if (typeof manifest["deprecated"] === "string") add("deprecated", manifest["deprecated"]);
  if (hasInstallScript(manifest)) add("hasInstallScript", true);
  return Object.fromEntries(fields);
}

/** Whether installing this package compiles native code, which needs Python and a C compiler. */
export function isNativeBuild(manifest: JsonObject): boolean {
  return buildsNativeCode(manifest, [
    ...stringEntries(manifest["dependencies"]),
    ...stringEntries(manifest["optionalDependencies"]),
  ]);
}
