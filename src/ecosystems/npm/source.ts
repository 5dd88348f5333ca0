import { EnkiError } from "../../model/enki-error.ts";
import type { ForeignRequirement } from "../../model/requirement.ts";
import type { EcosystemResolution, PackageId } from "../../model/resolution.ts";
import type { Manifest } from "../../model/manifest.ts";
import type {
  CandidateIndex,
  Dependency,
  Need,
  PackageFacts,
  PackageIndex,
  RequirementIndex,
  Unavailable,
  UnavailableCandidates,
} from "../../solver/provider.ts";
import { addMember, emptySet, filterSet, hasMember, membersOf, type VersionSet } from "../../solver/version-set.ts";
import type {
  CollectContext,
  HeldVersions,
  Objection,
  PackageDescription,
  PackageSource,
  RequirementRemark,
  RequirementTarget,
  Selection,
  SourceContext,
} from "../ecosystem.ts";
import { CandidateChooser } from "./choose-candidate.ts";
import { LockedAnswer } from "./locked-answer.ts";
import { Lessons } from "./lessons.ts";
import { nodePlatform } from "./node-platform.ts";
import { openCandidatePolicy, openPeerPolicy } from "./policies.ts";
import { collectResolution } from "./collect.ts";
import { fillSlot, loadSlot, slotRegistryName } from "./slot-content.ts";
import { readFolderPackage } from "./folder-package.ts";
import { isReadableRange } from "./version-range.ts";
import { loadNpmConfiguration, type NpmConfiguration } from "./npm-configuration.ts";
import { connectedBy, npmConnection } from "./npm-connection.ts";
import { packageIdOf } from "./package-id.ts";
import { PackumentStore } from "./packument-store.ts";
import { absentCandidate, type ChoiceNode, type InstanceNode, type ProblemNode, type Scope } from "./problem-nodes.ts";
import { layOutProjects, type ProjectLayout } from "./layout.ts";
import { ProblemBuilder } from "./problem-builder.ts";
import { projectOf } from "./manifest.ts";
import type { LocalEdge, NpmProject } from "./project.ts";
import { openRegistry, type PackumentRegistry } from "./registry.ts";
import { tarballAddress } from "./registry-host.ts";
import { RequirementTable } from "./requirement-table.ts";
import { rangeHolds } from "./version-range.ts";
import { describeCandidates } from "./describe-candidates.ts";
import { type NpmReason, reasonText, refused } from "./reasons.ts";

/** Classes of decision: what a decision entails comes at once, then the direct requirements, then all else. */
const entailed = 1;
const direct = 2;
const automaticAtRoot = 3;
const transitive = 4;

/** npm's packages in one problem. */
export class NpmSource implements PackageSource {
  readonly #context: SourceContext;
  readonly #requirements = new RequirementTable();
  readonly #builder: ProblemBuilder;
  readonly #store: PackumentStore;
  readonly #registry: PackumentRegistry;
  readonly #projects: { scopes: readonly Scope[]; project: NpmProject }[] = [];
  readonly #configuration: NpmConfiguration;
  readonly #locked: LockedAnswer;
  readonly #chooser: CandidateChooser;
  readonly #serviceEdges: LocalEdge[] = [];
  #service: Scope | undefined;
  readonly #lessons: Lessons;
  /** Laying out is a tenth of the work, and both `learnFrom` and `collect` need it. */
  #layouts: { readonly selection: Selection; readonly layouts: readonly ProjectLayout[] } | undefined;

  constructor(given: SourceContext) {
    const configuration = loadNpmConfiguration(given.files, given.projectDirectory, given.environmentVariables);
    this.#configuration = configuration;
    const context = { ...given, http: connectedBy(npmConnection(configuration, given), given.http) };
    this.#context = context;
    this.#lessons = new Lessons(nodePlatform(context.target.system));
    this.#locked = new LockedAnswer(context.preferences);
    const policy = openCandidatePolicy(context, configuration);
    this.#registry = openRegistry(context.registries, {
      http: context.http,
      files: context.files,
      projectDirectory: context.projectDirectory,
      configuration,
      needsFullDocuments: policy.excludeNewerMs !== undefined || context.options.settings.get("licences") === true,
    });
    this.#store = new PackumentStore(this.#registry, policy, this.#locked.versions);
    this.#builder = new ProblemBuilder(
      context,
      this.#requirements,
      openPeerPolicy(context.options, configuration),
      (project, path) => readFolderPackage(context, project, path),
    );
    this.#chooser = new CandidateChooser(this.#builder, this.#locked, context.options.versions === "lowest-direct");
  }

  rootDependencies(manifests: readonly Manifest[]): readonly Dependency[] {
    const projects = manifests.map(projectOf);
    // A workspace's own package.json is part of the root that lists it.
    const members = new Set(
      projects.flatMap((project) =>
        project.workspaces.map(({ path }) => `${project.directory === "" ? "" : `${project.directory}/`}${path}`),
      ),
    );
    const dependencies: Dependency[] = [];
    for (const project of projects) {
      if (project.directory !== "" && members.has(project.directory)) continue;
      const scopes = project.isSynthetic === true ? [this.#openService(project)] : this.#openProject(project);
      const packages = [project.root, ...project.workspaces];
      scopes.forEach((scope, index) => {
        const local = packages[index];
        if (local !== undefined) dependencies.push(...this.#builder.localDependencies(scope, local));
      });
    }
    return dependencies;
  }

  accept(requirement: ForeignRequirement): RequirementTarget {
    if (!isReadableRange(requirement.range)) {
      throw new EnkiError("invalid-manifest", `${requirement.range} is not a range of npm (${requirement.why})`);
    }
    const scope = (this.#service ??= this.#openService(emptyProject));
    const { name, range } = requirement;
    const isKnown = this.#serviceEdges.some((edge) => edge.name === name && edge.spec === range);
    // One tree holds one version at its top, so several requirements on a name share one slot.
    if (!isKnown) {
      this.#serviceEdges.push({ name, spec: range, kind: "prod", origin: requirement.origin ?? { file: "enki.toml" } });
    }
    const edge = {
      name: requirement.name,
      rawSpec: requirement.range,
      spec: requirement.range,
      admits: requirement.range,
      kind: "prod" as const,
      rule: undefined,
    };
    const slot = this.#builder.slot(scope, edge);
    return {
      package: slot.index,
      requirement: this.#requirements.intern(requirement.name, requirement.range, "prod"),
    };
  }

  #unfitReason(node: InstanceNode | ChoiceNode): Unavailable | undefined {
    const known = this.#lessons.against(node);
    if (known !== undefined) return known;
    const problem = node.kind === "instance" ? this.#builder.unfitSurroundings(node) : undefined;
    return problem === undefined ? undefined : { kind: "unavailable", reason: refused(problem) };
  }

  /** The tree of what enki.toml asks for, and of what packages of other ecosystems turn out to need: one folder. */
  #openService(project: NpmProject): Scope {
    this.#serviceEdges.push(...project.root.edges);
    const root = { ...project.root, edges: this.#serviceEdges };
    const [scope] = this.#openProject({ ...project, root, hasTentativeEdges: true });
    if (scope === undefined) throw new EnkiError("internal", "a project without a scope");
    this.#service = scope;
    return scope;
  }

  #openProject(project: NpmProject): readonly Scope[] {
    const { scopes } = this.#builder.openProject(project);
    this.#projects.push({ project, scopes });
    return scopes;
  }

  facts(package_: PackageIndex): PackageFacts | undefined {
    const node = this.#node(package_);
    if (node.kind === "instance") return { count: 1 };
    if (node.kind === "choice") return { count: 2 };
    const content = fillSlot(node, this.#store);
    if (content === undefined) return undefined;
    if (content.kind === "missing") {
      return node.isOptional ? { count: 1 } : { count: 0, missing: content.reason };
    }
    if (content.kind !== "registry") return { count: 2 };
    const count = content.list.count + 1;
    const unavailable: UnavailableCandidates[] = [];
    if (content.list.hidden.length > 0) {
      const candidates = emptySet(count);
      for (const candidate of content.list.hidden) addMember(candidates, candidate);
      unavailable.push({ candidates, reason: content.list.tooNew });
    }
    unavailable.push(...this.#lessons.unavailable(node, content.list));
    return { count, unavailable };
  }

  dependencies(package_: PackageIndex, candidate: CandidateIndex): readonly Dependency[] | Unavailable | undefined {
    const node = this.#node(package_);
    if (node.kind === "instance") {
      return this.#unfitReason(node) ?? this.#builder.instanceDependencies(node);
    }
    if (node.kind === "choice") {
      if (candidate === 0) return node.shared;
      return this.#unfitReason(node) ?? node.own;
    }
    const content = fillSlot(node, this.#store);
    if (content === undefined) return undefined;
    const instance = this.#builder.instanceFor(node, content, candidate);
    if (instance === undefined) return [];
    return [{ package: instance.index, requirement: 0, kind: "requires", origin: { text: "", kind: "rule" } }];
  }

  matches(package_: PackageIndex, requirement: RequirementIndex): VersionSet {
    const node = this.#node(package_);
    const wanted = this.#requirements.get(requirement);
    const content = node.kind === "slot" ? fillSlot(node, this.#store) : undefined;
    if (node.kind !== "slot" || content === undefined || wanted === undefined) return filterSet(1, () => true);
    if (content.kind === "registry") {
      const { spec, admitsAbsence, admitsAnyVersion } = wanted;
      if (admitsAnyVersion) return content.list.all(admitsAbsence);
      return content.list.matching(spec, admitsAbsence, this.#locked.versionForTag(node));
    }
    if (content.kind === "missing") return filterSet(1, () => wanted.admitsAbsence);
    const version = content.kind === "local" ? content.local.version : content.manifest.version;
    const { spec } = wanted;
    const isAdmitted = spec.kind !== "range" || spec === node.spec || rangeHolds(spec.range, version);
    return filterSet(2, (candidate) => (candidate === 0 ? isAdmitted : wanted.admitsAbsence));
  }

  choose(
    package_: PackageIndex,
    admissible: VersionSet,
    isSelected: (package_: PackageIndex) => boolean,
  ): CandidateIndex {
    const node = this.#node(package_);
    if (node.kind !== "slot" || node.content?.kind !== "registry") return membersOf(admissible)[0] ?? 0;
    return this.#chooser.choose(node, node.content.list, admissible, isSelected);
  }

  priority(package_: PackageIndex): number {
    const node = this.#node(package_);
    if (node.kind !== "slot") return entailed;
    if (node.isDirect) return direct;
    return node.owner.isRoot ? automaticAtRoot : transitive;
  }

  async load(needs: readonly Need[], signal: AbortSignal): Promise<void> {
    const loads: Promise<void>[] = [];
    for (const need of needs) {
      const node = this.#builder.nodes.get(need.package);
      if (node?.kind === "slot") loads.push(loadSlot(node, this.#store, this.#context, signal));
    }
    await Promise.all(loads);
  }

  describe(package_: PackageIndex): PackageDescription {
    const node = this.#node(package_);
    if (node.kind === "slot") return { ecosystem: "npm", kind: "slot", label: node.name };
    if (node.kind === "choice")
      return { ecosystem: "npm", kind: "alternative", label: `${node.name} for ${node.instance.manifest.name}` };
    return { ecosystem: "npm", kind: "real", label: node.manifest.name };
  }

  describeVersions(package_: PackageIndex, versions: VersionSet): string {
    const node = this.#node(package_);
    if (node.kind === "instance") return node.manifest.version;
    if (node.kind === "choice") return hasMember(versions, 0) ? "shared" : "a copy of its own";
    if (node.content === undefined) return "";
    return describeCandidates(node.content, versions);
  }

  describeRequirement(_package: PackageIndex, requirement: RequirementIndex): string {
    return this.#requirements.get(requirement)?.text ?? "";
  }

  describeReason(reason: unknown): string {
    return reasonText(reason as NpmReason);
  }

  remarkOn(package_: PackageIndex, requirement: RequirementIndex): RequirementRemark | undefined {
    const node = this.#node(package_);
    const spec = this.#requirements.get(requirement)?.spec;
    if (node.kind !== "slot" || node.content?.kind !== "registry" || spec?.kind !== "range") return undefined;
    const versions = node.content.list.packument.list.uninvited(spec.range);
    return versions.length === 0 ? undefined : { kind: "prerelease", versions };
  }

  packageId(package_: PackageIndex, candidate: CandidateIndex): PackageId | undefined {
    const node = this.#node(package_);
    if (node.kind === "choice") return undefined;
    if (node.kind === "instance") return packageIdOf(node.manifest, node.local);
    const { content } = node;
    if (content === undefined || candidate >= absentCandidate(content)) return undefined;
    if (content.kind === "local") return packageIdOf(undefined, content.local);
    const instance = this.#builder.instanceFor(node, content, candidate);
    return instance === undefined ? undefined : packageIdOf(instance.manifest, instance.local);
  }

  versionsOf(package_: PackageIndex, name: string): HeldVersions | undefined {
    const node = this.#node(package_);
    if (node.kind !== "slot" || slotRegistryName(node) !== name || node.content?.kind !== "registry") return undefined;
    const { list } = node.content;
    const existing = list.packument.list.versions;
    const versions = Array.from(existing, (_, candidate) => existing[list.versionIndex(candidate) ?? 0] ?? "");
    return { versions, existing, wanted: list.matching(node.spec, false) };
  }

  learnFrom(selection: Selection): Objection | undefined {
    const objection = this.#lessons.learn(this.#layOut(selection), selection, this.#builder);
    // What is admitted is no longer what was laid out.
    if (objection !== undefined) this.#layouts = undefined;
    return objection;
  }

  collect(selection: Selection, context: CollectContext): Promise<EcosystemResolution> {
    return collectResolution({
      layouts: this.#layOut(selection),
      ignoresPeers: this.#builder.ignoresPeers,
      registryLabel: this.#registry.label,
      addressOf: (name, url) => this.#tarballAddress(name, url),
      authorization: (name, url) => this.#configuration.tarballAuthorizationFor(url, this.#registryOf(name)),
      collectContext: context,
      sourceContext: this.#context,
    });
  }

  #tarballAddress(name: string, url: string): string {
    const [location] = this.#context.registries;
    // A folder's documents are taken at their word.
    if (location?.kind === "path") return url;
    return tarballAddress(url, this.#registryOf(name), this.#configuration);
  }

  /** The address of the registry that answers for a name. */
  #registryOf(name: string): string {
    const [location] = this.#context.registries;
    return location?.kind === "http" ? location.url : this.#configuration.registryFor(name);
  }

  #layOut(selection: Selection): readonly ProjectLayout[] {
    if (this.#layouts?.selection === selection) return this.#layouts.layouts;
    const layouts = layOutProjects({
      projects: this.#projects.map(({ scopes }) => scopes),
      roots: this.#projects.flatMap(({ project, scopes }) => this.#rootEdges(project, scopes)),
      matches: (slot, requirement) => this.#lessons.usable(slot, this.matches(slot.index, requirement)),
      isLocked: (slot, candidate) => {
        const version = this.#locked.versionFor(slot);
        return (
          version !== undefined &&
          slot.content?.kind === "registry" &&
          slot.content.list.candidateAt(version) === candidate
        );
      },
      builder: this.#builder,
      selection,
    });
    this.#layouts = { selection, layouts };
    return layouts;
  }

  /** The solver's edges from the roots, once more. */
  #rootEdges(project: NpmProject, scopes: readonly Scope[]): readonly Dependency[] {
    const packages = [project.root, ...project.workspaces];
    return scopes.flatMap((scope, index) => {
      const local = packages[index];
      return local === undefined ? [] : this.#builder.localDependencies(scope, local);
    });
  }

  #node(package_: PackageIndex): ProblemNode {
    const node = this.#builder.nodes.get(package_);
    if (node === undefined) throw new EnkiError("internal", `package ${package_} is not one of npm`);
    return node;
  }
}

/** Where packages lie that only other ecosystems need. */
const emptyProject: NpmProject = {
  file: "enki.toml",
  directory: "",
  root: { path: "", name: "", version: "", edges: [], lockFields: {} },
  workspaces: [],
  overrides: undefined,
  indentation: "  ",
  newline: "\n",
  isSynthetic: true,
};
