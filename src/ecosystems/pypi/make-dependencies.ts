/** The requirements of manifests and of versions as edges of the problem. */
import type { DependencyOrigin, SourceContext } from "../ecosystem.ts";
import type { EnvironmentId } from "../../model/requirement.ts";
import { ANY_VERSION, type CandidateIndex, type Dependency, type Unavailable } from "../../solver/provider.ts";
import { yankReason } from "./candidates.ts";
import type { Asker, CandidateChooser } from "./choose-candidate.ts";
import type { Distribution } from "./distribution.ts";
import { externalRequirements, innerCrate, pythonRequirement, rustRequirement } from "./foreign-edges.ts";
import { packageIdOf } from "./package-id.ts";
import type { ExtraPackage, PackageTable, PypiPackage, RealPackage } from "./package-table.ts";
import { setAsksForPrereleases } from "./pep/prerelease-policy.ts";
import { requirementText, type PypiRequirement } from "./pep/requirement.ts";
import { lowerBoundText, PythonCheck } from "./python-requirement.ts";
import { isOtherPython, type PythonView, type PythonViews } from "./python-view.ts";
import { yanked, type UnusableReason } from "./reasons.ts";
import { pinnedKeys } from "./root-facts.ts";
import type { PypiSettings } from "./settings.ts";

/** What the edges of one problem are made with. */
interface Surroundings {
  readonly context: SourceContext;
  readonly settings: PypiSettings;
  readonly packages: PackageTable;
  readonly pythons: PythonViews;
  readonly chooser: CandidateChooser;
}

export class DependencyMaker {
  readonly #context: SourceContext;
  readonly #settings: PypiSettings;
  readonly #packages: PackageTable;
  readonly #pythons: PythonViews;
  readonly #chooser: CandidateChooser;
  /** By package, the versions (keys) that some requirement pins: it is read before the version it leads to. */
  readonly #pinned = new Map<string, Set<string>>();

  constructor({ context, settings, packages, pythons, chooser }: Surroundings) {
    this.#context = context;
    this.#settings = settings;
    this.#packages = packages;
    this.#pythons = pythons;
    this.#chooser = chooser;
  }

  /** What the manifests require, for every Python. */
  ofManifests(): readonly Dependency[] {
    const dependencies: Dependency[] = [];
    for (const { id = "run", roots } of this.#pythons.all) {
      for (const one of roots.requirements) {
        const origin: DependencyOrigin = { text: writtenRange(one.requirement), kind: "manifest", place: one.origin };
        this.#require(dependencies, one.requirement, id, origin);
      }
      for (const constraint of roots.constraints) {
        const why = `the constraint ${requirementText({ ...constraint, marker: undefined })}`;
        const origin: DependencyOrigin = { text: constraint.specifierText, kind: "rule", why };
        dependencies.push({
          package: this.#packages.real(constraint.name, id).index,
          requirement: this.#packages.requirement(constraint.specifiers, constraint.specifierText),
          kind: "constrains",
          origin,
        });
      }
    }
    return dependencies;
  }

  /** What a candidate requires; `undefined` while it is unknown. */
  ofCandidate(described: PypiPackage, candidate: CandidateIndex): readonly Dependency[] | Unavailable | undefined {
    const view = this.#pythons.of(described.environment);
    const project = view.projects.get(described.name);
    const requires = project.list?.needsPython.get(candidate);
    if (requires !== undefined) return this.#unfitPython(view, requires, `requires-python of ${described.name}`);
    const found = project.list?.candidates[candidate];
    if (found?.needsPin === true && this.#pinned.get(described.name)?.has(found.key) !== true) {
      return { kind: "unavailable", reason: yanked(yankReason(found)) };
    }
    const distribution = project.distributions.get(candidate);
    if (distribution === undefined) return undefined;
    if (distribution.kind === "distribution") {
      const stray = strayUrl(view, distribution);
      if (stray !== undefined) return { kind: "unavailable", reason: stray };
    }
    if (distribution.kind === "unusable") {
      const { reason } = distribution;
      if (reason.kind !== "python") return { kind: "unavailable", reason };
      const why = `${reason.source ?? "requires-python"} of ${described.name}`;
      // Tags of wheels are no habit: both of their bounds count.
      return this.#unfitPython(view, reason.requires, why, reason.source !== undefined);
    }
    return described.kind === "real"
      ? this.#realDependencies(described, candidate, distribution)
      : this.#extraDependencies(described, candidate, distribution);
  }

  #realDependencies(package_: RealPackage, candidate: CandidateIndex, distribution: Distribution): Dependency[] {
    const dependencies: Dependency[] = [];
    const found = this.#pythons.of(package_.environment).projects.get(package_.name).list?.candidates[candidate];
    const id = found === undefined ? package_.name : packageIdOf(package_.name, found);
    for (const { requirement } of distribution.base) {
      this.#requireAll(dependencies, requirement, package_.environment, { package: package_.index, candidate });
    }
    if (isOtherPython(package_.environment)) return dependencies;
    if (distribution.requiresPython !== undefined) {
      const why = `requires-python of ${package_.name}`;
      const range = this.#settings.checksUpperBounds
        ? distribution.requiresPython
        : lowerBoundText(distribution.requiresPython);
      dependencies.push(this.#pythonDependency(range, why, { text: range, kind: "rule", why }));
    }
    if (!distribution.files.isBuilt || !this.#settings.locksBuilds) return dependencies;
    const environment: EnvironmentId = `build:${id}`;
    for (const { requirement } of distribution.buildRequires) {
      this.#requireAll(dependencies, requirement, environment, { package: package_.index, candidate });
    }
    const rust = rustRequirement(id, distribution);
    if (rust !== undefined) {
      const target = this.#context.foreign(rust);
      dependencies.push({ ...target, kind: "requires", origin: { text: rust.range, kind: "rule", why: rust.why } });
    }
    const crate = innerCrate(id, distribution);
    if (crate !== undefined) dependencies.push(...this.#context.nested(crate));
    for (const external of externalRequirements(id, distribution, this.#pythons.main.environment)) {
      const target = this.#context.foreign(external);
      const { range: text, why } = external;
      dependencies.push({ ...target, kind: "requires", origin: { text, kind: "rule", why } });
    }
    return dependencies;
  }

  #extraDependencies(package_: ExtraPackage, candidate: CandidateIndex, distribution: Distribution): Dependency[] {
    const dependencies: Dependency[] = [{ package: package_.base.index, requirement: ANY_VERSION, kind: "same" }];
    const [only, ...more] = package_.extras;
    if (only === undefined || more.length > 0) {
      for (const extra of package_.extras) {
        const { index } = this.#packages.extra(package_.name, [extra], package_.environment);
        dependencies.push({ package: index, requirement: ANY_VERSION, kind: "same" });
      }
      return dependencies;
    }
    for (const { requirement } of distribution.byExtra.get(only) ?? []) {
      this.#requireAll(dependencies, requirement, package_.environment, { package: package_.index, candidate });
    }
    return dependencies;
  }

  #requireAll(
    dependencies: Dependency[],
    requirement: PypiRequirement,
    environment: EnvironmentId,
    dependent: Asker,
  ): void {
    const isBuild = environment.startsWith("build:");
    for (const one of isBuild ? [requirement] : this.#pythons.of(environment).roots.replace(requirement)) {
      this.#require(dependencies, one, environment, { text: writtenRange(one), kind: "registry" }, dependent);
    }
  }

  #require(
    dependencies: Dependency[],
    requirement: PypiRequirement,
    environment: EnvironmentId,
    origin: DependencyOrigin,
    dependent?: Asker,
  ): void {
    const number = this.#packages.requirement(requirement.specifiers, requirement.specifierText);
    const real = this.#packages.real(requirement.name, environment);
    dependencies.push({ package: real.index, requirement: number, kind: "requires", origin });
    for (const key of pinnedKeys(requirement)) {
      const keys = this.#pinned.get(requirement.name) ?? new Set();
      this.#pinned.set(requirement.name, keys.add(key));
    }
    if (dependent !== undefined && setAsksForPrereleases(requirement.specifiers)) {
      this.#chooser.addAsker(real.index, dependent);
    }
    for (const extra of requirement.extras) {
      const { index } = this.#packages.extra(requirement.name, [extra], environment);
      dependencies.push({ package: index, requirement: number, kind: "requires", origin });
    }
  }

  /**
   * A version that another Python could use depends on that Python, so that an explanation reaches the requirement that
   * settled it, and another toolchain can be tried.
   */
  #unfitPython(
    view: PythonView,
    requires: string,
    why: string,
    countsUpperBounds: boolean = this.#settings.checksUpperBounds,
  ): readonly Dependency[] | Unavailable {
    const { environment, id } = view;
    const range = countsUpperBounds ? requires : lowerBoundText(requires);
    const isSettled = id === undefined && this.#context.target.tools.has("python");
    if (!isSettled || new PythonCheck(environment.python, true).admits(range)) {
      const reason: UnusableReason = { kind: "python", requires, python: environment.pythonText };
      return { kind: "unavailable", reason };
    }
    return [this.#pythonDependency(range, why, { text: range, kind: "rule", why })];
  }

  #pythonDependency(range: string, why: string, origin: DependencyOrigin): Dependency {
    const target = this.#context.foreign(pythonRequirement(range, why));
    return { ...target, kind: "requires", origin };
  }
}

/** Only manifests may say that a package comes from a URL; a version that says so by itself can't be used. */
function strayUrl({ roots }: PythonView, distribution: Distribution): UnusableReason | undefined {
  const found = distribution.base.find(
    ({ requirement: { url, name } }) => url !== undefined && !roots.directSources.has(name),
  );
  if (found === undefined) return undefined;
  const { name, url = "" } = found.requirement;
  return { kind: "metadata", problem: `it requires ${name} from ${url}, which only a manifest may do` };
}

/** A requirement without its name: extras, specifiers and marker as far as people need them. */
function writtenRange(requirement: PypiRequirement): string {
  return requirement.url === undefined ? requirement.specifierText : `@ ${requirement.url}`;
}
