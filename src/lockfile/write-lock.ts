import { EnkiError } from "../model/enki-error.ts";
import type { Artifact, Edge, Instance, ResolvedPackage, ResolvedRoot, Resolution } from "../model/resolution.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { CanonicalRecord } from "../model/canonical-json.ts";
import { canonicalResolution } from "./canonical-resolution.ts";
import { DEFAULT_EDGE_KIND, DEFAULT_ENVIRONMENT, LOCK_REVISION, LOCK_SCHEMA } from "./lock-schema.ts";

/**
 * The text of `enki.lock`. Each package is one block with the edges that leave it and the places where it is used, so
 * that a bump changes that block and the edges to it, and nothing else. Throws an EnkiError (`internal`) for a
 * resolution that a lock can't hold: ids that are used twice, edges from nowhere.
 */
export function formatLock(resolution: Resolution): string {
  return formatCanonicalLock(canonicalResolution(resolution));
}

/** {@link formatLock} of what is in canonical order already. */
export function formatCanonicalLock(canonical: Resolution): string {
  const edges = groupBy(canonical.edges, (edge) => edge.from);
  const instances = groupBy(canonical.instances, (instance) => instance.package);
  const roots = uniqueMap(canonical.roots, (root) => root.id, "root");
  const packages = uniqueMap(canonical.packages, (package_) => package_.id, "package");
  for (const from of edges.keys()) {
    if (!roots.has(from) && !packages.has(from)) throw inconsistent(`there is an edge from ${from}, which is unknown`);
  }
  for (const used of instances.keys()) {
    if (!packages.has(used)) throw inconsistent(`there is an instance of ${used}, which is unknown`);
  }
  return canonicalJson({
    schema: LOCK_SCHEMA,
    revision: LOCK_REVISION,
    excludeNewer: canonical.excludeNewer,
    roots: mapValues(roots, (root) => rootRecord(root, edges.get(root.id) ?? [])),
    packages: mapValues(packages, (package_) =>
      packageRecord(package_, edges.get(package_.id) ?? [], instances.get(package_.id) ?? []),
    ),
    targets: mapValues(
      uniqueMap(canonical.targets, (target) => target.system, "target"),
      (target) => target.tools,
    ),
    provenance: mapValues(
      groupBy(canonical.provenance, (provenance) => provenance.ecosystem),
      (registries) => registries.map(({ registry, revision }) => ({ registry, revision })),
    ),
    fidelity: mapValues(
      uniqueMap(canonical.fidelity, (fidelity) => fidelity.ecosystem, "fidelity of"),
      ({ gaps, unverified }) => ({ gaps, unverified }),
    ),
  });
}

// Records have their keys in the order of the text, which saves sorting each.
function rootRecord(root: ResolvedRoot, edges: readonly Edge[]): CanonicalRecord {
  return {
    details: unlessEmpty(root.details),
    ecosystem: root.ecosystem,
    edges: edges.map(edgeRecord),
    file: root.file,
    name: root.name,
    sha256: root.sha256,
    version: root.version,
  };
}

function packageRecord(
  package_: ResolvedPackage,
  edges: readonly Edge[],
  instances: readonly Instance[],
): CanonicalRecord {
  return {
    artifacts: package_.artifacts.map(artifactRecord),
    details: unlessEmpty(package_.details),
    ecosystem: package_.ecosystem,
    edges: edges.map(edgeRecord),
    instances: instances.map(instanceRecord),
    licence: package_.licence,
    name: package_.name,
    version: package_.version,
  };
}

function artifactRecord(artifact: Artifact): CanonicalRecord {
  if (hasCredentials(artifact.url)) throw inconsistent(`the URL of an artifact holds credentials`);
  const { kind, url, integrity, sizeBytes, upgradedFrom, systems } = artifact;
  return { integrity, kind, sizeBytes, systems, upgradedFrom, url };
}

function edgeRecord(edge: Edge): CanonicalRecord {
  return {
    alias: edge.alias,
    environment: unlessDefault(edge.environment),
    kind: edge.kind === DEFAULT_EDGE_KIND ? undefined : edge.kind,
    range: edge.range,
    systems: edge.systems,
    to: edge.to,
    why: edge.why,
  };
}

function instanceRecord(instance: Instance): CanonicalRecord {
  return {
    environment: unlessDefault(instance.environment),
    features: instance.features.length === 0 ? undefined : instance.features,
    path: instance.path,
    systems: instance.systems,
  };
}

function unlessDefault(environment: string): string | undefined {
  return environment === DEFAULT_ENVIRONMENT ? undefined : environment;
}

function unlessEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

/** Whether a URL carries a user name or a password; `git@` alone names no secret. */
function hasCredentials(url: string): boolean {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1] ?? "";
  const userEnd = authority.lastIndexOf("@");
  return userEnd !== -1 && authority.slice(0, userEnd) !== "git";
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}

function uniqueMap<T>(values: readonly T[], keyOf: (value: T) => string, what: string): Map<string, T> {
  const byKey = new Map<string, T>();
  for (const value of values) {
    if (byKey.has(keyOf(value))) throw inconsistent(`there are two of ${what} ${keyOf(value)}`);
    byKey.set(keyOf(value), value);
  }
  return byKey;
}

function mapValues<T, U>(map: ReadonlyMap<string, T>, change: (value: T) => U): Map<string, U> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

function inconsistent(what: string): EnkiError {
  return new EnkiError("internal", `the resolution can't be written to a lock: ${what}`);
}
