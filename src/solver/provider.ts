import type { VersionSet } from "./version-set.ts";

/** A package of the problem, as a small dense integer that the provider hands out. The solver never sees a name. */
export type PackageIndex = number;

/** A candidate of a package: `0` is the most preferred one, `count - 1` the least. */
export type CandidateIndex = number;

/**
 * A range in the provider's own numbering. The pair (package, requirement) must always mean the same set; the solver
 * asks for that set once and remembers it. {@link ANY_VERSION} needs no set.
 */
export type RequirementIndex = number;

/** The requirement that every candidate fulfils: "present, at any version". */
export const ANY_VERSION: RequirementIndex = 0;

/**
 * What one candidate says about another package.
 *
 * - `requires`: the package must be selected, at a candidate inside the requirement.
 * - `constrains`: the package need not be selected; if it is, then at a candidate inside the requirement. Conflicts,
 *   optional peers and exclusive claims are of this kind. (The requirement of a plain conflict may be empty.)
 * - `same`: the package must be selected at the candidate with the **same index**. Features, extras and other proxies
 *   use it: both packages must then list the same candidates in the same order. The requirement is ignored.
 */
export type DependencyKind = "requires" | "constrains" | "same";

/** One edge of one candidate. */
export interface Dependency {
  readonly package: PackageIndex;
  readonly requirement: RequirementIndex;
  readonly kind: DependencyKind;
  /** Where the edge was read and in which words; opaque to the solver, handed back in explanations. */
  readonly origin?: unknown;
}

/** A candidate that exists but can't be used, and why: yanked, wrong toolchain, invalid metadata … */
export interface Unavailable {
  readonly kind: "unavailable";
  /** Opaque to the solver, handed back in explanations. */
  readonly reason: unknown;
}

/** A group of candidates that can't be used for one common reason. */
export interface UnavailableCandidates {
  readonly candidates: VersionSet;
  readonly reason: unknown;
}

/** The candidates of one package. */
export interface PackageFacts {
  /** How many candidates there are. Zero: the package is missing (see {@link missing}). */
  readonly count: number;
  /** Candidates that are known to be unusable without looking at their dependencies. */
  readonly unavailable?: readonly UnavailableCandidates[];
  /** Why there are no candidates at all, when `count` is zero. */
  readonly missing?: unknown;
  /**
   * Whether {@link Provider.dependencies} answers for every candidate as soon as these facts are known, at little cost
   * (registries that deliver all versions in one document). After a conflict the solver then looks at all candidates
   * instead of a few neighbours. It must not depend on what happens to be cached.
   */
  readonly hasAllDependencies?: boolean;
}

/** A fact that the solver needs before it can go on. `candidate` is `undefined` when the candidate list itself is needed. */
export interface Need {
  readonly package: PackageIndex;
  readonly candidate?: CandidateIndex;
}

/**
 * What the solver asks about the world. All calls are synchronous and must be pure: once a call has answered with a
 * value, it always answers with an equal one. `undefined` means "not known yet": the solver then stops with the list
 * of {@link Need}s, and goes on when it is run again.
 */
export interface Provider {
  /** The candidates of `package`, or `undefined` while they are not known. */
  facts(package_: PackageIndex): PackageFacts | undefined;
  /** What one candidate depends on, or `undefined` while that is not known. */
  dependencies(package_: PackageIndex, candidate: CandidateIndex): readonly Dependency[] | Unavailable | undefined;
  /** The candidates of `package` inside `requirement`. Called only after {@link facts} has answered for it. */
  matches(package_: PackageIndex, requirement: RequirementIndex): VersionSet;
  /**
   * The order of decisions. `fewest-first`, the default, decides the package with the fewest candidates left, after
   * those that took part in conflicts; `depth-first` walks the dependencies from the root in the order of writing, as
   * some package managers do, and pays no heed to {@link priority}.
   */
  readonly order?: "fewest-first" | "depth-first";
  /**
   * Which of the admissible candidates to try first; the lowest index when absent. `isSelected` tells whether a package
   * is already decided. Answering with a candidate outside `admissible` is an error of the provider.
   */
  choose?(
    package_: PackageIndex,
    admissible: VersionSet,
    isSelected: (package_: PackageIndex) => boolean,
  ): CandidateIndex;
  /**
   * The class in which `package` is decided: all packages of a lower class are decided before those of a higher one.
   * Zero when absent. Toolchains use a negative class, claims a positive one.
   */
  priority?(package_: PackageIndex): number;
}
