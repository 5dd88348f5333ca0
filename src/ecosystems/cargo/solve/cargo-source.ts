import type { Manifest } from "../../../model/manifest.ts";
import type { ForeignRequirement } from "../../../model/requirement.ts";
import type { EcosystemResolution, PackageId } from "../../../model/resolution.ts";
import type {
  CandidateIndex,
  Dependency,
  Need,
  PackageFacts,
  PackageIndex,
  RequirementIndex,
  Unavailable,
} from "../../../solver/provider.ts";
import { ANY_VERSION } from "../../../solver/provider.ts";
import type { VersionSet } from "../../../solver/version-set.ts";
import { fullSet, membersOf } from "../../../solver/version-set.ts";
import { EnkiError } from "../../../model/enki-error.ts";
import type {
  CollectContext,
  HeldVersions,
  PackageDescription,
  PackageSource,
  RequirementRemark,
  RequirementTarget,
  Selection,
  SourceContext,
} from "../../ecosystem.ts";
import { workspaceOf } from "../manifest/read-manifest.ts";
import { isRequirementProblem, parseRequirement } from "../versions/parse-requirement.ts";
import { admits } from "../versions/requirement.ts";
import type { CatalogEntry } from "../registry/catalog.ts";
import { packageIdOf } from "../package/package-id.ts";
import { CargoProblem } from "./cargo-problem.ts";
import { collectResolution } from "./collect.ts";
import { compareEntries, orderEntries } from "./candidate-order.ts";
import { describeCandidates, describeNode, describeReason, describeWanted } from "./describe.ts";
import { releaseOf } from "./dependency-compiler.ts";
import { bucketFacts, bucketMatches, featureFacts, localMatches, missing, noVersion } from "./facts.ts";
import type { BucketNode, LocalNode, Node, Reason, WideNode } from "./nodes.ts";

/** The dependent of requirements that come from other ecosystems: no package of this source. */
const elsewhere: PackageIndex = -1;

/** cargo's packages in one problem. */
export class CargoSource implements PackageSource {
  readonly #problem: CargoProblem;

  constructor(context: SourceContext) {
    this.#problem = new CargoProblem(context);
  }

  rootDependencies(manifests: readonly Manifest[]): readonly Dependency[] {
    const problem = this.#problem;
    problem.addWorkspaces(manifests.map(workspaceOf));
    return problem.members().map((node) => ({
      package: node.index,
      requirement: ANY_VERSION,
      kind: "requires",
      origin: { kind: "manifest", text: "", place: node.local.origins.name },
    }));
  }

  accept(requirement: ForeignRequirement): RequirementTarget {
    const { nodes, requirements, defaultSource } = this.#problem;
    const parsed = parseRequirement(requirement.range);
    if (isRequirementProblem(parsed)) {
      const message = `invalid version requirement \`${requirement.range}\` of ${requirement.name}: ${parsed.problem}`;
      throw new EnkiError("invalid-manifest", message, { hint: parsed.help });
    }
    const node = nodes.required(elsewhere, requirement.name, defaultSource, parsed);
    this.#problem.requestedElsewhere.add(node);
    return {
      package: nodes.feature(node, { kind: "default" }).index,
      requirement: node.kind === "wide" ? ANY_VERSION : requirements.range(parsed),
    };
  }

  async load(needs: readonly Need[], signal: AbortSignal): Promise<void> {
    await this.#problem.load(
      needs.map((need) => this.#problem.nodes.get(need.package)),
      signal,
    );
  }

  facts(package_: PackageIndex): PackageFacts | undefined {
    const node = this.#problem.nodes.get(package_);
    return (node.facts ??= this.#computeFacts(node) as PackageFacts);
  }

  dependencies(package_: PackageIndex, candidate: CandidateIndex): readonly Dependency[] | Unavailable | undefined {
    const node = this.#problem.nodes.get(package_);
    const known = node.dependencies[candidate];
    if (known !== undefined) return known;
    const dependencies = this.#computeDependencies(node, candidate);
    node.dependencies[candidate] = dependencies;
    if (!("kind" in dependencies)) this.#problem.reaching?.record(package_, dependencies);
    return dependencies;
  }

  matches(package_: PackageIndex, requirement: RequirementIndex): VersionSet {
    const node = this.#problem.nodes.get(package_);
    const real = node.kind === "feature" ? node.base : node;
    const wanted = this.#problem.requirements.get(requirement);
    if (real.kind === "wide" || wanted === undefined) return fullSet(this.facts(package_)?.count ?? 0);
    return real.kind === "local" ? localMatches(real, wanted) : bucketMatches(real, wanted);
  }

  choose(
    package_: PackageIndex,
    admissible: VersionSet,
    isSelected: (package_: PackageIndex) => boolean,
  ): CandidateIndex {
    const node = this.#problem.nodes.get(package_);
    const members = membersOf(admissible);
    const [first = 0] = members;
    const { prefersSharing, reaching } = this.#problem;
    const real = node.kind === "feature" ? node.base : node;
    if (real.kind === "wide" && prefersSharing) {
      const shared = members.find((member) => {
        const bucket = real.buckets?.[member];
        return bucket !== undefined && isSelected(bucket.index);
      });
      return shared ?? first;
    }
    if (real.kind !== "bucket" || reaching === undefined || members.length === 1) return first;
    const order = this.#problem.orderFor(real, reaching, isSelected);
    return members.reduce((best, member) => {
      const [left, right] = [real.entries[member], real.entries[best]];
      return left !== undefined && right !== undefined && compareEntries(real.crate, left, right, order) < 0
        ? member
        : best;
    }, first);
  }

  describe(package_: PackageIndex): PackageDescription {
    return describeNode(this.#problem.nodes.get(package_));
  }

  describeVersions(package_: PackageIndex, versions: VersionSet): string {
    return describeCandidates(this.#problem.nodes.get(package_), versions);
  }

  describeRequirement(_package: PackageIndex, requirement: RequirementIndex): string {
    return describeWanted(this.#problem.requirements.get(requirement));
  }

  describeReason(reason: unknown): string {
    return describeReason(reason as Reason);
  }

  remarkOn(package_: PackageIndex, requirement: RequirementIndex): RequirementRemark | undefined {
    const node = this.#problem.nodes.get(package_);
    const real = node.kind === "feature" ? node.base : node;
    const wanted = this.#problem.requirements.get(requirement);
    if (real.kind !== "bucket" || wanted?.kind !== "range") return undefined;
    const versions = real.entries.filter(
      ({ isYanked, version }) =>
        !isYanked && version.prerelease !== "" && admits(wanted.requirement, { ...version, prerelease: "" }),
    );
    return versions.length === 0
      ? undefined
      : { kind: "prerelease", versions: versions.map(({ version }) => version.text) };
  }

  packageId(package_: PackageIndex, candidate: CandidateIndex, selection?: Selection): PackageId | undefined {
    const node = this.#problem.nodes.get(package_);
    const real = node.kind === "feature" ? node.base : node;
    if (real.kind === "wide") {
      const bucket = real.buckets?.[candidate];
      const chosen = bucket === undefined ? undefined : selection?.candidate(bucket.index);
      return bucket === undefined || chosen === undefined ? undefined : this.packageId(bucket.index, chosen);
    }
    if (real.kind === "local" && real.isMember) return `root:${real.local.file}`;
    const release = releaseOf(real, candidate);
    return "kind" in release ? undefined : packageIdOf(release);
  }

  versionsOf(package_: PackageIndex, name: string): HeldVersions | undefined {
    const node = this.#problem.nodes.get(package_);
    if (node.kind !== "bucket" || node.crate !== name || node.catalog === "missing") return undefined;
    const existing = node.catalog?.entries ?? [];
    return { versions: node.entries.map(textOf), existing: existing.map(textOf) };
  }

  collect(selection: Selection, context: CollectContext): Promise<EcosystemResolution> {
    return Promise.resolve(collectResolution(this.#problem, selection, context));
  }

  #computeFacts(node: Node): PackageFacts | undefined {
    switch (node.kind) {
      case "local":
        return { count: 1 };
      case "bucket": {
        const problem = this.#problem;
        if (!problem.open(node)) return undefined;
        return bucketFacts(node, problem.factOptions);
      }
      case "wide":
        return this.#wideFacts(node);
      default: {
        const base = this.facts(node.base.index);
        return base === undefined ? undefined : featureFacts(node, base);
      }
    }
  }

  #wideFacts(node: WideNode): PackageFacts | undefined {
    const problem = this.#problem;
    const catalog = problem.catalogs.get(node.crate, node.source);
    if (catalog === undefined) return undefined;
    if (catalog === "missing")
      return missing({
        kind: "no-crate",
        crate: node.crate,
        similar: problem.catalogs.similar(node.crate, node.source),
      });
    const usable = catalog.entries.filter(
      (entry) =>
        (!entry.isYanked || problem.factOptions.isLocked(entry, node.crate)) && admits(node.requirement, entry.version),
    );
    const classes = new Map<string, BucketNode>();
    for (const entry of orderEntries(node.crate, usable, problem.orderOptions)) {
      const bucket = problem.nodes.bucket(node.crate, node.source, problem.compatibilityOf(entry));
      classes.set(bucket.compatibility, bucket);
    }
    node.buckets = problem.orderClasses(node, [...classes.values()]);
    if (node.buckets.length > 0) return { count: node.buckets.length };
    return missing(noVersion(catalog));
  }

  #computeDependencies(node: Node, candidate: CandidateIndex): readonly Dependency[] | Unavailable {
    const { compiler } = this.#problem;
    if (node.kind === "wide") return compiler.wide(node, candidate);
    if (node.kind === "feature" && node.base.kind === "wide") {
      return compiler.wideFeature(node, node.base, candidate);
    }
    const real = node.kind === "feature" ? (node.base as LocalNode | BucketNode) : node;
    const patch = real.kind === "bucket" ? this.#problem.patchTarget(real, candidate) : undefined;
    if (patch !== undefined) return compiler.patched(node, real, patch);
    const release = releaseOf(real, candidate);
    if ("kind" in release) return release;
    return node.kind === "feature" ? compiler.feature(node, real, release) : compiler.real(real, release);
  }
}

function textOf({ version }: CatalogEntry): string {
  return version.text;
}
