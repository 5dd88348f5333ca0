import { EnkiError } from "../../../model/enki-error.ts";
import type { PackageId } from "../../../model/resolution.ts";
import type { CrateDependencyKind } from "../package/release.ts";

/** One package with the edges that count: every kind but dev. */
export interface CyclePackage {
  readonly id: PackageId;
  readonly dependencies: readonly { readonly kind: CrateDependencyKind; readonly target: PackageId }[];
}

/**
 * Refuses an answer in which packages need each other to be built. As in cargo this is checked after the answer is found
 * and never a reason to look for another one; cycles through dev-dependencies are legal. Throws an EnkiError.
 */
export function refuseCycles(packages: readonly CyclePackage[]): void {
  const byId = new Map(packages.map((package_) => [package_.id, package_]));
  const finished = new Set<PackageId>();
  for (const { id: start } of packages) {
    if (finished.has(start)) continue;
    // An explicit stack, because chains may be tens of thousands long.
    const path: { readonly id: PackageId; next: number }[] = [{ id: start, next: 0 }];
    const onPath = new Set<PackageId>([start]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const edge = byId.get(top.id)?.dependencies[top.next++];
      if (edge === undefined) {
        path.pop();
        onPath.delete(top.id);
        finished.add(top.id);
      } else if (edge.kind !== "dev" && onPath.has(edge.target)) {
        const cycle = path.slice(path.findIndex(({ id }) => id === edge.target)).map(({ id }) => nameOf(id));
        throw new EnkiError("unsupported", `cyclic package dependency: ${[...cycle, cycle[0]].join(" -> ")}`, {
          hint: "cargo cannot build packages that depend on each other; only dev-dependencies may lead back",
        });
      } else if (edge.kind !== "dev" && !finished.has(edge.target)) {
        path.push({ id: edge.target, next: 0 });
        onPath.add(edge.target);
      }
    }
  }
}

function nameOf(id: PackageId): string {
  return id.replace(/^(?:cargo|root):/u, "").replace("@", " ");
}
