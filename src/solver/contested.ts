import { CONFLICTS, EPOCH } from "./package-table.ts";
import type { PackageIndex } from "./provider.ts";
import type { SolverState } from "./state.ts";

/** At most so many packages are named. */
const MOST = 5;

/** The packages that took part in most conflicts of this solve, most first; of equals the one with the smaller index. */
export function contestedPackages(state: SolverState): readonly PackageIndex[] {
  const { packages, epoch, root } = state;
  const contested: PackageIndex[] = [];
  for (let package_ = 0; package_ < packages.capacity; package_++) {
    if (package_ === root || packages.get(package_, EPOCH) !== epoch) continue;
    if (packages.get(package_, CONFLICTS) > 0) contested.push(package_);
  }
  const conflictsOf = (package_: PackageIndex): number => packages.get(package_, CONFLICTS);
  return contested.toSorted((a, b) => conflictsOf(b) - conflictsOf(a) || a - b).slice(0, MOST);
}
