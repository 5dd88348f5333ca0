import { EnkiError } from "../model/enki-error.ts";
import type { PackageId, ResolvedPackage, Resolution } from "../model/resolution.ts";
import { findPackages } from "../report/find-packages.ts";
import { DependencyGraph } from "../report/graph.ts";

/**
 * A lock without the pins of some packages, so that only these may move. `name@version` pins the package to that
 * version instead. Throws an EnkiError (`not-found`) for a package that the lock does not have.
 */
export function forgetPins(resolution: Resolution, updates: readonly string[]): Resolution {
  const graph = new DependencyGraph(resolution);
  const forgotten = new Set<PackageId>();
  const added: ResolvedPackage[] = [];
  for (const update of updates) {
    const { query, version } = splitUpdate(update);
    const found = findPackages(graph, query).flatMap((node) => node.package ?? []);
    for (const { id } of found) forgotten.add(id);
    if (version === undefined) continue;
    for (const { ecosystem, name } of found.slice(0, 1)) {
      // Only the version of a preference counts; every fact about it comes from the registry.
      added.push({ id: `${ecosystem}:${name}@${version}`, ecosystem, name, version, artifacts: [], details: {} });
    }
  }
  return { ...resolution, packages: [...resolution.packages.filter(({ id }) => !forgotten.has(id)), ...added] };
}

/** Throws an EnkiError (`not-found`) when a version that was asked for is not in the answer. */
export function refuseMissedUpdates(resolution: Resolution, updates: readonly string[]): void {
  for (const update of updates) {
    const { query, version } = splitUpdate(update);
    if (version === undefined) continue;
    const selected = findPackages(new DependencyGraph(resolution), query).map((node) => node.version);
    if (selected.includes(version)) continue;
    throw new EnkiError(
      "not-found",
      `${query} ${version} is not possible; the answer would have ${selected.join(", ")}`,
      {
        hint: `it does not exist, or a requirement excludes it: \`enki why-not ${update}\` tells`,
      },
    );
  }
}

/** `cargo:serde@1.0.200` is a query and a version; the `@` of a scope is none before a version. */
function splitUpdate(update: string): { readonly query: string; readonly version?: string } {
  const at = update.indexOf("@", Math.max(1, update.lastIndexOf(":") + 2));
  if (at === -1) return { query: update };
  const version = update.slice(at + 1);
  if (version === "") throw new EnkiError("usage", `there is no version behind the @ of ${JSON.stringify(update)}`);
  return { query: update.slice(0, at), version };
}
