import { compareBytewise } from "../../model/order.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { ForeignRequirement } from "../../model/requirement.ts";
import type { EcosystemResolution, Edge, PackageId, ResolvedPackage } from "../../model/resolution.ts";
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
import { type VersionSet, filterSet, membersOf } from "../../solver/version-set.ts";
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
import { type ResolvedName, readUserNames, resolveName } from "./foreign-name.ts";
import type { NameMeaning, Role } from "./name-table.ts";
import { roleOf } from "./name-table.ts";
import type { AttributePackage, GroupPackage, ProblemPackage, ToolPackage } from "./problem-package.ts";
import { type NixpkgsIndex, unrecordedVersion } from "./release.ts";
import { tableRequirements } from "./table-manifest.ts";

interface Requirement {
  readonly syntax: string;
  readonly range: string;
}

/** Attributes and toolchains of one pinned nixpkgs, as packages of one problem. Everything is known from the start. */
export class NixSource implements PackageSource {
  readonly #context: SourceContext;
  readonly #index: NixpkgsIndex;
  readonly #userNames: ReadonlyMap<string, NameMeaning>;
  readonly #packages = new Map<PackageIndex, ProblemPackage>();
  readonly #byName = new Map<string, ProblemPackage>();
  readonly #requirements: Requirement[] = [{ syntax: "nix", range: "*" }];
  readonly #requirementNumbers = new Map<string, RequirementIndex>();
  readonly #roles = new Map<string, Set<Role>>();
  readonly #environment = new Map<string, Map<string, string>>();

  constructor(context: SourceContext, index: NixpkgsIndex) {
    this.#context = context;
    this.#index = index;
    this.#userNames = readUserNames(context.options.settings.get("names"));
  }

  rootDependencies(manifests: readonly Manifest[]): readonly Dependency[] {
    return manifests.flatMap((manifest) =>
      tableRequirements(manifest).map((requirement) => {
        const target = this.accept(requirement);
        const origin: DependencyOrigin = {
          text: requirement.range,
          kind: "manifest",
          ...(requirement.origin === undefined ? {} : { place: requirement.origin }),
        };
        return { ...target, kind: "requires" as const, origin };
      }),
    );
  }

  accept(requirement: ForeignRequirement): RequirementTarget {
    const meaning = resolveName(requirement.name, {
      system: this.#context.target.system,
      features: requirement.features ?? [],
      userNames: this.#userNames,
      why: requirement.why,
    });
    const problemPackage = this.#packageFor(requirement.name, meaning);
    this.#noteUse(meaning);
    return { package: problemPackage.index, requirement: this.#requirementNumber(requirement) };
  }

  facts(package_: PackageIndex): PackageFacts {
    const problemPackage = this.#package(package_);
    const count = problemPackage.candidates.length;
    if (problemPackage.kind === "attribute" && count === 0) {
      return { count, missing: this.#missingReason(problemPackage.attribute) };
    }
    if (problemPackage.kind === "tool" && count === 0) {
      return { count, missing: `is offered by no attribute of nixpkgs ${this.#index.release} that Enki knows` };
    }
    return { count };
  }

  dependencies(package_: PackageIndex, candidate: CandidateIndex): readonly Dependency[] | Unavailable {
    const problemPackage = this.#package(package_);
    switch (problemPackage.kind) {
      case "attribute":
        return [];
      case "tool": {
        const attribute = problemPackage.attributes[candidate];
        const why = `${problemPackage.tool} ${problemPackage.candidates[candidate] ?? ""} of nixpkgs ${this.#index.release}`;
        return attribute === undefined ? [] : [this.#edgeTo(attribute, why)];
      }
      default:
        return problemPackage.attributes.map((attribute) =>
          this.#edgeTo(attribute, `${problemPackage.name} in nixpkgs`),
        );
    }
  }

  matches(package_: PackageIndex, requirement: RequirementIndex): VersionSet {
    const problemPackage = this.#package(package_);
    const { syntax, range } = this.#requirements[requirement] ?? { syntax: "nix", range: "*" };
    const isAny = requirement === ANY_VERSION || isAnyRange(range) || problemPackage.kind === "group";
    return filterSet(problemPackage.candidates.length, (candidate) => {
      const version = problemPackage.candidates[candidate] ?? unrecordedVersion;
      return isAny || (version !== unrecordedVersion && this.#context.rangeAdmits(syntax, range, version));
    });
  }

  /** Toolchains are decided before everything else: few candidates, and most other facts hang on them. */
  priority(package_: PackageIndex): number {
    return this.#package(package_).kind === "tool" ? -1 : 0;
  }

  load(_needs: readonly Need[], _signal: AbortSignal): Promise<void> {
    return Promise.resolve();
  }

  describe(package_: PackageIndex): PackageDescription {
    const problemPackage = this.#package(package_);
    const offeredBy = `nixpkgs ${this.#index.release}`;
    switch (problemPackage.kind) {
      case "attribute":
        return { ecosystem: "nix", kind: "real", label: problemPackage.attribute, offeredBy };
      case "tool":
        return { ecosystem: "nix", kind: "tool", label: problemPackage.tool, offeredBy };
      default:
        return { ecosystem: "nix", kind: "slot", label: problemPackage.name };
    }
  }

  describeVersions(package_: PackageIndex, versions: VersionSet): string {
    const { candidates } = this.#package(package_);
    const chosen = [...new Set(membersOf(versions).map((candidate) => candidates[candidate] ?? ""))];
    const last = chosen.pop() ?? "";
    return chosen.length === 0 ? last : `${chosen.join(", ")} or ${last}`;
  }

  describeRequirement(_package: PackageIndex, requirement: RequirementIndex): string {
    const range = this.#requirements[requirement]?.range ?? "*";
    return isAnyRange(range) ? "" : range;
  }

  describeReason(reason: unknown): string {
    return typeof reason === "string" ? reason : "is not in this nixpkgs";
  }

  packageId(package_: PackageIndex, candidate: CandidateIndex): PackageId | undefined {
    const problemPackage = this.#package(package_);
    switch (problemPackage.kind) {
      case "attribute":
        return packageIdOf(problemPackage.attribute, problemPackage.candidates[candidate]);
      case "tool":
        return packageIdOf(problemPackage.attributes[candidate], problemPackage.candidates[candidate]);
      default:
        return packageIdOf(problemPackage.attributes[0], this.#index.version(problemPackage.attributes[0] ?? ""));
    }
  }

  versionsOf(package_: PackageIndex, name: string): HeldVersions | undefined {
    const held = this.#package(package_);
    if (held.kind === "group" || name !== (held.kind === "tool" ? held.tool : held.attribute)) return undefined;
    return { versions: held.candidates, existing: held.candidates };
  }

  collect(selection: Selection, context: CollectContext): Promise<EcosystemResolution> {
    const selected = [...this.#packages.values()].filter(({ index }) => selection.candidate(index) !== undefined);
    const packages = selected
      .filter((problemPackage) => problemPackage.kind === "attribute")
      .map((problemPackage) => this.#resolvedPackage(problemPackage))
      .toSorted((left, right) => compareBytewise(left.id, right.id));
    const groupEdges = selected.flatMap((problemPackage) => this.#groupEdges(problemPackage));
    return Promise.resolve({
      roots: context.manifests.map((manifest) => ({
        id: `root:${manifest.file}`,
        ecosystem: "nix",
        file: manifest.file,
        sha256: manifest.sha256,
        details: {},
      })),
      packages,
      instances: packages.map(({ id }) => ({ package: id, environment: "run", features: [] })),
      edges: [...this.#rootEdges(context.manifests, selection), ...groupEdges],
      provenance: [
        {
          ecosystem: "nix",
          registry: `nixpkgs ${this.#index.release} (${this.#index.origin})`,
          ...(this.#index.revision === undefined ? {} : { revision: this.#index.revision }),
        },
      ],
      fidelity: { ecosystem: "nix", gaps: this.#gaps(packages), unverified: [] },
    });
  }

  #packageFor(name: string, meaning: ResolvedName): ProblemPackage {
    if (meaning.kind === "tool") return this.#toolPackage(meaning.tool);
    if (meaning.kind === "nothing") return this.#groupPackage(name, [], meaning.reason);
    const [only] = meaning.attributes;
    if (only !== undefined && meaning.attributes.length === 1) return this.#attributePackage(only);
    return this.#groupPackage(name, meaning.attributes, "");
  }

  #attributePackage(attribute: string): AttributePackage {
    const known = this.#byName.get(`attr:${attribute}`);
    if (known?.kind === "attribute") return known;
    const version = this.#index.version(attribute);
    return this.#register(`attr:${attribute}`, {
      kind: "attribute",
      index: this.#context.newPackage(),
      attribute,
      candidates: version === undefined ? [] : [version],
    });
  }

  #toolPackage(tool: string): ToolPackage {
    const known = this.#byName.get(`tool:${tool}`);
    if (known?.kind === "tool") return known;
    const attributes = this.#index.tool(tool) ?? [];
    return this.#register(`tool:${tool}`, {
      kind: "tool",
      index: this.#context.newPackage(),
      tool,
      attributes,
      candidates: attributes.map((attribute) => this.#index.version(attribute) ?? unrecordedVersion),
    });
  }

  #groupPackage(name: string, attributes: readonly string[], reason: string): GroupPackage {
    const key = attributes.length === 0 ? "nothing" : `group:${name} ${attributes.join(" ")}`;
    const known = this.#byName.get(key);
    if (known?.kind === "group") return known;
    const index = this.#context.newPackage();
    return this.#register(key, { kind: "group", index, name, attributes, reason, candidates: ["all"] });
  }

  #register<P extends ProblemPackage>(key: string, problemPackage: P): P {
    this.#byName.set(key, problemPackage);
    this.#packages.set(problemPackage.index, problemPackage);
    return problemPackage;
  }

  #package(package_: PackageIndex): ProblemPackage {
    const known = this.#packages.get(package_);
    if (known === undefined) throw new RangeError(`package ${String(package_)} is not of the nix ecosystem`);
    return known;
  }

  #edgeTo(attribute: string, why: string): Dependency {
    const origin: DependencyOrigin = { text: "", kind: "rule", why };
    return { package: this.#attributePackage(attribute).index, requirement: ANY_VERSION, kind: "requires", origin };
  }

  /** The number of a requirement; reading the range once here makes an unreadable one an error at its own place. */
  #requirementNumber(requirement: ForeignRequirement): RequirementIndex {
    const { range } = requirement;
    if (isAnyRange(range)) return ANY_VERSION;
    const syntax = requirement.rangeSyntax ?? "nix";
    const key = `${syntax} ${range}`;
    const known = this.#requirementNumbers.get(key);
    if (known !== undefined) return known;
    this.#context.rangeAdmits(syntax, range, "1.0.0");
    const number = this.#requirements.push({ syntax, range }) - 1;
    this.#requirementNumbers.set(key, number);
    return number;
  }

  #noteUse(meaning: ResolvedName): void {
    if (meaning.kind !== "attributes") return;
    for (const attribute of meaning.attributes) {
      const roles = this.#roles.get(attribute) ?? new Set<Role>();
      roles.add(meaning.role ?? roleOf(attribute));
      this.#roles.set(attribute, roles);
    }
    const [first] = meaning.attributes;
    if (first === undefined || meaning.environment.size === 0) return;
    const variables = this.#environment.get(first) ?? new Map<string, string>();
    for (const [name, value] of meaning.environment) variables.set(name, value);
    this.#environment.set(first, variables);
  }

  #missingReason(attribute: string): string {
    return this.#index.isComplete
      ? `is not an attribute of nixpkgs ${this.#index.release}`
      : `is not in Enki's table of nixpkgs ${this.#index.release} (${attribute} may still exist: run enki pin nixpkgs with the channel's packages.json, which keeps what enki.toml names)`;
  }

  #resolvedPackage({ attribute, candidates }: AttributePackage): ResolvedPackage {
    const version = candidates[0] ?? unrecordedVersion;
    const roles = [...(this.#roles.get(attribute) ?? [])].toSorted(compareBytewise);
    const environment = [...(this.#environment.get(attribute) ?? [])].toSorted(([left], [right]) =>
      compareBytewise(left, right),
    );
    const details: JsonObject = {
      attribute,
      release: this.#index.release,
      roles: roles.length === 0 ? [roleOf(attribute)] : roles,
      ...(environment.length === 0 ? {} : { environment: Object.fromEntries(environment) }),
      ...this.#toolDetail(attribute),
    };
    return { id: `nix:${attribute}@${version}`, ecosystem: "nix", name: attribute, version, artifacts: [], details };
  }

  #toolDetail(attribute: string): JsonObject {
    for (const problemPackage of this.#packages.values()) {
      if (problemPackage.kind === "tool" && problemPackage.attributes.includes(attribute)) {
        return { tool: problemPackage.tool };
      }
    }
    return {};
  }

  #rootEdges(manifests: readonly Manifest[], selection: Selection): readonly Edge[] {
    return manifests.flatMap((manifest) =>
      tableRequirements(manifest).flatMap((requirement) => {
        const target = this.accept(requirement).package;
        const candidate = selection.candidate(target);
        const to = candidate === undefined ? undefined : this.packageId(target, candidate);
        if (to === undefined) return [];
        const { range, kind } = requirement;
        return [{ from: `root:${manifest.file}`, to, kind, range, environment: "run" }];
      }),
    );
  }

  /** A name that means several attributes is known to its dependent by the first; the others hang on that one. */
  #groupEdges(problemPackage: ProblemPackage): readonly Edge[] {
    if (problemPackage.kind !== "group") return [];
    const [from, ...others] = problemPackage.attributes.map((attribute) =>
      packageIdOf(attribute, this.#index.version(attribute)),
    );
    if (from === undefined) return [];
    return others
      .filter((to) => to !== undefined)
      .map((to) => ({
        from,
        to,
        kind: "link",
        range: "*",
        environment: "run",
        why: `${problemPackage.name} means both`,
      }));
  }

  #gaps(packages: readonly ResolvedPackage[]): readonly string[] {
    if (this.#index.isComplete) return [];
    const unrecorded = packages.filter(({ version }) => version === unrecordedVersion).map(({ name }) => name);
    const gap = `versions come from Enki's ${this.#index.origin} of nixpkgs ${this.#index.release}, not from a channel's index`;
    return unrecorded.length === 0 ? [gap] : [gap, `no version is recorded for ${unrecorded.join(", ")}`];
  }
}

function isAnyRange(range: string): boolean {
  const trimmed = range.trim();
  return trimmed === "" || trimmed === "*";
}

function packageIdOf(attribute: string | undefined, version: string | undefined): PackageId | undefined {
  return attribute === undefined || version === undefined ? undefined : `nix:${attribute}@${version}`;
}
