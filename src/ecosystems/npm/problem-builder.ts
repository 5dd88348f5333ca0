import type { Dependency, PackageIndex } from "../../solver/provider.ts";
import type { DependencyOrigin, SourceContext } from "../ecosystem.ts";
import { parseDependencySpec } from "./dependency-spec.ts";
import { type FolderReader, localContent, localManifest } from "./local-content.ts";
import { rootOverrides, type OverrideRule } from "./overrides.ts";
import type { PackageManifest } from "./packument.ts";
import type {
  ChoiceNode,
  InstanceNode,
  PeerProvider,
  ProblemNode,
  ProjectState,
  Scope,
  ScopeEdge,
  SlotContent,
  SlotNode,
} from "./problem-nodes.ts";
import type { LocalPackage, NpmProject } from "./project.ts";
import type { RequirementTable } from "./requirement-table.ts";
import { isPeerEdge, localEdges, manifestEdges, peerEdges, scopeEdge } from "./scope-edges.ts";
import { toolchainRequirements } from "./toolchain-edges.ts";
import { rangeHolds } from "./version-range.ts";

/** How conflicting peers are dealt with: `strict` nowhere, `npm` below the roots by a second copy, `legacy` ignores peers. */
export type PeerPolicy = "strict" | "npm" | "legacy";

/** Cyclic peers may enclose each other without end; from this depth on an instance is used again instead of a new one. */
const maximumNesting = 3;

/** Who could do without a package, but wants it in `spec` where it is. */
export interface OptionalPeer {
  readonly instance: InstanceNode;
  readonly spec: string;
}

/**
 * Builds the packages of npm's part of a problem: a slot per dependency of a scope, an instance per package version and
 * surroundings of its peers, a choice per peer that may be had twice. Nodes are made when they are first asked for.
 */
export class ProblemBuilder {
  readonly nodes: Map<PackageIndex, ProblemNode> = new Map<PackageIndex, ProblemNode>();
  readonly #context: Pick<SourceContext, "newPackage" | "foreign" | "options">;
  readonly #requirements: RequirementTable;
  readonly #peers: PeerPolicy;
  readonly #readFolder: FolderReader;
  readonly #instances = new Map<string, InstanceNode>();
  /** What instances would like of packages that they can do without: a name to who asks and for what. */
  readonly optionalPeers: Map<string, OptionalPeer[]> = new Map();
  /** Instances by registry name and version, for sharing. */
  readonly #byVersion = new Map<string, InstanceNode[]>();
  readonly #ruleNumbers = new Map<OverrideRule, number>();

  constructor(
    context: Pick<SourceContext, "newPackage" | "foreign" | "options">,
    requirements: RequirementTable,
    peers: PeerPolicy,
    readFolder: FolderReader,
  ) {
    this.#context = context;
    this.#requirements = requirements;
    this.#peers = peers;
    this.#readFolder = readFolder;
  }

  get ignoresPeers(): boolean {
    return this.#peers === "legacy";
  }

  /** The instances of a package from a registry that exist so far. */
  instancesOf(name: string): readonly InstanceNode[] {
    return this.#byVersion.get(name) ?? [];
  }

  /** Opens a root project: its scopes are the root itself and every workspace. */
  openProject(project: NpmProject): { state: ProjectState; scopes: readonly Scope[] } {
    const state: ProjectState = {
      project,
      rules: rootOverrides(project.overrides),
      rootRequirements: new Map(project.root.edges.map(({ name, spec }) => [name, spec])),
      workspaces: new Map(project.workspaces.map((workspace) => [workspace.name, workspace])),
    };
    const scopes = [project.root, ...project.workspaces].map((local) => this.#localScope(state, local));
    return { state, scopes };
  }

  /** The dependencies of a root, a workspace or a linked folder, with overrides applied. */
  localEdges(scope: Scope, local: LocalPackage): readonly ScopeEdge[] {
    const edges = localEdges(scope, local);
    return this.ignoresPeers ? edges.filter((edge) => !isPeerEdge(edge)) : edges;
  }

  /** What a root, workspace or linked folder requires, as edges for the solver. */
  localDependencies(scope: Scope, local: LocalPackage): Dependency[] {
    const origins = new Map<string, DependencyOrigin>(
      local.edges.map(({ name, spec, origin }) => [name, { text: spec, kind: "manifest", place: origin }]),
    );
    return this.#edgeDependencies(scope, this.localEdges(scope, local), (edge) => origins.get(edge.name));
  }

  /** The slot through which a candidate's instance is reached, and what that instance needs of its surroundings. */
  instanceFor(slot: SlotNode, content: SlotContent, candidate: number): InstanceNode | undefined {
    if (slot.instances.has(candidate)) return slot.instances.get(candidate);
    const instance = this.#instanceFor(slot, content, candidate);
    slot.instances.set(candidate, instance);
    return instance;
  }

  #instanceFor(slot: SlotNode, content: SlotContent, candidate: number): InstanceNode | undefined {
    if (content.kind === "registry") {
      const index = content.list.versionIndex(candidate);
      return index === undefined ? undefined : this.#instance(slot, content.list.packument.manifest(index), undefined);
    }
    if (candidate !== 0 || content.kind === "missing") return undefined;
    if (content.kind === "pinned") return this.#instance(slot, content.manifest, undefined);
    // A workspace is part of the problem anyway; only folders named by `file:` bring their own dependencies.
    if (slot.owner.state.workspaces.get(content.local.name) === content.local) return undefined;
    return this.#instance(slot, localManifest(content.local), content.local);
  }

  instanceDependencies(instance: InstanceNode): readonly Dependency[] {
    instance.dependencies ??= this.#computeInstance(instance);
    return instance.dependencies;
  }

  /**
   * The peer of an instance for which its surroundings offer a package that has it as a dependency, in a version that
   * does not fit; `undefined` when there is none. Nothing can be chosen there, so no dependency can say it.
   */
  unfitSurroundings(instance: InstanceNode): string | undefined {
    for (const edge of this.instancePeers(instance)) {
      const provider = instance.scope.peers.get(edge.name);
      if (provider?.kind !== "self") continue;
      const { version } = provider.instance.manifest;
      if (!rangeHolds(edge.admits, version))
        return `needs ${edge.name} ${edge.admits} beside it, where ${version} lies`;
    }
    return undefined;
  }

  /** The dependencies of an instance (peers not among them), with overrides applied. */
  instanceEdges(instance: InstanceNode): readonly ScopeEdge[] {
    const { manifest, scope, local } = instance;
    if (local !== undefined) return this.localEdges(scope, local);
    return manifestEdges(scope, manifest);
  }

  /** The peers that an instance asks of its surroundings, with overrides applied. */
  instancePeers(instance: InstanceNode): readonly ScopeEdge[] {
    return this.ignoresPeers ? [] : peerEdges(instance.scope, instance.manifest);
  }

  /** The slot for a dependency of a scope; made when it is not there yet. */
  slot(scope: Scope, edge: ScopeEdge, peerOf?: PackageManifest): SlotNode {
    const known = scope.slots.get(edge.name);
    if (known !== undefined) return known;
    const slot = this.#newSlot(scope, edge, peerOf);
    scope.slots.set(edge.name, slot);
    return slot;
  }

  #newSlot(scope: Scope, edge: ScopeEdge, peerOf?: PackageManifest): SlotNode {
    const spec = parseDependencySpec(edge.name, edge.spec);
    const base = edge.spec === edge.rawSpec ? scope.folder : "";
    const slot: SlotNode = {
      kind: "slot",
      index: this.#context.newPackage(),
      name: edge.name,
      owner: scope,
      spec,
      base,
      rule: edge.rule,
      isDirect: scope.isRoot && peerOf === undefined,
      peerOf,
      isOptional: edge.kind === "optional" || edge.kind === "peerOptional",
      isLenient: edge.admits !== edge.spec,
      content: localContent(scope.state, spec, edge, base, this.#readFolder),
      instances: new Map(),
      waitingFor: [],
    };
    this.nodes.set(slot.index, slot);
    return slot;
  }

  #localScope(state: ProjectState, local: LocalPackage): Scope {
    return {
      state,
      isRoot: true,
      label: local.name,
      folder: local.path,
      // A workspace is reached from the root, so what the overrides say below its name holds in it.
      rule: local.path === "" ? state.rules : state.rules?.forEdge(local.name, `file:${local.path}`),
      slots: new Map(),
      peers: new Map(),
      nesting: 0,
      instance: undefined,
    };
  }

  #instance(slot: SlotNode, manifest: PackageManifest, local: LocalPackage | undefined): InstanceNode {
    const { owner } = slot;
    const rule = slot.rule?.forPackage(slot.name, manifest.version);
    const peers = new Map<string, PeerProvider>();
    let nesting = 0;
    for (const name of this.ignoresPeers ? [] : manifest.peerDependencies.keys()) {
      const provider = this.#provider(owner, manifest, rule, name);
      if (provider === undefined) continue;
      peers.set(name, provider);
      // Counted along the dependents: a copy of a peer may bring peers with copies of their own, and so on.
      if (owner.instance !== undefined) nesting = owner.nesting + 1;
    }
    const versionKey = `${manifest.name}@${manifest.version}`;
    const origin = slot.spec.kind === "range" || slot.spec.kind === "tag" ? "" : JSON.stringify(slot.spec);
    const rules = this.#ruleNumber(rule);
    const surroundings = [...peers].map(([name, provider]) =>
      provider.kind === "slot"
        ? `${name}=${provider.slot.index}${provider.isFromAbove ? "+" : ""}${provider.choice?.index ?? ""}`
        : `${name}=self${provider.instance.index}`,
    );
    // Peers of direct dependencies are hard, so those instances are not shared with others.
    const strictness = peers.size > 0 && owner.isRoot ? "root" : "";
    const project =
      rules === 0 && local === undefined && owner.state.workspaces.size === 0 ? "" : owner.state.project.file;
    const installedAs = slot.name;
    const alias = installedAs === manifest.name ? "" : installedAs;
    const key = [versionKey, alias, origin, project, rules, strictness, surroundings.toSorted().join(" ")].join("\n");
    const known = this.#instances.get(key);
    if (known !== undefined) return known;
    const siblings = this.#byVersion.get(manifest.name) ?? [];
    if (nesting > maximumNesting) {
      const twin = siblings.find((sibling) => sibling.manifest.version === manifest.version);
      if (twin !== undefined) return twin;
    }
    const scope: Scope = {
      state: owner.state,
      isRoot: false,
      label: versionKey,
      folder: local?.path,
      rule,
      slots: new Map(),
      peers,
      nesting,
      instance: undefined,
    };
    const instance: InstanceNode = {
      kind: "instance",
      index: this.#context.newPackage(),
      manifest,
      local,
      installedAs,
      scope,
      dependentIsRoot: owner.isRoot,
      dependencies: undefined,
      foreign: [],
      choices: new Map(),
    };
    Object.assign(scope, { instance });
    this.#instances.set(key, instance);
    if (local === undefined) this.#byVersion.set(manifest.name, [...siblings, instance]);
    this.nodes.set(instance.index, instance);
    return instance;
  }

  #ruleNumber(rule: OverrideRule | undefined): number {
    if (rule === undefined) return 0;
    const known = this.#ruleNumbers.get(rule);
    if (known !== undefined) return known;
    this.#ruleNumbers.set(rule, this.#ruleNumbers.size + 1);
    return this.#ruleNumbers.size;
  }

  /** Who provides peer `name` of a dependency of `scope`; what overrides say below the dependency holds for the peer too. */
  #provider(
    scope: Scope,
    manifest: PackageManifest,
    rule: OverrideRule | undefined,
    name: string,
  ): PeerProvider | undefined {
    if (manifest.dependencies.has(name) || manifest.optionalDependencies.has(name)) return undefined;
    const own = scope.slots.get(name);
    if (own !== undefined) return { kind: "slot", slot: own, isFromAbove: false, choice: undefined };
    const above = scope.peers.get(name);
    if (above?.kind === "slot") {
      return { ...above, isFromAbove: true, choice: scope.instance?.choices.get(name) };
    }
    if (above !== undefined) return above;
    const spec = manifest.peerDependencies.get(name) ?? "*";
    const dependent = scope.instance;
    const edge = scopeEdge({ ...scope, rule }, { name, spec }, "peer", manifest.accepted.get(name));
    if (
      dependent?.manifest.name === name &&
      dependent.installedAs === name &&
      rangeHolds(edge.admits, dependent.manifest.version)
    ) {
      return { kind: "self", instance: dependent };
    }
    return { kind: "slot", slot: this.slot(scope, edge, manifest), isFromAbove: false, choice: undefined };
  }

  #computeInstance(instance: InstanceNode): readonly Dependency[] {
    const { scope } = instance;
    const dependencies =
      instance.local === undefined
        ? this.#edgeDependencies(scope, this.instanceEdges(instance), (edge) => ({
            text: edge.spec,
            kind: "registry",
            ...(edge.spec !== edge.rawSpec && { why: `override of ${edge.rawSpec}` }),
          }))
        : this.localDependencies(scope, instance.local);
    for (const edge of this.instancePeers(instance)) {
      this.#addPeer(instance, edge, dependencies);
      if (edge.kind === "peerOptional") this.#noteOptionalPeer(instance, edge);
    }
    this.#addToolchains(instance, dependencies);
    return dependencies;
  }

  #edgeDependencies(
    scope: Scope,
    edges: readonly ScopeEdge[],
    originOf: (edge: ScopeEdge) => DependencyOrigin | undefined,
  ): Dependency[] {
    return edges.map((edge) => ({
      package: this.slot(scope, edge).index,
      requirement: this.#requirements.intern(edge.name, edge.admits, edge.kind),
      kind: edge.kind === "peerOptional" ? "constrains" : "requires",
      origin: originOf(edge) ?? { text: edge.spec, kind: "registry" },
    }));
  }

  #addPeer(instance: InstanceNode, edge: ScopeEdge, dependencies: Dependency[]): void {
    const provider = instance.scope.peers.get(edge.name);
    if (provider === undefined || provider.kind === "self") return;
    const origin: DependencyOrigin = {
      text: edge.spec,
      kind: "registry",
      why: `peer dependency of ${instance.manifest.name}`,
    };
    const isOptional = edge.kind === "peerOptional";
    const requirement = this.#requirements.intern(edge.name, edge.admits, edge.kind);
    const shared: Dependency = {
      package: provider.slot.index,
      requirement,
      kind: isOptional ? "constrains" : "requires",
      origin,
    };
    // What the dependent itself has from above can't be had twice below it: one of the two would see the other's copy.
    const followed = provider.choice?.ownSlot === undefined ? undefined : provider.choice;
    const isHard = this.#peers === "strict" || instance.dependentIsRoot || provider.isFromAbove;
    if (isHard && followed === undefined) {
      dependencies.push(shared);
      return;
    }
    // Not among the scope's slots: only this peer uses it, and only when the choice falls that way.
    const ownSlot = isOptional
      ? undefined
      : (followed?.ownSlot ?? this.#newSlot(instance.scope, edge, instance.manifest));
    const own: Dependency[] =
      ownSlot === undefined ? [] : [{ package: ownSlot.index, requirement, kind: "requires", origin }];
    const tie: Dependency[] =
      followed === undefined ? [] : [{ package: followed.index, requirement: 0, kind: "same", origin }];
    const choice: ChoiceNode = {
      kind: "choice",
      index: this.#context.newPackage(),
      instance,
      name: edge.name,
      shared: [shared, ...tie],
      own: [...own, ...tie],
      ownSlot,
    };
    this.nodes.set(choice.index, choice);
    instance.choices.set(edge.name, choice);
    dependencies.push({ package: choice.index, requirement: 0, kind: "requires", origin });
  }

  #noteOptionalPeer(instance: InstanceNode, { name, spec }: ScopeEdge): void {
    const wishes = this.optionalPeers.get(name);
    if (wishes === undefined) this.optionalPeers.set(name, [{ instance, spec }]);
    else wishes.push({ instance, spec });
  }

  #addToolchains(instance: InstanceNode, dependencies: Dependency[]): void {
    const isStrict = this.#context.options.strictEngines === true;
    for (const requirement of toolchainRequirements(instance.manifest, isStrict)) {
      const { range, why } = requirement;
      const target = this.#context.foreign(requirement);
      instance.foreign.push({ target, requirement });
      dependencies.push({ ...target, kind: "requires", origin: { text: range, kind: "rule", why } });
    }
  }
}
