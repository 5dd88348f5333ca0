import type { JsonObject, JsonValue } from "../model/json.ts";
import { byEntryKey, compareBytewise } from "../model/order.ts";
import type { Edge, Instance, Resolution } from "../model/resolution.ts";

/**
 * The same resolution in the order in which a lock holds it, without repeated edges and instances. Outputs are written
 * from this form, so that they do not depend on the order in which responses arrived.
 */
export function canonicalResolution(resolution: Resolution): Resolution {
  return {
    ...resolution,
    roots: sortedBy(resolution.roots, (root) => root.id).map(withSortedDetails),
    packages: sortedBy(resolution.packages, (package_) => package_.id).map(withSortedDetails),
    instances: distinctBy(resolution.instances.map(canonicalInstance), instanceKey),
    edges: distinctBy(resolution.edges.map(canonicalEdge), edgeKey),
    targets: sortedBy(resolution.targets, (target) => target.system),
    // Registries of one ecosystem stay in order of rank.
    provenance: sortedBy(resolution.provenance, (provenance) => provenance.ecosystem),
    fidelity: sortedBy(resolution.fidelity, (fidelity) => fidelity.ecosystem),
  };
}

/** Details with their keys in order at every depth, as whoever reads the lock meets them. */
function withSortedDetails<T extends { readonly details: JsonObject }>(value: T): T {
  const details = sortedKeys(value.details);
  return details === value.details ? value : { ...value, details };
}

/** The same object where everything is in order already. */
function sortedKeys(value: JsonObject): JsonObject {
  let isSame = true;
  let previous = "";
  const entries: [string, JsonValue][] = [];
  for (const key of Object.keys(value)) {
    const inner = value[key] ?? null;
    const sorted = sortedValue(inner);
    if (sorted !== inner || key < previous) isSame = false;
    previous = key;
    entries.push([key, sorted]);
  }
  return isSame ? value : Object.fromEntries(entries.toSorted(byEntryKey));
}

function sortedValue(value: JsonValue): JsonValue {
  if (value === null || typeof value !== "object") return value;
  if (!isList(value)) return sortedKeys(value);
  return value.every((element) => element === null || typeof element !== "object") ? value : value.map(sortedValue);
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function canonicalInstance(instance: Instance): Instance {
  const features = [...new Set(instance.features)].toSorted(compareBytewise);
  if (instance.systems === undefined) return { ...instance, features };
  return { ...instance, features, systems: instance.systems.toSorted(compareBytewise) };
}

function canonicalEdge(edge: Edge): Edge {
  return edge.systems === undefined ? edge : { ...edge, systems: edge.systems.toSorted(compareBytewise) };
}

/** Absent fields sort before present ones; the separator occurs in no field that registries may fill. */
function instanceKey(instance: Instance): string {
  const { environment, path, features, systems } = instance;
  return JSON.stringify([instance.package, environment, path ?? null, features, systems ?? null]);
}

function edgeKey(edge: Edge): string {
  const { from, to, kind, environment, alias, range, why, systems } = edge;
  return JSON.stringify([from, to, kind, environment, alias ?? null, range, why ?? null, systems ?? null]);
}

function sortedBy<T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] {
  return values.toSorted((left, right) => compareBytewise(keyOf(left), keyOf(right)));
}

function distinctBy<T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] {
  const byKey = new Map(values.map((value) => [keyOf(value), value]));
  return [...byKey].toSorted(byEntryKey).map(([, value]) => value);
}
