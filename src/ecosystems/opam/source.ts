import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ForeignRequirement } from "../../model/requirement.ts";
import type { EcosystemResolution, PackageId } from "../../model/resolution.ts";
import { suggestWord } from "../../model/suggestion.ts";
import {
  ANY_VERSION,
  type CandidateIndex,
  type Dependency,
  type Need,
  type PackageFacts,
  type PackageIndex,
  type RequirementIndex,
  type Unavailable,
  type UnavailableCandidates,
} from "../../solver/provider.ts";
import { addMember, emptySet, membersOf, type VersionSet } from "../../solver/version-set.ts";
import type {
  CollectContext,
  HeldVersions,
  DependencyOrigin,
  PackageDescription,
  PackageSource,
  RequirementTarget,
  Selection,
  SourceContext,
} from "../ecosystem.ts";
import { Candidate, orderCandidates } from "./candidates.ts";
import { collectResolution } from "./collect.ts";
import { COMPILER_PRIORITY, compilerDependency } from "./compiler.ts";
import { compilerPackages } from "./compiler-packages.ts";
import { DependencyBuilder } from "./dependency-builder.ts";
import { environmentOf, type OpamEnvironment } from "./environment.ts";
import { evaluatePackage, type EvaluatedPackage } from "./evaluated.ts";
import { ForeignEdges } from "./foreign-edges.ts";
import { InnerCrates } from "./inner-crates.ts";
import type { OpamDefinition } from "./definition.ts";
import { foreignPrograms } from "./system-packages.ts";
import { documentOf } from "./manifest.ts";
import type { OpamRepository } from "./repository/repository.ts";
import { pinnedCandidate, readPins, type Pin } from "./pins.ts";
import { parseRange } from "./range.ts";
import { manifestDependencies } from "./root-dependencies.ts";
import { readSettings, type OpamSettings } from "./settings.ts";
import { PackageTable } from "./package-table.ts";
import { CLAIM_CAPACITY, type CandidateRequirement, type RealPackage } from "./solver-packages.ts";
import { openUniverse, type OpamUniverse, type UniverseView } from "./universe.ts";
import { versionFormulaText, versionFulfils } from "./formula.ts";
import { packageWords, reasonText, versionWords, type UnusableReason } from "./words.ts";

const nothingWanted: ReadonlySet<string> = new Set();

const NAMED_PRIORITY = -3;

/** The opam packages of one problem. Once the repositories are open, every question is answered at once. */
export class OpamSource implements PackageSource {
  readonly environment: OpamEnvironment;
  readonly settings: OpamSettings;
  readonly foreignEdges: ForeignEdges;
  private readonly context: SourceContext;
  private readonly open: () => Promise<OpamUniverse>;
  private readonly builder: DependencyBuilder;
  private readonly table: PackageTable;
  /** Packages of the project and those whose tests were asked for; the others are kept with the universe. */
  private readonly evaluated = new Map<Candidate, EvaluatedPackage>();
  private readonly edges = new Map<Candidate, readonly Dependency[] | Unavailable>();
  /** Packages of the project itself: they replace those of the repositories. */
  private readonly local = new Map<string, Candidate>();
  private readonly pins = new Map<string, Pin>();
  /** Names in the request: the request's flags hold for them. */
  private readonly named = new Set<string>();
  private readonly preferred: ReadonlyMap<string, string>;
  private readonly innerCrates: InnerCrates;
  private view: UniverseView | undefined;

  /** `open` gives the repositories; by default those of the context. */
  constructor(context: SourceContext, open: () => Promise<OpamUniverse> = () => openUniverse(context)) {
    this.context = context;
    this.open = open;
    this.settings = readSettings(context.options);
    this.environment = environmentOf(context.target.system, this.settings.variables);
    const { compiler } = this.settings;
    const isFromNixpkgs = compiler.kind === "default" && compiler.isFromNixpkgs;
    this.foreignEdges = new ForeignEdges(context, isFromNixpkgs ? context.target.tools.get("ocaml") : undefined);
    this.innerCrates = new InnerCrates(context);
    this.preferred = new Map(context.preferences.map(({ name, version }) => [name, version]));
    this.table = new PackageTable(() => context.newPackage());
    this.builder = new DependencyBuilder(this.table);
  }

  rootDependencies(manifests: readonly Manifest[]): readonly Dependency[] {
    for (const manifest of manifests) {
      const document = documentOf(manifest);
      if (document.kind === "table") {
        for (const { name } of document.requirements) this.named.add(name);
      } else {
        const { definition } = document;
        this.named.add(definition.name);
        this.local.set(definition.name, new Candidate(definition.name, definition.version, definition));
        for (const pin of readPins(definition, this.context.files, this.context.projectDirectory)) {
          this.pins.set(pin.name, pin);
        }
      }
    }
    const dependencies = manifests.flatMap((manifest) =>
      manifestDependencies(manifest, {
        builder: this.builder,
        table: this.table,
        evaluate: (definition) => this.evaluateLocal(definition.name),
        foreign: (definition) => this.foreignEdges.of(definition, this.environment),
      }),
    );
    const compiler = compilerDependency(manifests, this.settings, this.table);
    // opam's solver looks at the last wish first.
    if (this.settings.order === "opam") dependencies.reverse();
    return compiler === undefined ? dependencies : [...dependencies, compiler];
  }

  accept(requirement: ForeignRequirement): RequirementTarget {
    const package_ = this.table.real(requirement.name);
    const syntax = requirement.rangeSyntax ?? "opam";
    const range = requirement.range.trim();
    if (range === "" || range === "*") return { package: package_.index, requirement: ANY_VERSION };
    const own = syntax === "opam" ? parseRange(range) : undefined;
    const wanted: CandidateRequirement = {
      key: `${syntax}:${range}`,
      text: own === undefined ? range : versionFormulaText(own),
      admits: ({ version }) =>
        own === undefined ? this.context.rangeAdmits(syntax, range, version) : versionFulfils(own, version),
    };
    return { package: package_.index, requirement: package_.number(wanted) };
  }

  async load(needs: readonly Need[], _signal: AbortSignal): Promise<void> {
    const universe = await this.open();
    this.view ??= universe.under(this.environment);
    await Promise.all(needs.map((need) => this.loadCrate(need)));
  }

  /** Where the build of a version runs cargo, its sources tell what that needs. */
  private async loadCrate({ package: package_, candidate }: Need): Promise<void> {
    const entry = this.table.get(package_);
    if (candidate === undefined || entry.kind !== "real") return;
    const version = this.candidates(entry)?.[candidate];
    const definition = version === undefined ? undefined : this.evaluate(version)?.definition;
    if (version !== undefined && definition !== undefined && this.runsCargo(version, definition)) {
      await this.innerCrates.load(version, definition);
    }
  }

  /** The project's own crates are in its own Cargo.toml. */
  private runsCargo(candidate: Candidate, definition: OpamDefinition): boolean {
    return !candidate.isProject && foreignPrograms(definition, this.environment).has("cargo");
  }

  facts(package_: PackageIndex): PackageFacts | undefined {
    const entry = this.table.get(package_);
    if (entry.kind === "alternative") return { count: entry.alternatives.length };
    if (entry.kind === "claim") return { count: CLAIM_CAPACITY };
    const candidates = this.candidates(entry);
    if (candidates === undefined) return undefined;
    if (candidates.length === 0) {
      const registries = this.repositories().map((repository) => repository.location);
      const names = (): readonly string[] => this.view?.universe.repositories.names() ?? [];
      const missing: UnusableReason = {
        kind: "missing",
        registries,
        get similar() {
          const meant = suggestWord(entry.name, names());
          return meant === undefined ? [] : [meant];
        },
      };
      return { count: 0, missing };
    }
    return { count: candidates.length, unavailable: this.unavailable(entry, candidates) };
  }

  dependencies(package_: PackageIndex, candidate: CandidateIndex): readonly Dependency[] | Unavailable | undefined {
    const entry = this.table.get(package_);
    if (entry.kind === "alternative") return entry.alternatives[candidate] ?? [];
    if (entry.kind === "claim") return [];
    const version = this.candidates(entry)?.[candidate];
    if (version === undefined) return undefined;
    let edges = this.edges.get(version);
    if (edges === undefined) {
      edges = this.edgesOf(version);
      if (edges === undefined) return undefined;
      this.edges.set(version, edges);
    }
    return edges;
  }

  matches(package_: PackageIndex, requirement: RequirementIndex): VersionSet {
    const entry = this.table.get(package_);
    if (entry.kind === "alternative") {
      const all = emptySet(entry.alternatives.length);
      for (const index of entry.alternatives.keys()) addMember(all, index);
      return all;
    }
    return entry.matches(requirement);
  }

  choose(
    package_: PackageIndex,
    admissible: VersionSet,
    isSelected: (package_: PackageIndex) => boolean,
  ): CandidateIndex {
    const entry = this.table.get(package_);
    const members = membersOf(admissible);
    const first = members[0] ?? 0;
    if (entry.kind === "real") {
      const version = this.preferred.get(entry.name);
      if (version === undefined) return first;
      return members.find((index) => entry.candidates?.[index]?.version === version) ?? first;
    }
    if (entry.kind === "claim" || entry.priority < 0 || this.settings.order === "opam") return first;
    // What is part of the answer anyway serves best.
    const isFree = (index: number): boolean =>
      (entry.alternatives[index] ?? []).every((dependency) => isSelected(dependency.package));
    return members.find(isFree) ?? first;
  }

  get order(): "fewest-first" | "depth-first" {
    return this.settings.order === "opam" ? "depth-first" : "fewest-first";
  }

  /** What the user named comes first, then the compiler: everything else hangs on these two. */
  priority(package_: PackageIndex): number {
    const entry = this.table.get(package_);
    if (this.settings.order === "opam" || entry.kind === "claim") return 0;
    if (entry.kind === "alternative") return entry.priority;
    if (this.named.has(entry.name)) return NAMED_PRIORITY;
    return compilerPackages.includes(entry.name) ? COMPILER_PRIORITY : 0;
  }

  describe(package_: PackageIndex): PackageDescription {
    return { ecosystem: "opam", ...packageWords(this.table.get(package_)) };
  }

  describeVersions(package_: PackageIndex, versions: VersionSet): string {
    return versionWords(this.table.get(package_), versions);
  }

  describeRequirement(package_: PackageIndex, requirement: RequirementIndex): string {
    const entry = this.table.get(package_);
    if (entry.kind === "real") return entry.requirementText(requirement);
    return entry.kind === "claim" ? (entry.claimants[requirement - 1] ?? "") : "";
  }

  describeReason(reason: unknown): string {
    return reasonText(reason as UnusableReason);
  }

  packageId(package_: PackageIndex, candidate: CandidateIndex): PackageId | undefined {
    const entry = this.table.get(package_);
    if (entry.kind !== "real") return undefined;
    const version = entry.candidates?.[candidate];
    return version?.id;
  }

  versionsOf(package_: PackageIndex, name: string): HeldVersions | undefined {
    const entry = this.table.get(package_);
    if (entry.kind !== "real" || entry.name !== name) return undefined;
    const versions = (entry.candidates ?? []).map(({ version }) => version);
    return { versions, existing: versions };
  }

  collect(selection: Selection, context: CollectContext): Promise<EcosystemResolution> {
    const selected = new Map<string, { readonly candidate: Candidate; readonly evaluated: EvaluatedPackage }>();
    for (const entry of this.table.names()) {
      const index = selection.candidate(entry.index);
      const candidate = index === undefined ? undefined : entry.candidates?.[index];
      const evaluated = candidate === undefined ? undefined : this.evaluate(candidate);
      if (candidate !== undefined && evaluated !== undefined) selected.set(entry.name, { candidate, evaluated });
    }
    return Promise.resolve(
      collectResolution({
        selected,
        collect: context,
        environment: this.environment,
        settings: this.settings,
        foreignEdges: this.foreignEdges,
        repositories: this.repositories(),
        crateProblem: (candidate) => {
          const crate = this.innerCrates.of(candidate);
          return crate !== undefined && "problem" in crate ? crate.problem : undefined;
        },
        evaluateLocal: (name) => this.evaluateLocal(name),
        wantedFor: (name) => this.wantedFor(name),
        report: (diagnostic) => this.context.report(diagnostic),
      }),
    );
  }

  private candidates(package_: RealPackage): readonly Candidate[] | undefined {
    if (package_.candidates !== undefined) return package_.candidates;
    const local = this.local.get(package_.name);
    const pin = this.pins.get(package_.name);
    if (local !== undefined) {
      package_.candidates = [local];
    } else if (pin !== undefined && this.view !== undefined) {
      package_.candidates = [pinnedCandidate(pin, this.view.universe)];
    } else if (this.view !== undefined) {
      const candidates = this.view.universe.candidates(package_.name);
      package_.candidates = this.isLowestFirst(package_.name) ? orderCandidates(candidates, "lowest") : candidates;
    }
    return package_.candidates;
  }

  private isLowestFirst(name: string): boolean {
    const versions = this.context.options.versions ?? "highest";
    return versions === "lowest" || (versions === "lowest-direct" && this.named.has(name));
  }

  private repositories(): readonly OpamRepository[] {
    return this.view?.universe.repositories.repositories ?? [];
  }

  /** Candidates whose `available` filter does not hold, one group per filter. */
  private unavailable(package_: RealPackage, candidates: readonly Candidate[]): UnavailableCandidates[] {
    if (this.view === undefined || this.local.has(package_.name) || this.pins.has(package_.name)) return [];
    const ordered = this.view.universe.candidates(package_.name);
    return this.view.unavailableGroups(package_.name).map(({ filter, positions }) => {
      const group = emptySet(candidates.length);
      for (const position of positions) {
        const candidate = ordered[position];
        if (candidate !== undefined)
          addMember(group, candidates === ordered ? position : candidates.indexOf(candidate));
      }
      return { candidates: group, reason: { kind: "unavailable", filter } satisfies UnusableReason };
    });
  }

  private edgesOf(candidate: Candidate): readonly Dependency[] | Unavailable | undefined {
    const evaluated = this.evaluate(candidate);
    if (evaluated === undefined) {
      const diagnostic = candidate.unreadable();
      if (diagnostic !== undefined) this.context.report({ ...diagnostic, severity: "note" });
      return { kind: "unavailable", reason: { kind: "unreadable", diagnostic } satisfies UnusableReason };
    }
    const dependencies: Dependency[] = evaluated.clauses.flatMap(
      (clause) => this.builder.clause(clause, makeOrigin) ?? [],
    );
    for (const className of evaluated.conflictClasses) {
      const class_ = this.table.claim(className);
      const requirement = class_.claim(candidate.name);
      if (requirement === undefined) {
        return { kind: "unavailable", reason: { kind: "crowded-class", className } satisfies UnusableReason };
      }
      const origin = makeOrigin(`conflict-class: "${className}"`);
      dependencies.push({ package: class_.index, requirement, kind: "requires", origin });
    }
    for (const atom of evaluated.conflicts) dependencies.push(this.builder.conflict(atom, makeOrigin));
    dependencies.push(...this.foreignEdges.of(evaluated.definition, this.environment));
    if (this.runsCargo(candidate, evaluated.definition)) {
      const crate = this.innerCrates.of(candidate);
      if (crate === undefined) return undefined;
      if ("project" in crate) dependencies.push(...this.context.nested(crate.project));
    }
    return dependencies;
  }

  private evaluate(candidate: Candidate): EvaluatedPackage | undefined {
    const { name, version } = candidate;
    const isPinned = candidate.repository === undefined || candidate.pinnedTo !== undefined;
    const report = (diagnostic: Diagnostic): void =>
      this.context.report({ ...diagnostic, severity: isPinned ? "warning" : "note" });
    const wanted = this.wantedFor(name);
    if (!isPinned && wanted.size === 0) return this.view?.evaluate(candidate, report);
    let evaluated = this.evaluated.get(candidate);
    if (evaluated === undefined) {
      const definition = candidate.definition();
      if (definition === undefined) return undefined;
      const scope = { name, version, isPinned, wanted };
      evaluated = evaluatePackage(definition, this.environment, scope, report);
      this.evaluated.set(candidate, evaluated);
    }
    return evaluated;
  }

  private wantedFor(name: string): ReadonlySet<string> {
    return this.named.has(name) ? this.settings.wanted : nothingWanted;
  }

  private evaluateLocal(name: string): EvaluatedPackage | undefined {
    const candidate = this.local.get(name);
    return candidate === undefined ? undefined : this.evaluate(candidate);
  }
}

function makeOrigin(text: string): DependencyOrigin {
  return { text, kind: "registry" };
}
