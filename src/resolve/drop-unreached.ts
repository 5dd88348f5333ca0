import type { EcosystemResolution, Edge, PackageId } from "../model/resolution.ts";

/**
 * Leaves out packages that no edge leads to. A dependent can turn out not to need what the solver kept ready for it: a
 * system library of a crate that builds its own copy, or that is only built on another system.
 */
export function dropUnreached(
  parts: readonly EcosystemResolution[],
  jointEdges: readonly Edge[],
): readonly EcosystemResolution[] {
  const reached = new Set<PackageId>(parts.flatMap((part) => part.roots.map(({ id }) => id)));
  const targets = new Map<PackageId, PackageId[]>();
  for (const { from, to } of [...parts.flatMap((part) => part.edges), ...jointEdges]) {
    const known = targets.get(from);
    if (known === undefined) targets.set(from, [to]);
    else known.push(to);
  }
  for (const { from } of jointEdges) if (from.startsWith("root:")) reached.add(from);
  // A set that grows while it is walked: everything added is visited too.
  for (const id of reached) for (const target of targets.get(id) ?? []) reached.add(target);
  return parts.map((part) => ({
    ...part,
    packages: part.packages.filter(({ id }) => reached.has(id)),
    instances: part.instances.filter((instance) => reached.has(instance.package)),
    edges: part.edges.filter(({ from }) => reached.has(from)),
  }));
}
