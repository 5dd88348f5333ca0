import type { PackageDescription } from "../ecosystems/ecosystem.ts";
import type { PackageIndex, RequirementIndex } from "../solver/provider.ts";
import type { VersionSet } from "../solver/version-set.ts";

/** Words for the solver's integers: what explanations are written with. Each source speaks for its own packages. */
export interface Narrator {
  describe(package_: PackageIndex): PackageDescription;
  describeVersions(package_: PackageIndex, versions: VersionSet): string;
  describeRequirement(package_: PackageIndex, requirement: RequirementIndex): string;
  /** `package_` is the package that the reason was given for. */
  describeReason(package_: PackageIndex, reason: unknown): string;
  /** How many candidates the package has; zero while unknown. */
  candidateCount(package_: PackageIndex): number;
}
