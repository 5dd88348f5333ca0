import { EnkiError } from "../../../model/enki-error.ts";
import type { SourceContext } from "../../ecosystem.ts";
import type { CargoWorkspace } from "../manifest/manifest-document.ts";
import { parseRustVersion } from "../manifest/rust-version.ts";
import type { Release } from "../package/release.ts";
import type { CrateSource } from "../package/crate-source.ts";
import { publicRegistry } from "../package/crate-source.ts";
import type { CandidateIndex, PackageIndex } from "../../../solver/provider.ts";
import type { Patch } from "./patches.ts";
import { isPatchOf, patchedCatalog, patchesOf, standInEntry } from "./patches.ts";
import type { Catalog, CatalogEntry } from "../registry/catalog.ts";
import { readConfiguration } from "../registry/configuration.ts";
import { isInvalidRelease } from "../registry/index-line.ts";
import { Registries } from "../registry/registries.ts";
import type { Compatibility } from "../versions/compatibility.ts";
import { compatibilityOf } from "../versions/compatibility.ts";
import { admits, onlyCompatibility } from "../versions/requirement.ts";
import type { CargoVersion } from "../versions/version.ts";
import { compareVersions, parseVersion } from "../versions/version.ts";
import type { OrderOptions } from "./candidate-order.ts";
import { orderEntries } from "./candidate-order.ts";
import { CatalogStore } from "./catalog-store.ts";
import { DependencyCompiler } from "./dependency-compiler.ts";
import type { FactOptions } from "./facts.ts";
import { LinksClaims } from "./links-claims.ts";
import { localRelease } from "../package/local-release.ts";
import { LockedReleases } from "./locked-releases.ts";
import { NodeTable } from "./node-table.ts";
import type { BucketNode, LocalNode, Node, WideNode } from "./nodes.ts";
import { ReachingMembers } from "./reaching-members.ts";
import { RequirementTable } from "./requirement-table.ts";

/** Everything that one problem knows: its packages, catalogs and the rules that its options set. */
export class CargoProblem {
  readonly context: SourceContext;
  readonly registries: Registries;
  readonly nodes: NodeTable;
  readonly requirements: RequirementTable = new RequirementTable();
  readonly catalogs: CatalogStore;
  readonly compiler: DependencyCompiler;
  readonly factOptions: FactOptions;
  readonly defaultSource: CrateSource = publicRegistry;
  /** Whether a wide requirement rather takes a version that is there already than a newer one. */
  readonly prefersSharing: boolean;
  readonly workspaces: CargoWorkspace[] = [];
  /** What other ecosystems ask for, if it is selected. */
  readonly requestedElsewhere: Set<BucketNode | WideNode> = new Set();
  /** Whether `alias?/feature` brings the optional dependency into the lock, as in every cargo so far. */
  readonly activatesWeak: boolean;
  /** What this answer leaves out compared with cargo's own. */
  readonly gaps: string[] = [];
  patches: readonly Patch[] = [];
  /** Set when members want different toolchains: then it matters which of them need a package. */
  reaching: ReachingMembers | undefined;
  readonly #locked: LockedReleases;
  /** What `[replace]` put aside, by what stands in its place. */
  readonly #replaced = new Map<CatalogEntry, CatalogEntry>();
  #orderOptions: OrderOptions;

  constructor(context: SourceContext) {
    const { options } = context;
    this.context = context;
    this.#locked = new LockedReleases(context.preferences);
    this.registries = new Registries(context, (source) => this.#locked.commitOf(source));
    this.nodes = new NodeTable(() => context.newPackage());
    this.catalogs = new CatalogStore(
      (source) => this.registries.of(source),
      (crate, source, found) => this.#withPatches(crate, source, found),
    );
    this.prefersSharing = options.settings.get("dedupe") === true;
    this.activatesWeak = options.settings.get("weak-features") !== "omit";
    if (!this.activatesWeak)
      this.gaps.push("optional dependencies that only weak features name are left out of the lock");
    this.factOptions = {
      similar: (crate, source) => this.catalogs.similar(crate, source),
      isLocked: (entry, crate) => this.#locked.has(crate, entry.version, entry.source),
      excludeNewer: options.excludeNewer,
      allowsUnknownTime: options.settings.get("unknown-publication-time") === "allow",
    };
    this.#orderOptions = {
      isPreferred: (crate, version, source) => this.#locked.has(crate, version, source) || this.#isPatch(crate, source),
      rustVersions: [],
      direction: options.versions === "lowest" ? "lowest" : "highest",
    };
    this.compiler = new DependencyCompiler({
      nodes: this.nodes,
      requirements: this.requirements,
      claims: new LinksClaims(this.requirements),
      foreign: (requirement) => context.foreign(requirement),
      strictEngines: options.strictEngines === true,
      holdsDirectLow: options.versions === "lowest-direct",
    });
  }

  get orderOptions(): OrderOptions {
    return this.#orderOptions;
  }

  /** Adds the packages of workspaces; several manifests may belong to one. */
  addWorkspaces(workspaces: readonly CargoWorkspace[]): void {
    for (const workspace of workspaces) {
      if (this.workspaces.some(({ file }) => file === workspace.file)) continue;
      this.workspaces.push(workspace);
      const named = (name: string): CrateSource | undefined => this.registries.named(name);
      for (const local of workspace.members) this.nodes.addLocal(local, localRelease(local, named), true);
      for (const local of workspace.localPackages) this.nodes.addLocal(local, localRelease(local, named), false);
    }
    this.patches = patchesOf(this.workspaces, (name) => this.registries.named(name));
    const rustVersions = this.#preferredRustVersions();
    this.#orderOptions = { ...this.#orderOptions, rustVersions };
    if (new Set(rustVersions.map(({ text }) => text)).size > 1) this.reaching = new ReachingMembers();
  }

  /** The order of a bucket's candidates for those members that need it. */
  orderFor(node: BucketNode, reaching: ReachingMembers, isSelected: (package_: PackageIndex) => boolean): OrderOptions {
    const members = new Map(this.members().map((member) => [member.index, member]));
    const rustVersions: CargoVersion[] = [];
    for (const index of reaching.of(node.index, new Set(members.keys()), isSelected)) {
      const text = members.get(index)?.local.rustVersion;
      const version = text === undefined ? undefined : parseRustVersion(text);
      if (version !== undefined && typeof version !== "string") rustVersions.push(version);
    }
    return { ...this.#orderOptions, rustVersions };
  }

  /** The package that really stands behind a candidate which a patch put into a bucket. */
  patchTarget(node: BucketNode, candidate: CandidateIndex): LocalNode | BucketNode | undefined {
    const entry = node.entries[candidate];
    if (entry === undefined || entry.source.id === node.source.id) return undefined;
    if (entry.source.kind === "path") return this.nodes.local(entry.source.directory);
    return this.nodes.bucket(node.crate, entry.source, node.compatibility);
  }

  /** The release in whose place `[replace]` put a candidate, which the lock names all the same. */
  replacedRelease(node: BucketNode, candidate: CandidateIndex): Release | undefined {
    const stand = node.entries[candidate];
    const release = stand === undefined ? undefined : this.#replaced.get(stand)?.release();
    return release === undefined || isInvalidRelease(release) ? undefined : release;
  }

  /** The release that a patch offers, as far as it is loaded. */
  patchRelease({ crate, source, requirement, replaces }: Patch): Release | undefined {
    if (source.kind === "path") return this.nodes.local(source.directory)?.release;
    const catalog = this.catalogs.get(crate, source);
    const entries = catalog === undefined || catalog === "missing" ? [] : catalog.entries;
    const entry =
      replaces === undefined
        ? newest(entries.filter(({ version, isYanked }) => !isYanked && admits(requirement, version)))
        : entries.find(({ version }) => version.text === replaces.text);
    const release = entry?.release();
    return release === undefined || isInvalidRelease(release) ? undefined : release;
  }

  #isPatch(crate: string, source: CrateSource): boolean {
    return this.patches.some(
      (patch) => patch.replaces === undefined && patch.crate === crate && patch.source.id === source.id,
    );
  }

  #withPatches(crate: string, source: CrateSource, found: Catalog | undefined): Catalog | undefined {
    const entries = this.patches.flatMap((patch) => {
      if (patch.crate !== crate || !isPatchOf(patch, source)) return [];
      const { replaces } = patch;
      const replaced = found?.entries.find(({ version }) => version.text === replaces?.text);
      if (replaces !== undefined && replaced === undefined) return [];
      const release = this.patchRelease(patch);
      if (release?.crate !== crate) {
        if (replaces === undefined) return [];
        throw new EnkiError(
          "invalid-manifest",
          `${crate} ${replaces.text} is replaced by ${patch.source.id}, which has no such version`,
        );
      }
      const stand = standInEntry(release);
      if (replaced !== undefined) this.#replaced.set(stand, replaced);
      return [stand];
    });
    return entries.length === 0 ? found : patchedCatalog(crate, source, found, entries);
  }

  members(): readonly LocalNode[] {
    return [...this.nodes.locals].filter((node) => node.isMember);
  }

  compatibilityOf(entry: CatalogEntry): Compatibility {
    return compatibilityOf(entry.version);
  }

  /** Fills a bucket from its catalog; false while that is not loaded. */
  open(node: BucketNode): boolean {
    if (node.catalog !== undefined) return true;
    const catalog = this.catalogs.get(node.crate, node.source);
    if (catalog === undefined) return false;
    node.catalog = catalog;
    if (catalog === "missing") return true;
    node.entries = orderEntries(node.crate, catalog.entriesOf(node.compatibility), this.#orderOptions);
    return true;
  }

  /** Puts the classes that a lock chose for this dependent first; `classes` come highest first. */
  orderClasses(node: WideNode, classes: readonly BucketNode[]): readonly BucketNode[] {
    const chosen = this.#locked.chosenBy(this.nodes.find(node.dependent), node.crate);
    if (chosen === undefined) return classes;
    const isChosen = (bucket: BucketNode): boolean => bucket.compatibility === chosen;
    return [...classes.filter(isChosen), ...classes.filter((bucket) => !isChosen(bucket))];
  }

  /**
   * Loads the catalogs of `wanted` and, on the way, those of what their best candidates certainly need: most of them are
   * asked for next, and every round trip saved counts.
   */
  async load(wanted: readonly Node[], signal: AbortSignal): Promise<void> {
    const seen = new Set<string>();
    const visit = async (
      crate: string,
      source: CrateSource,
      compatibility: Compatibility | undefined,
    ): Promise<void> => {
      const key = `${crate} ${source.id} ${compatibility ?? ""}`;
      if (seen.has(key)) return;
      seen.add(key);
      // What patches offer must be there before the catalog that they change.
      const offers = this.patches.filter((patch) => patch.crate === crate && isPatchOf(patch, source));
      await Promise.all(offers.map((patch) => this.catalogs.load(crate, patch.source, signal)));
      await this.catalogs.load(crate, source, signal);
      const catalog = this.catalogs.get(crate, source);
      if (catalog === undefined || catalog === "missing") return;
      const entries = compatibility === undefined ? catalog.entries : catalog.entriesOf(compatibility);
      const best = entries.find((entry) => !entry.isYanked && entry.version.prerelease === "") ?? entries[0];
      const release = best?.release();
      if (release === undefined || isInvalidRelease(release)) return;
      await Promise.all(
        release.dependencies
          .filter((dependency) => dependency.kind !== "dev" && !dependency.isOptional)
          .map((dependency) => visit(dependency.crate, dependency.source, onlyCompatibility(dependency.requirement))),
      );
    };
    await Promise.all(
      wanted.map((node) => {
        const real = node.kind === "feature" ? node.base : node;
        if (real.kind === "local") return Promise.resolve();
        return visit(real.crate, real.source, real.kind === "bucket" ? real.compatibility : undefined);
      }),
    );
  }

  /** The toolchains that candidates should work with, or none where cargo would not care. */
  #preferredRustVersions(): readonly CargoVersion[] {
    const configured =
      this.context.environmentVariables["CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS"] === undefined &&
      this.context.options.settings.get("incompatible-rust-versions") !== undefined
        ? this.context.options.settings.get("incompatible-rust-versions")
        : readConfiguration(this.context).incompatibleRustVersions;
    const cares =
      configured === undefined ? this.workspaces.some(({ resolver }) => resolver === "3") : configured === "fallback";
    if (!cares) return [];
    const versions: CargoVersion[] = [];
    for (const { members } of this.workspaces) {
      for (const { rustVersion } of members) {
        const version = rustVersion === undefined ? undefined : parseRustVersion(rustVersion);
        if (version !== undefined && typeof version !== "string") versions.push(version);
      }
    }
    if (versions.length > 0) return versions;
    const rustc = this.context.target.tools.get("rustc");
    const version = rustc === undefined ? undefined : parseVersion(rustc);
    return version === undefined ? [] : [version];
  }
}

function newest(entries: readonly CatalogEntry[]): CatalogEntry | undefined {
  return entries.reduce<CatalogEntry | undefined>(
    (best, entry) => (best === undefined || compareVersions(entry.version, best.version) > 0 ? entry : best),
    undefined,
  );
}
