import { createHash } from "node:crypto";
import { parseLicenceExpression } from "../formats/licence-expression.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { CanonicalRecord } from "../model/canonical-json.ts";
import { formatPurl } from "../model/purl.ts";
import type { Artifact, ResolvedPackage } from "../model/resolution.ts";
import type { DependencyGraph, GraphNode } from "./graph.ts";

const HASH_NAMES: ReadonlyMap<string, string> = new Map([
  ["sha256", "SHA-256"],
  ["sha512", "SHA-512"],
]);

/**
 * A CycloneDX 1.6 bill of materials of the whole service: every package with its package URL, hashes and licence, and
 * the dependencies over all ecosystems. It holds no time and no random serial number, so that equal locks give equal
 * files: the serial number is made from the content.
 */
export function renderCycloneDx(graph: DependencyGraph, serviceName: string, enkiVersion: string): string {
  const references = referencesTo([...graph.roots, ...graph.packages]);
  const referenceTo = (node: GraphNode): string => references.get(node.id) ?? node.id;
  const body: CanonicalRecord = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: { type: "application", "bom-ref": "service", name: serviceName },
      tools: { components: [{ type: "application", name: "enki", version: enkiVersion }] },
    },
    components: [
      ...graph.roots.map((node) => rootComponent(node, referenceTo(node))),
      ...graph.packages.flatMap((node) => packageComponent(node, referenceTo(node))),
    ],
    dependencies: [
      { ref: "service", dependsOn: graph.roots.map(referenceTo) },
      ...[...graph.roots, ...graph.packages].map((node) => ({
        ref: referenceTo(node),
        dependsOn: [...new Set(graph.dependencies(node).map(({ to }) => referenceTo(to)))].toSorted(),
      })),
    ],
  };
  return canonicalJson({ ...body, serialNumber: `urn:uuid:${uuidOf(canonicalJson(body))}` });
}

/**
 * What each component is called inside of the document: its package URL, or its id where another has that already (a crate
 * of the service that a source distribution has inside too, with features of its own).
 */
function referencesTo(nodes: readonly GraphNode[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    nodes.map((node) => {
      const url = purlOf(node);
      const reference = url === undefined || taken.has(url) ? node.id : url;
      taken.add(reference);
      return [node.id, reference];
    }),
  );
}

function purlOf({ ecosystem, name, version, isRoot }: GraphNode): string | undefined {
  return isRoot || version === undefined ? undefined : formatPurl({ ecosystem, name, version });
}

function rootComponent(node: GraphNode, reference: string): CanonicalRecord {
  return {
    type: "application",
    "bom-ref": reference,
    name: node.root?.name ?? node.name,
    version: node.version,
    properties: [{ name: "enki:manifest", value: node.name }],
  };
}

function packageComponent(node: GraphNode, reference: string): readonly CanonicalRecord[] {
  const { package: resolved } = node;
  if (resolved === undefined) return [];
  const { artifacts, licence } = resolved;
  const scopes = artifacts.length === 0 ? [] : artifacts.map(distribution);
  return [
    {
      type: "library",
      "bom-ref": reference,
      ...groupAndName(resolved),
      version: resolved.version,
      purl: purlOf(node),
      licenses: licence === undefined ? undefined : [licenceRecord(licence)],
      externalReferences: scopes.length === 0 ? undefined : scopes,
      properties: [{ name: "enki:ecosystem", value: resolved.ecosystem }],
    },
  ];
}

/** A scope is the group of a component. */
function groupAndName({ name }: ResolvedPackage): CanonicalRecord {
  const slash = name.lastIndexOf("/");
  return slash === -1 ? { name } : { group: name.slice(0, slash), name: name.slice(slash + 1) };
}

/** An SPDX expression (one identifier is one too), or a name where the text is none. */
function licenceRecord(licence: string): CanonicalRecord {
  const expression = parseLicenceExpression(licence);
  return expression === undefined ? { license: { name: licence } } : { expression: expression.text };
}

function distribution({ url, integrity }: Artifact): CanonicalRecord {
  const dash = integrity?.indexOf("-") ?? -1;
  const algorithm = integrity === undefined ? undefined : HASH_NAMES.get(integrity.slice(0, dash));
  if (integrity === undefined || algorithm === undefined) return { type: "distribution", url };
  const content = Buffer.from(integrity.slice(dash + 1), "base64").toString("hex");
  return { type: "distribution", url, hashes: [{ alg: algorithm, content }] };
}

/** A UUID of version 8 (RFC 9562: made by the vendor's own rule) from the content. */
function uuidOf(content: string): string {
  const hex = createHash("sha256").update(content).digest("hex");
  const variant = ((Number.parseInt(hex[16] ?? "0", 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
