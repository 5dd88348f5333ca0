import type { PackageDescription, RequirementRemark } from "../ecosystems/ecosystem.ts";
import type { PackageIndex, RequirementIndex } from "../solver/provider.ts";
import type { VersionSet } from "../solver/version-set.ts";

/** The beginning of what the requirement says that holds a toolchain to its settled version: `resolving for node 20.19.0`. */
export const RESOLVING_FOR = "resolving for";

/** Words for the solver's integers: what explanations are written with. Each source speaks for its own packages. */
export interface Narrator {
  describe(package_: PackageIndex): PackageDescription;
  describeVersions(package_: PackageIndex, versions: VersionSet): string;
  describeRequirement(package_: PackageIndex, requirement: RequirementIndex): string;
  /** `package_` is the package that the reason was given for. */
  describeReason(package_: PackageIndex, reason: unknown): string;
  /** What a reader should know about a requirement that no candidate of the package fulfils. */
  remarkOn?(package_: PackageIndex, requirement: RequirementIndex): RequirementRemark | undefined;
  /** Names of packages of an ecosystem that are known to exist. */
  knownNames?(ecosystem: string): readonly string[];
  /** How many candidates the package has; zero while unknown. */
  candidateCount(package_: PackageIndex): number;
}
