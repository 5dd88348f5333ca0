/** Which admissible candidate the solver tries: policies that depend on what is selected at the time. */
import type { ResolveOptions } from "../ecosystem.ts";
import type { CandidateIndex, PackageIndex } from "../../solver/provider.ts";
import { firstMember, hasMember, type VersionSet } from "../../solver/version-set.ts";
import type { PackageTable, PypiPackage } from "./package-table.ts";
import { isOtherPython, type PythonViews } from "./python-view.ts";

/** A candidate whose requirement names a pre-release. */
export interface Asker {
  readonly package: PackageIndex;
  readonly candidate: CandidateIndex;
}

export class CandidateChooser {
  readonly #options: ResolveOptions;
  readonly #packages: PackageTable;
  readonly #pythons: PythonViews;
  /** By package, the candidates that name a pre-release of it. */
  readonly #askers = new Map<PackageIndex, Asker[]>();
  /** What was chosen last for each package; what is selected now wherever the package is selected. */
  readonly #chosen = new Map<PackageIndex, CandidateIndex>();

  constructor(options: ResolveOptions, packages: PackageTable, pythons: PythonViews) {
    this.#options = options;
    this.#packages = packages;
    this.#pythons = pythons;
  }

  /** Says that a candidate, where it is selected, asks for pre-releases of a package (pip's rule). */
  addAsker(package_: PackageIndex, asker: Asker): void {
    const asking = this.#askers.get(package_) ?? [];
    asking.push(asker);
    this.#askers.set(package_, asking);
  }

  choose(
    package_: PackageIndex,
    admissible: VersionSet,
    isSelected: (package_: PackageIndex) => boolean,
  ): CandidateIndex {
    const chosen = this.#choose(package_, admissible, isSelected);
    this.#chosen.set(package_, chosen);
    return chosen;
  }

  #choose(
    package_: PackageIndex,
    admissible: VersionSet,
    isSelected: (package_: PackageIndex) => boolean,
  ): CandidateIndex {
    const described = this.#packages.at(package_);
    const agreed = isOtherPython(described.environment) ? this.#agreed(described, admissible, isSelected) : undefined;
    if (agreed !== undefined) return agreed;
    const first = firstMember(admissible);
    if (this.#options.prerelease !== "pep440") return first;
    // pip's rule: stable versions come first unless a requirement that is in force names a pre-release.
    if (this.#pythons.of(described.environment).roots.asksForPrereleases(described.name)) return first;
    const isAsked = this.#askers
      .get(described.kind === "real" ? package_ : described.base.index)
      ?.some((asker) => isSelected(asker.package) && this.#chosen.get(asker.package) === asker.candidate);
    if (isAsked === true) return first;
    const candidates = this.#pythons.of(described.environment).projects.get(described.name).list?.candidates ?? [];
    const stable = candidates.findIndex(
      (one, index) => !one.isPrerelease && !one.needsPin && hasMember(admissible, index),
    );
    return stable < 0 ? first : stable;
  }

  /** What an earlier Python selected of the same package, where this one may have it too: locks are to agree. */
  #agreed(
    described: PypiPackage,
    admissible: VersionSet,
    isSelected: (package_: PackageIndex) => boolean,
  ): CandidateIndex | undefined {
    for (const { id = "run" } of this.#pythons.all) {
      if (id === described.environment) break;
      const { index } = this.#packages.real(described.name, id);
      const chosen = isSelected(index) ? this.#chosen.get(index) : undefined;
      if (chosen !== undefined && hasMember(admissible, chosen)) return chosen;
    }
    return undefined;
  }
}
