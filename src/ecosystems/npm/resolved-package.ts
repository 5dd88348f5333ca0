import type { JsonObject, JsonValue } from "../../model/json.ts";
import type { Artifact, ResolvedPackage } from "../../model/resolution.ts";
import type { GraphNode } from "./selected-graph.ts";

/** Lock fields that have a place of their own in the model or are Enki's own. */
const separateFields = new Set([
  "resolved",
  "integrity",
  "shasum",
  "unpackedSize",
  "version",
  "name",
  "pin",
  "treeIntegrity",
]);

function strongestIntegrity(integrity: string): string | undefined {
  const hashes = integrity.split(/\s+/);
  return hashes.find((hash) => hash.startsWith("sha512-")) ?? hashes.find((hash) => hash.startsWith("sha256-"));
}

/** Where a tarball of a package of the registry is fetched, by its name and the address that the registry gives. */
export type DownloadAddress = (name: string, url: string) => string;

function artifactOf(
  fields: JsonObject,
  addressOf: (url: string) => string,
): { artifact: Artifact | undefined; details: [string, JsonValue][] } {
  const { resolved, integrity, shasum, treeIntegrity } = fields;
  if (typeof resolved !== "string") return { artifact: undefined, details: [] };
  const strong = typeof integrity === "string" ? strongestIntegrity(integrity) : undefined;
  const details: [string, JsonValue][] = [];
  if (resolved.startsWith("git")) {
    const tree = typeof treeIntegrity === "string" ? { integrity: treeIntegrity } : {};
    return { artifact: { kind: "git", url: resolved, ...tree }, details };
  }
  // npm writes what the registry says; the model keeps one strong hash.
  if (typeof integrity === "string" && integrity !== strong) details.push(["integrity", integrity]);
  if (integrity === undefined && typeof shasum === "string" && /^[0-9a-f]{40}$/i.test(shasum)) {
    details.push(["integrity", `sha1-${Buffer.from(shasum, "hex").toString("base64")}`]);
  }
  const url = fields["pin"] === undefined ? addressOf(resolved) : resolved;
  // npm's lock says where the registry claims it to be, whatever host that is then replaced by.
  if (url !== resolved) details.push(["resolved", resolved]);
  return {
    artifact: {
      kind: "tarball",
      url,
      ...(strong !== undefined && { integrity: strong }),
    },
    details,
  };
}

/** One selected package as the resolution holds it; `version` is the one that its id ends with. */
export function resolvedPackage(node: GraphNode, version: string, addressOf: DownloadAddress): ResolvedPackage {
  const fields = node.local?.lockFields ?? node.manifest?.lockFields ?? {};
  const { artifact, details } = artifactOf(fields, (url) => addressOf(node.manifest?.name ?? "", url));
  const kept = Object.entries(fields).filter(([key]) => !separateFields.has(key));
  const licence = fields["license"];
  const name = node.local?.name ?? node.manifest?.name ?? "";
  const ownVersion = node.local?.version ?? node.manifest?.version ?? "";
  if (node.local !== undefined) details.push(["folder", node.local.path]);
  if (ownVersion !== version) details.push(["ownVersion", ownVersion]);
  return {
    id: `npm:${name}@${version}`,
    ecosystem: "npm",
    name,
    version,
    ...(typeof licence === "string" && { licence }),
    artifacts: artifact === undefined ? [] : [artifact],
    details: Object.fromEntries([...kept, ...details]),
  };
}
