import type {
  CandidateIndex,
  Dependency,
  PackageIndex,
  RequirementIndex,
  Unavailable,
} from "../../../solver/provider.ts";
import { ANY_VERSION } from "../../../solver/provider.ts";
import type { DependencyOrigin, RequirementTarget } from "../../ecosystem.ts";
import type { ForeignRequirement } from "../../../model/requirement.ts";
import type { Origin } from "../../../model/origin.ts";
import type { CrateDependency, FeatureValue, Release } from "../package/release.ts";
import { isInvalidRelease } from "../registry/index-line.ts";
import { featureProblem } from "./facts.ts";
import { foreignRequirementsOf, knownTarget, linkRequirement } from "./foreign-requirements.ts";
import type { LinksClaims } from "./links-claims.ts";
import type { NodeTable } from "./node-table.ts";
import type { BucketNode, FeatureNode, FeatureRequest, LocalNode, Reason, WideNode } from "./nodes.ts";
import type { RequirementTable } from "./requirement-table.ts";

/** What the compiler needs from the problem. */
export interface CompilerContext {
  readonly nodes: NodeTable;
  readonly requirements: RequirementTable;
  readonly claims: LinksClaims;
  readonly foreign: (requirement: ForeignRequirement) => RequirementTarget;
  /** Whether rust-versions of dependencies are constraints. */
  readonly strictEngines: boolean;
  /** Whether direct dependencies are held at their lowest version. */
  readonly holdsDirectLow: boolean;
}

/** Turns what releases say into the solver's dependencies. */
export class DependencyCompiler {
  readonly #context: CompilerContext;

  constructor(context: CompilerContext) {
    this.#context = context;
  }

  /** The dependencies of a release itself: what it always needs, and the native library that it claims. */
  real(node: LocalNode | BucketNode, release: Release): readonly Dependency[] {
    const { claims, nodes, strictEngines } = this.#context;
    const result: Dependency[] = [];
    for (const dependency of release.dependencies) {
      if (dependency.isOptional || !this.#isFollowed(node, dependency)) continue;
      result.push(...this.#dependencyEdges(node, dependency));
    }
    if (node.kind === "local" && node.isMember) {
      // A lock serves every choice of features, so all features of members count.
      for (const name of release.features.keys()) {
        result.push(same(nodes.feature(node, { kind: "feature", name }).index));
      }
    }
    if (release.links !== undefined) result.push(...claims.claim(node, release.links));
    for (const requirement of foreignRequirementsOf(release, { strictEngines })) {
      result.push(...this.#foreignEdges(requirement));
    }
    return result;
  }

  #foreignEdges(requirement: ForeignRequirement): readonly Dependency[] {
    const target = knownTarget(this.#context.foreign, requirement);
    if (target === undefined) return [];
    const origin: DependencyOrigin = { kind: "rule", text: requirement.range, why: requirement.why };
    return [{ ...target, kind: "requires", origin }];
  }

  /** A candidate that a patch put in: it needs the package that it stands for, and hands features on to it. */
  patched(
    node: LocalNode | BucketNode | FeatureNode,
    bucket: LocalNode | BucketNode,
    target: LocalNode | BucketNode,
  ): readonly Dependency[] {
    const origin: DependencyOrigin = { kind: "rule", text: "", why: "[patch]" };
    const needs = (package_: PackageIndex): Dependency => ({
      package: package_,
      requirement: ANY_VERSION,
      kind: "requires",
      origin,
    });
    if (node.kind !== "feature") return [needs(target.index)];
    return [same(bucket.index), needs(this.#context.nodes.feature(target, node.request).index)];
  }

  /** What a feature adds to a release. */
  feature(node: FeatureNode, base: LocalNode | BucketNode, release: Release): readonly Dependency[] | Unavailable {
    const { nodes } = this.#context;
    const { request } = node;
    const reason = featureProblem(base, release, request);
    if (reason !== undefined) return unavailable(reason);
    const result: Dependency[] = [same(base.index)];
    if (request.kind === "default") {
      if (release.features.has("default")) {
        result.push(same(nodes.feature(base, { kind: "feature", name: "default" }).index));
      }
    } else if (request.kind === "dependency") {
      for (const dependency of release.dependencies) {
        if (!dependency.isOptional || dependency.alias !== request.alias || !this.#isFollowed(base, dependency))
          continue;
        result.push(...this.#dependencyEdges(base, dependency));
      }
    } else {
      for (const value of release.features.get(request.name) ?? []) {
        result.push(...this.#valueEdges(base, release, request.name, value));
      }
      if (release.links !== undefined && release.source.kind !== "path") {
        result.push(...this.#foreignEdges(linkRequirement(release, release.links, [request.name])));
      }
    }
    return result;
  }

  /** The choice of a class of versions by a wide requirement. */
  wide(node: WideNode, candidate: CandidateIndex): readonly Dependency[] {
    const bucket = node.buckets?.[candidate];
    if (bucket === undefined) return [];
    const requirement = this.#context.requirements.range(node.requirement);
    return [{ package: bucket.index, requirement, kind: "requires", origin: this.#wideOrigin(node) }];
  }

  /** A feature of whatever class a wide requirement chooses. */
  wideFeature(node: FeatureNode, base: WideNode, candidate: CandidateIndex): readonly Dependency[] {
    const bucket = base.buckets?.[candidate];
    if (bucket === undefined) return [];
    const requirement = this.#context.requirements.range(base.requirement);
    const feature = this.#context.nodes.feature(bucket, node.request);
    return [
      same(base.index),
      { package: feature.index, requirement, kind: "requires", origin: this.#wideOrigin(base) },
    ];
  }

  #wideOrigin(node: WideNode): DependencyOrigin {
    return { kind: "registry", text: node.requirement.text };
  }

  #valueEdges(base: LocalNode | BucketNode, release: Release, feature: string, value: FeatureValue): Dependency[] {
    const { nodes } = this.#context;
    const proxy = (request: FeatureRequest): Dependency => same(nodes.feature(base, request).index);
    if (value.kind === "feature") return [proxy({ kind: "feature", name: value.feature })];
    if (value.kind === "dependency") return [proxy({ kind: "dependency", alias: value.alias })];
    const { alias } = value;
    const declarations = release.dependencies.filter((dependency) => dependency.alias === alias);
    const result: Dependency[] = [];
    if (declarations.some(({ isOptional }) => isOptional)) {
      // Locks of today hold what weak entries name, whether or not something else switches it on.
      result.push(proxy({ kind: "dependency", alias }));
      if (!value.isWeak && alias !== feature && release.features.has(alias)) {
        result.push(proxy({ kind: "feature", name: alias }));
      }
    }
    for (const dependency of declarations) {
      if (!this.#isFollowed(base, dependency)) continue;
      result.push(...this.#featureEdges(base, dependency, [{ kind: "feature", name: value.feature }]));
    }
    return result;
  }

  #dependencyEdges(from: LocalNode | BucketNode, dependency: CrateDependency): Dependency[] {
    const requests: FeatureRequest[] = dependency.features.map((name) => ({ kind: "feature", name }));
    if (dependency.usesDefaultFeatures) requests.push({ kind: "default" });
    const { package: package_, requirement, origin } = this.#target(from, dependency);
    return [
      { package: package_.index, requirement, kind: "requires", origin },
      ...this.#featureEdges(from, dependency, requests),
    ];
  }

  #featureEdges(
    from: LocalNode | BucketNode,
    dependency: CrateDependency,
    requests: readonly FeatureRequest[],
  ): Dependency[] {
    const { package: package_, requirement, origin } = this.#target(from, dependency);
    return requests.map((request) => ({
      package: this.#context.nodes.feature(package_, request).index,
      requirement,
      kind: "requires",
      origin,
    }));
  }

  #target(
    from: LocalNode | BucketNode,
    dependency: CrateDependency,
  ): {
    readonly package: LocalNode | BucketNode | WideNode;
    readonly requirement: RequirementIndex;
    readonly origin: DependencyOrigin;
  } {
    const { nodes, requirements, holdsDirectLow } = this.#context;
    const package_ = targetNode(nodes, from.index, dependency);
    const isHeldLow = holdsDirectLow && from.kind === "local" && from.isMember && package_.kind === "bucket";
    const requirement =
      package_.kind === "wide"
        ? ANY_VERSION
        : isHeldLow
          ? requirements.lowest(dependency.requirement)
          : requirements.range(dependency.requirement);
    const place = placeOf(dependency);
    const origin: DependencyOrigin = {
      kind: place === undefined ? "registry" : "manifest",
      text: dependency.requirement.text,
      ...(place === undefined ? {} : { place }),
    };
    return { package: package_, requirement, origin };
  }

  /** Dev-dependencies count for members only. */
  #isFollowed(node: LocalNode | BucketNode, dependency: CrateDependency): boolean {
    return dependency.kind !== "dev" || (node.kind === "local" && node.isMember);
  }
}

/** The node that a declaration of the package `dependent` means. */
export function targetNode(
  nodes: NodeTable,
  dependent: PackageIndex,
  { crate, source, requirement }: CrateDependency,
): LocalNode | BucketNode | WideNode {
  if (source.kind === "path") {
    const local = nodes.local(source.directory);
    if (local !== undefined && local.local.name === crate) return local;
  }
  return nodes.required(dependent, crate, source, requirement);
}

/** Where a declaration of a manifest stands; `undefined` for those of an index. */
function placeOf(dependency: CrateDependency & { readonly origin?: Origin }): Origin | undefined {
  return dependency.origin;
}

function same(package_: PackageIndex): Dependency {
  return { package: package_, requirement: ANY_VERSION, kind: "same" };
}

function unavailable(reason: Reason): Unavailable {
  return { kind: "unavailable", reason };
}

/** The release of a bucket's candidate, or why it has none. */
export function releaseOf(node: LocalNode | BucketNode, candidate: CandidateIndex): Release | Unavailable {
  if (node.kind === "local") return node.release;
  const release = node.entries[candidate]?.release();
  if (release === undefined) throw new Error(`${node.crate} has no candidate ${candidate}`);
  return isInvalidRelease(release) ? unavailable({ kind: "invalid", problem: release.problem }) : release;
}
