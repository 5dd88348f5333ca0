/** What a requirement is for: to run the project, to work on it, or a part of it that may be absent. */
export type RequirementGroup = "runtime" | "dev" | "optional";

/** A requirement that is to be written into a manifest; one on the same package in the same group is replaced. */
export interface AddedRequirement {
  readonly name: string;
  /** In the ecosystem's own range language; `*` for any version. */
  readonly range: string;
  readonly group: RequirementGroup;
  readonly features: readonly string[];
}

/** A change to the requirements of one manifest. */
export interface ManifestEdit {
  readonly added: readonly AddedRequirement[];
  /** Names of packages whose requirements go, in every group. */
  readonly removed: readonly string[];
}
