import type { DeclaredEdge } from "./declared-edges.ts";
import type { Narrator } from "./narrator.ts";
import type { OpenedProject } from "./nested-project.ts";
import { NESTED_DIRECTORY, nestedFiles, nestedPreferences, readNestedManifest } from "./nested-project.ts";
import type {
  DependencyOrigin,
  Ecosystem,
  NestedProject,
  PackageDescription,
  PackageSource,
  RequirementRemark,
  RequirementTarget,
  Selection,
  SourceContext,
} from "../ecosystems/ecosystem.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { Manifest } from "../model/manifest.ts";
import { nestedWithin } from "../model/nested-id.ts";
import type { PackageId } from "../model/resolution.ts";
import type { EcosystemId, ForeignRequirement } from "../model/requirement.ts";
import { describeNotAskedFor, type VersionQuestion } from "./version-question.ts";
import { ANY_VERSION } from "../solver/provider.ts";
import type {
  CandidateIndex,
  Dependency,
  Need,
  PackageFacts,
  PackageIndex,
  Provider,
  RequirementIndex,
  Unavailable,
} from "../solver/provider.ts";
import { firstMember, fullSet, type VersionSet } from "../solver/version-set.ts";

/** What a source gets that does not depend on the problem as a whole. */
export type SourceSettings = Omit<SourceContext, "newPackage" | "foreign" | "nested" | "rangeAdmits">;

/** The parts that a joint problem is made of. */
export interface JointProblemParts {
  readonly ecosystems: ReadonlyMap<EcosystemId, Ecosystem>;
  readonly manifests: readonly Manifest[];
  /** Requirements of the service itself, as edges of the root. */
  readonly serviceRequirements: readonly ForeignRequirement[];
  readonly declaredEdges: readonly DeclaredEdge[];
  readonly question?: VersionQuestion | undefined;
  settingsOf(ecosystem: EcosystemId): SourceSettings;
}

/** The service itself: one candidate that depends on everything the manifests require. */
export const ROOT: PackageIndex = 0;

const rootFacts: PackageFacts = { count: 1 };

/**
 * The one problem that all ecosystems share. It hands out the solver's integers, sends each question to the source
 * that owns the package, and turns requirements between ecosystems into ordinary edges, so that the solver sees a
 * single problem and no ecosystem sees another.
 */
export class JointProblem implements Provider, Narrator {
  readonly #parts: JointProblemParts;
  readonly #sources = new Map<EcosystemId, PackageSource>();
  /** Projects inside of other packages, by those packages. */
  readonly #nested = new Map<PackageId, OpenedProject | "unreadable">();
  /** The source that owns each package; index {@link ROOT} belongs to none. */
  readonly #owner: (PackageSource | undefined)[] = [undefined];
  #rootDependencies: readonly Dependency[] = [];
  /** What a question leaves of the facts, which must not change once they were given. */
  readonly #narrowed = new Map<PackageIndex, PackageFacts>();

  constructor(parts: JointProblemParts) {
    this.#parts = parts;
    const dependencies: Dependency[] = [];
    for (const ecosystem of parts.ecosystems.keys()) {
      const manifests = parts.manifests.filter((manifest) => manifest.ecosystem === ecosystem);
      if (manifests.length > 0) dependencies.push(...this.source(ecosystem).rootDependencies(manifests));
    }
    for (const manifest of parts.manifests) {
      for (const requirement of manifest.foreign) dependencies.push(this.#foreignDependency(requirement, "manifest"));
    }
    for (const requirement of parts.serviceRequirements) {
      dependencies.push(this.#foreignDependency(requirement, requirement.origin === undefined ? "rule" : "manifest"));
    }
    this.#rootDependencies = dependencies;
  }

  /** The source of one ecosystem, opened when it is first needed. */
  source(ecosystem: EcosystemId): PackageSource {
    const opened = this.#sources.get(ecosystem);
    if (opened !== undefined) return opened;
    const definition = this.#definitionOf(ecosystem);
    const settings = this.#parts.settingsOf(ecosystem);
    const preferences = settings.preferences.filter((one) => nestedWithin(one.package.id) === undefined);
    const source = this.#open(definition, { ...settings, preferences });
    this.#sources.set(ecosystem, source);
    return source;
  }

  /** Opens a source whose packages belong to this problem. */
  #open(definition: Ecosystem, settings: SourceSettings): PackageSource {
    // The source may ask for new packages while it is being opened, before there is an object to own them.
    const holder: { source?: PackageSource } = {};
    const early: PackageIndex[] = [];
    const source = definition.openSource({
      ...settings,
      newPackage: () => {
        const index = this.#owner.length;
        this.#owner.push(holder.source);
        if (holder.source === undefined) early.push(index);
        return index;
      },
      foreign: (requirement) => this.source(requirement.ecosystem).accept(requirement),
      nested: (project) => this.#nestedDependencies(project),
      rangeAdmits: (syntax, range, version) => this.#rangeAdmits(syntax, range, version),
    });
    holder.source = source;
    for (const index of early) this.#owner[index] = source;
    return source;
  }

  #nestedDependencies(project: NestedProject): readonly Dependency[] {
    const known = this.#nested.get(project.within);
    if (known !== undefined) return known === "unreadable" ? [] : known.dependencies;
    const opened = this.#openNested(project);
    this.#nested.set(project.within, opened ?? "unreadable");
    return opened?.dependencies ?? [];
  }

  #openNested(project: NestedProject): OpenedProject | undefined {
    const settings = this.#parts.settingsOf(project.ecosystem);
    const definition = this.#parts.ecosystems.get(project.ecosystem);
    if (definition === undefined) return undefined;
    const files = nestedFiles(project, settings.files, settings.projectDirectory);
    const { manifest, diagnostics } = readNestedManifest(definition, project, files);
    if (manifest === undefined) {
      const problem = diagnostics[0]?.message ?? `there is no ${project.manifest}`;
      const message = `what ${project.within} builds inside is not locked: ${problem}`;
      settings.report({ code: "unreadable-nested-manifest", severity: "warning", message });
      return undefined;
    }
    const { preferences, locked } = nestedPreferences(definition, project, settings.preferences);
    const nested = { ...settings, files, projectDirectory: NESTED_DIRECTORY, preferences };
    const source = this.#open(definition, nested);
    const origin: DependencyOrigin = { text: "", kind: "rule", why: project.why };
    const dependencies = [
      ...source.rootDependencies([manifest]).map((dependency) => ({ ...dependency, origin })),
      ...manifest.foreign.map((requirement) => this.#foreignDependency(requirement, "rule")),
    ];
    return { project, manifest, source, dependencies, locked };
  }

  /** The projects inside of other packages that this problem has opened. */
  openedProjects(): readonly OpenedProject[] {
    return [...this.#nested.values()].filter((one) => one !== "unreadable");
  }

  #definitionOf(ecosystem: EcosystemId): Ecosystem {
    const definition = this.#parts.ecosystems.get(ecosystem);
    if (definition !== undefined) return definition;
    throw new EnkiError("unsupported", `the ecosystem "${ecosystem}" is not supported`, {
      hint: `supported ecosystems: ${[...this.#parts.ecosystems.keys()].join(", ")}`,
    });
  }

  /** Every source that this problem has opened, by ecosystem, in the order of the list of ecosystems. */
  openedSources(): readonly (readonly [EcosystemId, PackageSource])[] {
    const opened: (readonly [EcosystemId, PackageSource])[] = [];
    for (const ecosystem of this.#parts.ecosystems.keys()) {
      const source = this.#sources.get(ecosystem);
      if (source !== undefined) opened.push([ecosystem, source]);
    }
    return opened;
  }

  get rootDependencies(): readonly Dependency[] {
    return this.#rootDependencies;
  }

  /** One source that asks for depth-first order (to give its own tool's answers) settles it for the whole problem. */
  get order(): "fewest-first" | "depth-first" {
    const isDepthFirst = [...this.#sources.values()].some((source) => source.order === "depth-first");
    return isDepthFirst ? "depth-first" : "fewest-first";
  }

  facts(package_: PackageIndex): PackageFacts | undefined {
    if (package_ === ROOT) return rootFacts;
    const owner = this.#ownerOf(package_);
    const { question } = this.#parts;
    if (question === undefined || this.#sources.get(question.asked.ecosystem) !== owner) return owner.facts(package_);
    const known = this.#narrowed.get(package_);
    if (known !== undefined) return known;
    const facts = owner.facts(package_);
    const narrowed = facts === undefined ? undefined : question.narrowed(owner, package_, facts);
    if (narrowed !== undefined) this.#narrowed.set(package_, narrowed);
    return narrowed;
  }

  dependencies(package_: PackageIndex, candidate: CandidateIndex): readonly Dependency[] | Unavailable | undefined {
    if (package_ === ROOT) return this.#rootDependencies;
    const owner = this.#ownerOf(package_);
    const dependencies = owner.dependencies(package_, candidate);
    if (this.#parts.declaredEdges.length === 0 || dependencies === undefined || !Array.isArray(dependencies)) {
      return dependencies;
    }
    const declared = this.#declaredDependencies(owner, package_, candidate);
    return declared.length === 0 ? dependencies : [...(dependencies as readonly Dependency[]), ...declared];
  }

  matches(package_: PackageIndex, requirement: RequirementIndex): VersionSet {
    return package_ === ROOT ? fullSet(1) : this.#ownerOf(package_).matches(package_, requirement);
  }

  choose(
    package_: PackageIndex,
    admissible: VersionSet,
    isSelected: (package_: PackageIndex) => boolean,
  ): CandidateIndex {
    const owner = this.#owner[package_];
    return owner?.choose?.(package_, admissible, isSelected) ?? firstMember(admissible);
  }

  priority(package_: PackageIndex): number {
    return this.#owner[package_]?.priority?.(package_) ?? 0;
  }

  /** Fetches everything in `needs`, all ecosystems at once. */
  async load(needs: readonly Need[], signal: AbortSignal): Promise<void> {
    const perSource = new Map<PackageSource, Need[]>();
    for (const need of needs) {
      const owner = this.#ownerOf(need.package);
      const list = perSource.get(owner);
      if (list === undefined) perSource.set(owner, [need]);
      else list.push(need);
    }
    await Promise.all([...perSource].map(([source, list]) => source.load(list, signal)));
  }

  describe(package_: PackageIndex): PackageDescription {
    if (package_ === ROOT) return { ecosystem: "root", kind: "root", label: "the service" };
    return this.#ownerOf(package_).describe(package_);
  }

  describeVersions(package_: PackageIndex, versions: VersionSet): string {
    return package_ === ROOT ? "" : this.#ownerOf(package_).describeVersions(package_, versions);
  }

  describeRequirement(package_: PackageIndex, requirement: RequirementIndex): string {
    if (package_ === ROOT || requirement === ANY_VERSION) return "";
    return this.#ownerOf(package_).describeRequirement(package_, requirement);
  }

  describeReason(package_: PackageIndex, reason: unknown): string {
    return describeNotAskedFor(reason) ?? (package_ === ROOT ? "" : this.#ownerOf(package_).describeReason(reason));
  }

  remarkOn(package_: PackageIndex, requirement: RequirementIndex): RequirementRemark | undefined {
    return this.#owner[package_]?.remarkOn?.(package_, requirement);
  }

  /** The packages that this problem has met so far and that exist. */
  knownNames(ecosystem: EcosystemId): readonly string[] {
    const source = this.#sources.get(ecosystem);
    const met = this.#owner.flatMap((owner, package_) => (owner !== undefined && owner === source ? [package_] : []));
    const labels = met.flatMap((package_) => {
      const { kind, label } = this.describe(package_);
      return (kind === "real" || kind === "slot") && this.candidateCount(package_) > 0 ? [label] : [];
    });
    return [...new Set(labels)].toSorted();
  }

  candidateCount(package_: PackageIndex): number {
    return this.facts(package_)?.count ?? 0;
  }

  /** The real package that was selected for a requirement. */
  packageId(target: RequirementTarget, selection: Selection): PackageId | undefined {
    const candidate = selection.candidate(target.package);
    if (candidate === undefined) return undefined;
    return this.#owner[target.package]?.packageId(target.package, candidate, selection);
  }

  #ownerOf(package_: PackageIndex): PackageSource {
    const owner = this.#owner[package_];
    if (owner === undefined) throw new EnkiError("internal", `package ${package_} belongs to no source`);
    return owner;
  }

  #rangeAdmits(syntax: EcosystemId, range: string, version: string): boolean {
    const definition = this.#parts.ecosystems.get(syntax);
    if (definition === undefined) throw new EnkiError("unsupported", `there is no range language "${syntax}"`);
    return definition.rangeAdmits(range, version);
  }

  #foreignDependency(requirement: ForeignRequirement, kind: DependencyOrigin["kind"]): Dependency {
    const target = this.source(requirement.ecosystem).accept(requirement);
    const origin: DependencyOrigin = {
      text: requirement.range,
      kind,
      why: requirement.why,
      ...(requirement.origin === undefined ? {} : { place: requirement.origin }),
    };
    return { package: target.package, requirement: target.requirement, kind: "requires", origin };
  }

  #declaredDependencies(
    owner: PackageSource,
    package_: PackageIndex,
    candidate: CandidateIndex,
  ): readonly Dependency[] {
    if (owner.describe(package_).kind !== "real") return [];
    const id = owner.packageId(package_, candidate);
    if (id === undefined) return [];
    const at = id.lastIndexOf("@");
    const declared: Dependency[] = [];
    for (const edge of this.#parts.declaredEdges) {
      if (id.slice(0, at) !== `${edge.from.ecosystem}:${edge.from.name}`) continue;
      const version = id.slice(at + 1);
      if (edge.from.range !== undefined && !this.#rangeAdmits(edge.from.ecosystem, edge.from.range, version)) continue;
      declared.push(this.#foreignDependency(edge.to, "manifest"));
    }
    return declared;
  }
}
