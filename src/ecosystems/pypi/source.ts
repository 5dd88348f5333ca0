/** PyPI's packages in one problem: facts for the solver, words for people, and the result. */
import type {
  CollectContext,
  HeldVersions,
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
import { filterSet, type VersionSet } from "../../solver/version-set.ts";
import { normaliseName } from "./pep/names.ts";
import { parseSpecifierSet } from "./pep/specifier.ts";
import { rangeHas } from "./pep/version-range.ts";
import type { Candidate } from "./candidates.ts";
import { CandidateChooser } from "./choose-candidate.ts";
import { collectResolution, type SelectedVersion } from "./collect.ts";
import { differingWheels } from "./differing-wheels.ts";
import { packageIdOf } from "./package-id.ts";
import { DependencyMaker } from "./make-dependencies.ts";
import { PackageTable, type PypiPackage } from "./package-table.ts";
import type { Project } from "./projects.ts";
import { isOtherPython, pythonOf, PythonViews, type PythonView } from "./python-view.ts";
import { isUnusableReason, reasonText } from "./reasons.ts";
import { readSettings, type PypiSettings } from "./settings.ts";
import { versionWords } from "./version-words.ts";

/** What there is once the manifests are known. */
interface OpenedProblem {
  readonly pythons: PythonViews;
  readonly chooser: CandidateChooser;
  readonly dependencies: DependencyMaker;
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
  #problem: OpenedProblem | undefined;

  constructor(context: SourceContext) {
    this.#context = context;
    this.#settings = readSettings(context.options.settings);
    this.#packages = new PackageTable(() => context.newPackage());
  }

  rootDependencies(manifests: readonly Manifest[]): readonly Dependency[] {
    this.#problem = this.#open(manifests);
    return this.#problem.dependencies.ofManifests();
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
    return this.#opened.dependencies.ofCandidate(this.#packages.at(package_), candidate);
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
    return this.#opened.chooser.choose(package_, admissible, isSelected);
  }

  /** The service's own Python is settled first: the others agree with it where they can, not it with them. */
  priority(package_: PackageIndex): number {
    return this.#pythons.rank(this.#packages.at(package_).environment);
  }

  async load(needs: readonly Need[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await Promise.all(
      needs.map(async ({ package: index, candidate }) => {
        const { name, environment } = this.#packages.at(index);
        if (candidate === undefined) await this.#pythons.of(environment).projects.loadList(name);
        else await this.#loadCandidate(name, this.#pythons.of(environment), candidate);
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
    const passedOver = this.#pythons.of(environment).projects.passedOver(name);
    return passedOver === undefined ? undefined : { kind: "first-index", ...passedOver };
  }

  packageId(package_: PackageIndex, candidate: CandidateIndex): string | undefined {
    const found = this.#candidates(package_)[candidate];
    return found === undefined ? undefined : packageIdOf(this.#packages.at(package_).name, found);
  }

  versionsOf(package_: PackageIndex, name: string): HeldVersions | undefined {
    const described = this.#packages.at(package_);
    if (described.kind !== "real" || described.name !== normaliseName(name)) return undefined;
    const versions = this.#candidates(package_).map(({ text }) => text);
    return { versions, existing: versions };
  }

  async collect(selection: Selection, context: CollectContext): Promise<EcosystemResolution> {
    const { all, main } = this.#pythons;
    const installed = new Map<string, SelectedVersion>();
    const resolution = collectResolution({
      manifests: context.manifests,
      views: all,
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

  get #opened(): OpenedProblem {
    this.#problem ??= this.#open([]);
    return this.#problem;
  }

  get #pythons(): PythonViews {
    return this.#opened.pythons;
  }

  #open(manifests: readonly Manifest[]): OpenedProblem {
    const context = this.#context;
    const settings = this.#settings;
    const packages = this.#packages;
    const pythons = new PythonViews(context, manifests, settings);
    const chooser = new CandidateChooser(context.options, packages, pythons);
    return { pythons, chooser, dependencies: new DependencyMaker({ context, settings, packages, pythons, chooser }) };
  }

  #project({ name, environment }: PypiPackage): Project {
    return this.#pythons.of(environment).projects.get(name);
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
}

/** Where a package is meant to be, for messages, where that is not the service itself. */
function whereOf(environment: EnvironmentId): string {
  if (isOtherPython(environment)) return ` (for python ${pythonOf(environment)})`;
  if (!environment.startsWith("build:")) return "";
  return ` (to build ${environment.slice("build:pypi:".length).replace("@", " ")})`;
}
