import { ANY_VERSION, type Dependency, type PackageIndex, type RequirementIndex } from "../../solver/provider.ts";
import { emptySet, filterSet, fullSet, addMember, type VersionSet } from "../../solver/version-set.ts";
import type { Candidate } from "./candidates.ts";

/** A set of candidates in words and as a test. */
export interface CandidateRequirement {
  /** What identifies it among the requirements on one package. */
  readonly key: string;
  /** The words that an explanation uses. */
  readonly text: string;
  admits(candidate: Candidate): boolean;
}

/** A package name; its candidates become known when the repositories are open. */
export class RealPackage {
  readonly kind = "real";
  readonly index: PackageIndex;
  readonly name: string;
  candidates: readonly Candidate[] | undefined;
  private readonly requirements: CandidateRequirement[] = [];
  private readonly numbers = new Map<string, RequirementIndex>();

  constructor(index: PackageIndex, name: string) {
    this.index = index;
    this.name = name;
  }

  /** The number of a requirement; equal keys give equal numbers. */
  number(requirement: CandidateRequirement): RequirementIndex {
    const known = this.numbers.get(requirement.key);
    if (known !== undefined) return known;
    this.requirements.push(requirement);
    this.numbers.set(requirement.key, this.requirements.length);
    return this.requirements.length;
  }

  requirementText(requirement: RequirementIndex): string {
    return this.requirements[requirement - 1]?.text ?? "";
  }

  matches(requirement: RequirementIndex): VersionSet {
    const candidates = this.candidates ?? [];
    const wanted = this.requirements[requirement - 1];
    if (requirement === ANY_VERSION || wanted === undefined) return fullSet(candidates.length);
    return filterSet(candidates.length, (index) => {
      const candidate = candidates[index];
      return candidate !== undefined && wanted.admits(candidate);
    });
  }
}

/** One disjunction: candidate `i` stands for its alternative `i`. */
export class AlternativePackage {
  readonly kind = "alternative";
  readonly index: PackageIndex;
  readonly label: string;
  /** What each alternative requires. */
  readonly alternatives: readonly (readonly Dependency[])[];
  /** Lower ones are decided earlier. */
  readonly priority: number;

  constructor(index: PackageIndex, label: string, alternatives: readonly (readonly Dependency[])[], priority: number) {
    this.index = index;
    this.label = label;
    this.alternatives = alternatives;
    this.priority = priority;
  }
}

/** How many names may share a conflict class in one problem; the public repository has at most a dozen. */
export const CLAIM_CAPACITY = 128;

/**
 * A conflict class: its candidates are the names that claim it, numbered as they turn up, so that two different names
 * never hold it together and nobody has to read the whole repository for the members of a class.
 */
export class ClaimPackage {
  readonly kind = "claim";
  readonly index: PackageIndex;
  readonly className: string;
  readonly claimants: string[] = [];

  constructor(index: PackageIndex, className: string) {
    this.index = index;
    this.className = className;
  }

  /** The requirement that only `name` fulfils; `undefined` when there are too many names. */
  claim(name: string): RequirementIndex | undefined {
    let position = this.claimants.indexOf(name);
    if (position === -1) {
      if (this.claimants.length === CLAIM_CAPACITY) return undefined;
      position = this.claimants.push(name) - 1;
    }
    return position + 1;
  }

  matches(requirement: RequirementIndex): VersionSet {
    if (requirement === ANY_VERSION) return fullSet(CLAIM_CAPACITY);
    const set = emptySet(CLAIM_CAPACITY);
    addMember(set, requirement - 1);
    return set;
  }
}

export type SolverPackage = RealPackage | AlternativePackage | ClaimPackage;
