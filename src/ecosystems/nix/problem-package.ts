import type { PackageIndex } from "../../solver/provider.ts";

/** A package of nixpkgs in one problem. Candidate numbers are positions in {@link candidates}. */
export type ProblemPackage = AttributePackage | ToolPackage | GroupPackage;

/** One attribute: no candidate when the pinned nixpkgs has none, else exactly one. */
export interface AttributePackage {
  readonly kind: "attribute";
  readonly index: PackageIndex;
  readonly attribute: string;
  readonly candidates: readonly string[];
}

/** A toolchain: its candidates are attributes, the release's default first. */
export interface ToolPackage {
  readonly kind: "tool";
  readonly index: PackageIndex;
  readonly tool: string;
  readonly attributes: readonly string[];
  /** The version of each attribute. */
  readonly candidates: readonly string[];
}

/** A foreign name that means no attribute or several: one candidate that needs them all. */
export interface GroupPackage {
  readonly kind: "group";
  readonly index: PackageIndex;
  readonly name: string;
  readonly attributes: readonly string[];
  /** Why nothing is needed, when {@link attributes} is empty. */
  readonly reason: string;
  readonly candidates: readonly string[];
}
