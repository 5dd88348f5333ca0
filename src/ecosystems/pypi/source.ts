/** PyPI's packages in one problem: facts for the solver, words for people, and the result. */
import type {
  CollectContext,
  DependencyOrigin,
  PackageDescription,
  PackageSource,
  RequirementRemark,
  RequirementTarget,
  Selection,
  SourceContext,
} from "../ecosystem.ts";
import { EnkiError } from "../../model/enki-error.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { EnvironmentId, ForeignRequirement } from "../../model/requirement.ts";
import type { EcosystemResolution } from "../../model/resolution.ts";
import {
  ANY_VERSION,
  type CandidateIndex,
  type Dependency,
  type Need,
  type PackageFacts,
  type PackageIndex,
  type RequirementIndex,
  type Unavailable,
} from "../../solver/provider.ts";
import { filterSet, firstMember, hasMember, type VersionSet } from "../../solver/version-set.ts";
import { normaliseName } from "./pep/names.ts";
import { setAsksForPrereleases } from "./pep/prerelease-policy.ts";
import type { PypiRequirement } from "./pep/requirement.ts";
import { parseSpecifierSet } from "./pep/specifier.ts";
import { rangeHas } from "./pep/version-range.ts";
import type { Candidate } from "./candidates.ts";
import { collectResolution, type SelectedVersion } from "./collect.ts";
import { differingWheels } from "./differing-wheels.ts";
import type { Distribution } from "./distribution.ts";
import { externalRequirements, innerCrate, pythonRequirement, rustRequirement } from "./foreign-edges.ts";
import { packageIdOf } from "./package-id.ts";
import { PackageTable, type ExtraPackage, type PypiPackage, type RealPackage } from "./package-table.ts";
import type { Project } from "./projects.ts";
import { lowerBoundText, PythonCheck } from "./python-requirement.ts";
import { isOtherPython, otherPythons, pythonOf, PythonView } from "./python-view.ts";
import { isUnusableReason, reasonText, type UnusableReason } from "./reasons.ts";
import { readSettings, type PypiSettings } from "./settings.ts";
import { versionWords } from "./version-words.ts";

/** A candidate as the place that a requirement comes from. */
interface Dependent {
  readonly package: PackageIndex;
  readonly candidate: CandidateIndex;
}

export class PypiSource implements PackageSource {
  readonly #context: SourceContext;
  readonly #settings: PypiSettings;
  readonly #packages: PackageTable;
  /** What other ecosystems require. */
  readonly #accepted: {
    readonly name: string;
    readonly extras: readonly string[];
    readonly environment: EnvironmentId;
  }[] = [];
  /** By package, the candidates that name a pre-release of it. */
  readonly #askers = new Map<PackageIndex, Dependent[]>();
  /** What was chosen last for each package; what is selected now wherever the package is selected. */
  readonly #chosen = new Map<PackageIndex, CandidateIndex>();
  /** The service's own Python first, then the others that the locks are for. */
  #views: readonly [PythonView, ...PythonView[]] | undefined;

  constructor(context: SourceContext) {
    this.#context = context;
    this.#settings = readSettings(context.options.settings);
    this.#packages = new PackageTable(() => context.newPackage());
  }

  rootDependencies(manifests: readonly Manifest[]): readonly Dependency[] {
    this.#views = this.#open(manifests);
    const dependencies: Dependency[] = [];
    for (const { id = "run", roots } of this.#views) {
      for (const one of roots.requirements) {
        const origin: DependencyOrigin = { text: writtenRange(one.requirement), kind: "manifest", place: one.origin };
        this.#require(dependencies, one.requirement, id, origin);
      }
      for (const constraint of roots.constraints) {
        const origin: DependencyOrigin = { text: constraint.specifierText, kind: "rule", why: "a constraint" };
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

  accept(requirement: ForeignRequirement): RequirementTarget {
    const name = normaliseName(requirement.name);
    const number = this.#foreignRange(requirement);
    const environment = requirement.environment ?? "run";
    const extras = (requirement.features ?? []).map(normaliseName);
    this.#accepted.push({ name, extras, environment });
    const target =
      extras.length === 0 ? this.#packages.real(name, environment) : this.#packages.extra(name, extras, environment);
    return { package: target.index, requirement: number };
  }

  /** The number of a range that another ecosystem wrote, perhaps in its own words. */
  #foreignRange({ range, rangeSyntax = "pypi" }: ForeignRequirement): RequirementIndex {
    if (range === "*") return ANY_VERSION;
    if (rangeSyntax !== "pypi") return this.#packages.foreignRequirement(rangeSyntax, range);
    const parsed = parseSpecifierSet(range);
    if (parsed.ok) return this.#packages.requirement(parsed.value, range);
    throw new EnkiError(
      "invalid-manifest",
      `${JSON.stringify(range)} is no range of PyPI versions: ${parsed.problem.message}`,
    );
  }

  facts(package_: PackageIndex): PackageFacts | undefined {
    const { list } = this.#project(this.#packages.at(package_));
    if (list === undefined) return undefined;
    return list.missing === undefined
      ? { count: list.candidates.length, unavailable: list.unavailable }
      : { count: 0, missing: list.missing };
  }

  dependencies(package_: PackageIndex, candidate: CandidateIndex): readonly Dependency[] | Unavailable | undefined {
    const described = this.#packages.at(package_);
    const project = this.#project(described);
    const view = this.#view(described.environment);
    const requires = project.list?.needsPython.get(candidate);
    if (requires !== undefined) return this.#unfitPython(view, requires, `requires-python of ${described.name}`);
    const distribution = project.distributions.get(candidate);
    if (distribution === undefined) return undefined;
    if (distribution.kind === "distribution") {
      const stray = this.#strayUrl(view, distribution);
      if (stray !== undefined) return { kind: "unavailable", reason: stray };
    }
    if (distribution.kind === "unusable") {
      const { reason } = distribution;
      if (reason.kind !== "python") return { kind: "unavailable", reason };
      return this.#unfitPython(view, reason.requires, `${reason.source ?? "requires-python"} of ${described.name}`);
    }
    return described.kind === "real"
      ? this.#realDependencies(described, candidate, distribution)
      : this.#extraDependencies(described, candidate, distribution);
  }

  matches(package_: PackageIndex, requirement: RequirementIndex): VersionSet {
    const candidates = this.#candidates(package_);
    const { set, text: range, syntax } = this.#packages.requirementAt(requirement);
    if (syntax !== undefined) {
      return filterSet(candidates.length, (index) =>
        this.#context.rangeAdmits(syntax, range, candidates[index]?.text ?? ""),
      );
    }
    const admits = (candidate: Candidate): boolean =>
      rangeHas(set.range, candidate.key) && set.exactTexts.every((text) => text === candidate.text.toLowerCase());
    return filterSet(candidates.length, (index) => {
      const candidate = candidates[index];
      return candidate !== undefined && admits(candidate);
    });
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
    if (this.#context.options.prerelease !== "pep440") return first;
    // pip's rule: stable versions come first unless a requirement that is in force names a pre-release.
    if (this.#view(described.environment).roots.asksForPrereleases(described.name)) return first;
    const isAsked = this.#askers
      .get(described.kind === "real" ? package_ : described.base.index)
      ?.some((asker) => isSelected(asker.package) && this.#chosen.get(asker.package) === asker.candidate);
    if (isAsked === true) return first;
    const candidates = this.#candidates(package_);
    const stable = candidates.findIndex((one, index) => !one.isPrerelease && hasMember(admissible, index));
    return stable < 0 ? first : stable;
  }

  /** What an earlier Python selected of the same package, where this one may have it too: locks are to agree. */
  #agreed(
    described: PypiPackage,
    admissible: VersionSet,
    isSelected: (package_: PackageIndex) => boolean,
  ): CandidateIndex | undefined {
    for (const { id = "run" } of this.#pythons) {
      if (id === described.environment) break;
      const { index } = this.#packages.real(described.name, id);
      const chosen = isSelected(index) ? this.#chosen.get(index) : undefined;
      if (chosen !== undefined && hasMember(admissible, chosen)) return chosen;
    }
    return undefined;
  }

  /** The service's own Python is settled first: the others agree with it where they can, not it with them. */
  priority(package_: PackageIndex): number {
    const { environment } = this.#packages.at(package_);
    return isOtherPython(environment) ? this.#pythons.findIndex(({ id }) => id === environment) : 0;
  }

  async load(needs: readonly Need[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await Promise.all(
      needs.map(async ({ package: index, candidate }) => {
        const { name, environment } = this.#packages.at(index);
        if (candidate === undefined) await this.#view(environment).projects.loadList(name);
        else await this.#loadCandidate(name, this.#view(environment), candidate);
      }),
    );
    signal.throwIfAborted();
  }

  describe(package_: PackageIndex): PackageDescription {
    const described = this.#packages.at(package_);
    const where = whereOf(described.environment);
    if (described.kind === "real") {
      return { ecosystem: "pypi", kind: "real", label: `${described.name}${where}` };
    }
    const label = `${described.name}[${described.extras.join(",")}]${where}`;
    return { ecosystem: "pypi", kind: "feature", label, base: described.base.index };
  }

  describeVersions(package_: PackageIndex, versions: VersionSet): string {
    return versionWords(this.#candidates(package_), versions);
  }

  describeRequirement(_package_: PackageIndex, requirement: RequirementIndex): string {
    return this.#packages.requirementAt(requirement).text;
  }

  describeReason(reason: unknown): string {
    return isUnusableReason(reason) ? reasonText(reason) : "can't be used";
  }

  remarkOn(package_: PackageIndex): RequirementRemark | undefined {
    const { name, environment } = this.#packages.at(package_);
    const passedOver = this.#view(environment).projects.passedOver(name);
    return passedOver === undefined ? undefined : { kind: "first-index", ...passedOver };
  }

  packageId(package_: PackageIndex, candidate: CandidateIndex): string | undefined {
    const found = this.#candidates(package_)[candidate];
    return found === undefined ? undefined : packageIdOf(this.#packages.at(package_).name, found);
  }

  async collect(selection: Selection, context: CollectContext): Promise<EcosystemResolution> {
    const [main] = this.#pythons;
    const installed = new Map<string, SelectedVersion>();
    const resolution = collectResolution({
      manifests: context.manifests,
      views: this.#pythons,
      settings: this.#settings,
      provenance: main.projects.provenance,
      accepted: this.#accepted,
      selected: (name, environment) => {
        const package_ = this.#packages.real(name, environment);
        const candidate = selection.candidate(package_.index);
        if (candidate === undefined) return undefined;
        const project = this.#project(package_);
        const distribution = project.distributions.get(candidate);
        const found = project.list?.candidates[candidate];
        if (found === undefined || distribution?.kind !== "distribution") return undefined;
        const selected = { candidate: found, distribution };
        if (!isOtherPython(environment)) installed.set(packageIdOf(name, found), selected);
        return selected;
      },
      foreign: (requirement) => context.foreignPackageId(this.#context.foreign(requirement)),
      report: (diagnostic) => this.#context.report(diagnostic),
    });
    const warnings = await Promise.all(
      resolution.packages.map(async ({ id, name }) => {
        const selected = installed.get(id);
        return selected === undefined ? undefined : await differingWheels(name, selected, main.environment);
      }),
    );
    for (const warning of warnings) if (warning !== undefined) this.#context.report(warning);
    return resolution;
  }

  get #pythons(): readonly [PythonView, ...PythonView[]] {
    this.#views ??= this.#open([]);
    return this.#views;
  }

  #open(manifests: readonly Manifest[]): [PythonView, ...PythonView[]] {
    const main = new PythonView(this.#context, manifests, this.#settings);
    const others = otherPythons(this.#settings.pythons, main.environment.pythonText);
    return [
      main,
      ...others.map((python) => new PythonView(this.#context, manifests, this.#settings, { python, main })),
    ];
  }

  #view(environment: EnvironmentId): PythonView {
    const [main] = this.#pythons;
    return isOtherPython(environment) ? (this.#pythons.find(({ id }) => id === environment) ?? main) : main;
  }

  #project({ name, environment }: PypiPackage): Project {
    return this.#view(environment).projects.get(name);
  }

  #candidates(package_: PackageIndex): readonly Candidate[] {
    return this.#project(this.#packages.at(package_)).list?.candidates ?? [];
  }

  /** Metadata names the packages that will be asked for next. */
  async #loadCandidate(name: string, { projects, roots }: PythonView, candidate: CandidateIndex): Promise<void> {
    await projects.loadCandidate(name, candidate);
    const distribution = projects.get(name).distributions.get(candidate);
    if (distribution?.kind !== "distribution") return;
    for (const { requirement } of distribution.base) {
      if (!roots.excludes.has(requirement.name)) projects.expect(requirement.name);
    }
  }

  /** Only manifests may say that a package comes from a URL; a version that says so by itself can't be used. */
  #strayUrl({ roots }: PythonView, distribution: Distribution): UnusableReason | undefined {
    const found = distribution.base.find(
      ({ requirement: { url, name } }) => url !== undefined && !roots.directSources.has(name),
    );
    if (found === undefined) return undefined;
    const { name, url = "" } = found.requirement;
    return { kind: "metadata", problem: `it requires ${name} from ${url}, which only a manifest may do` };
  }

  #realDependencies(package_: RealPackage, candidate: CandidateIndex, distribution: Distribution): Dependency[] {
    const dependencies: Dependency[] = [];
    const found = this.#candidates(package_.index)[candidate];
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
    for (const external of externalRequirements(id, distribution, this.#pythons[0].environment)) {
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
    dependent: Dependent,
  ): void {
    const isBuild = environment.startsWith("build:");
    for (const one of isBuild ? [requirement] : this.#view(environment).roots.replace(requirement)) {
      this.#require(dependencies, one, environment, { text: writtenRange(one), kind: "registry" }, dependent);
    }
  }

  #require(
    dependencies: Dependency[],
    requirement: PypiRequirement,
    environment: EnvironmentId,
    origin: DependencyOrigin,
    dependent?: Dependent,
  ): void {
    const number = this.#packages.requirement(requirement.specifiers, requirement.specifierText);
    const real = this.#packages.real(requirement.name, environment);
    dependencies.push({ package: real.index, requirement: number, kind: "requires", origin });
    if (dependent !== undefined && setAsksForPrereleases(requirement.specifiers)) {
      const asking = this.#askers.get(real.index) ?? [];
      asking.push(dependent);
      this.#askers.set(real.index, asking);
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
  #unfitPython(view: PythonView, requires: string, why: string): readonly Dependency[] | Unavailable {
    const { environment, id } = view;
    const range = this.#settings.checksUpperBounds ? requires : lowerBoundText(requires);
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

/** Where a package is meant to be, for messages, where that is not the service itself. */
function whereOf(environment: EnvironmentId): string {
  if (isOtherPython(environment)) return ` (for python ${pythonOf(environment)})`;
  if (!environment.startsWith("build:")) return "";
  return ` (to build ${environment.slice("build:pypi:".length).replace("@", " ")})`;
}

/** A requirement without its name: extras, specifiers and marker as far as people need them. */
function writtenRange(requirement: PypiRequirement): string {
  return requirement.url === undefined ? requirement.specifierText : `@ ${requirement.url}`;
}
