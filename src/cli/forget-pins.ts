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
    const at = update.indexOf("@", Math.max(1, update.lastIndexOf(":") + 2));
    const query = at === -1 ? update : update.slice(0, at);
    const version = at === -1 ? undefined : update.slice(at + 1);
    if (version === "") throw new EnkiError("usage", `there is no version behind the @ of ${JSON.stringify(update)}`);
    const found = findPackages(graph, query).flatMap((node) => node.package ?? []);
    for (const { id } of found) forgotten.add(id);
    for (const { ecosystem, name } of version === undefined ? [] : found.slice(0, 1)) {
      // Only the version of a preference counts; every fact about it comes from the registry.
      const id = `${ecosystem}:${name}@${version ?? ""}`;
      added.push({ id, ecosystem, name, version: version ?? "", artifacts: [], details: {} });
    }
  }
  return { ...resolution, packages: [...resolution.packages.filter(({ id }) => !forgotten.has(id)), ...added] };
}
