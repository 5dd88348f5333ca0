import { parseJsonDocument } from "../../formats/json.ts";
import type { TextDocument } from "../../formats/text-document.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { JsonObject, JsonValue } from "../../model/json.ts";
import type { Origin } from "../../model/origin.ts";
import { parseDependencySpec } from "./dependency-spec.ts";
import { isJsonObject, lockFieldsOf, stringEntries } from "./package-metadata.ts";
import type { LocalEdge, LocalPackage, NpmEdgeKind } from "./project.ts";

/** A package.json that was read. */
export interface PackageJson {
  readonly file: string;
  readonly text: string;
  readonly document: TextDocument;
  readonly value: JsonObject;
}

/** Reads the text of a package.json. Without a result there is an error among the diagnostics. */
export function readPackageJson(
  file: string,
  bytes: Uint8Array,
): { packageJson?: PackageJson; diagnostics: readonly Diagnostic[] } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const reading = parseJsonDocument(file, text);
  if (reading.document === undefined) return { diagnostics: reading.diagnostics };
  const value = reading.document.value;
  if (!isJsonObject(value)) {
    const message = "a package.json is an object";
    return {
      diagnostics: [...reading.diagnostics, { code: "npm-manifest", severity: "error", message, origin: { file } }],
    };
  }
  return { packageJson: { file, text, document: reading.document, value }, diagnostics: reading.diagnostics };
}

/** An error or a warning at a place of a package.json, with the line shown. */
export function packageJsonProblem(
  packageJson: PackageJson,
  path: readonly (string | number)[],
  problem: { code: string; message: string; severity?: "error" | "warning"; help?: string; part?: "key" | "value" },
): Diagnostic {
  const origin = packageJson.document.originOf(path, problem.part ?? "value") ?? { file: packageJson.file };
  return {
    code: problem.code,
    severity: problem.severity ?? "error",
    message: problem.message,
    origin,
    ...(origin.line !== undefined && { sourceLine: packageJson.document.lineText(origin.line) }),
    ...(problem.help !== undefined && { help: problem.help }),
  };
}

interface DependencyTable {
  readonly field: string;
  readonly kind: NpmEdgeKind;
}

/** In the order in which npm reads them: a later table replaces an entry of an earlier one. */
const dependencyTables: readonly DependencyTable[] = [
  { field: "peerDependencies", kind: "peer" },
  { field: "dependencies", kind: "prod" },
  { field: "optionalDependencies", kind: "optional" },
  { field: "devDependencies", kind: "dev" },
];

function optionalPeerNames(value: JsonObject): ReadonlySet<string> {
  const meta = value["peerDependenciesMeta"];
  if (!isJsonObject(meta)) return new Set();
  return new Set(
    Object.entries(meta)
      .filter(([, entry]) => isJsonObject(entry) && entry["optional"] === true)
      .map(([name]) => name),
  );
}

function validName(name: string): boolean {
  return name.length > 0 && name.length <= 214 && !/^[._]/.test(name) && !/[\s"'<>\\]|\.\.\/|^\/|\/\//.test(name);
}

function readEdges(packageJson: PackageJson, diagnostics: Diagnostic[]): LocalEdge[] {
  const { value, document, file } = packageJson;
  const optionalPeers = optionalPeerNames(value);
  const edges = new Map<string, LocalEdge>();
  for (const { field, kind } of dependencyTables) {
    const table = value[field];
    if (table === undefined) continue;
    if (!isJsonObject(table)) {
      const message = `\`${field}\` must be an object from names to ranges`;
      diagnostics.push(packageJsonProblem(packageJson, [field], { code: "npm-dependencies", message }));
      continue;
    }
    for (const [name, spec] of Object.entries(table)) {
      const path = [field, name];
      if (typeof spec !== "string") {
        const message = `the range of \`${name}\` must be a string`;
        diagnostics.push(packageJsonProblem(packageJson, path, { code: "npm-invalid-range", message }));
        continue;
      }
      if (!validName(name)) {
        const message = `\`${name}\` is not a package name`;
        diagnostics.push(packageJsonProblem(packageJson, path, { code: "npm-invalid-name", message, part: "key" }));
        continue;
      }
      const parsed = parseDependencySpec(name, spec);
      if (parsed.kind === "invalid") {
        const message = `the requirement on \`${name}\` ${parsed.reason}`;
        const help = "npm understands ranges (^1.2.0), tags, npm: aliases, git and tarball addresses, and file: paths";
        diagnostics.push(packageJsonProblem(packageJson, path, { code: "npm-invalid-range", message, help }));
        continue;
      }
      const origin: Origin = document.originOf(path) ?? { file };
      const edgeKind = kind === "peer" && optionalPeers.has(name) ? "peerOptional" : kind;
      edges.set(name, { name, spec, kind: edgeKind, origin });
    }
  }
  return [...edges.values()];
}

/** The requirements and lock fields of a package.json that lies at `path` below its root. */
export function localPackage(
  packageJson: PackageJson,
  path: string,
  folderName: string,
  diagnostics: Diagnostic[],
): LocalPackage {
  const { value } = packageJson;
  const name = typeof value["name"] === "string" && value["name"] !== "" ? value["name"] : folderName;
  const version = typeof value["version"] === "string" ? value["version"] : "";
  const edges = readEdges(packageJson, diagnostics);
  const devDependencies = stringEntries(value["devDependencies"]);
  const fields: [string, JsonValue][] = Object.entries(lockFieldsOf(name, value)).filter(
    ([key]) => key !== "deprecated",
  );
  if (typeof value["name"] === "string") fields.push(["name", name]);
  if (version !== "") fields.push(["version", version]);
  if (devDependencies.length > 0) fields.push(["devDependencies", Object.fromEntries(devDependencies)]);
  const engines = value["engines"];
  const nodeEngine = isJsonObject(engines) && typeof engines["node"] === "string" ? engines["node"] : undefined;
  return {
    path,
    name,
    version,
    edges,
    lockFields: Object.fromEntries(fields),
    ...(nodeEngine !== undefined && { nodeEngine }),
  };
}
