import type { ForeignRequirement } from "../../model/requirement.ts";
import type { RequirementTarget } from "../ecosystem.ts";
import type { CandidateIndex, Dependency, PackageIndex } from "../../solver/provider.ts";
import type { CandidateList } from "./candidates.ts";
import type { DependencySpec } from "./dependency-spec.ts";
import type { OverrideRule } from "./overrides.ts";
import type { PackageManifest } from "./packument.ts";
import type { LocalPackage, NpmEdgeKind, NpmProject } from "./project.ts";
import type { NpmReason } from "./reasons.ts";

/** A root project with what its packages share. */
export interface ProjectState {
  readonly project: NpmProject;
  readonly rules: OverrideRule | undefined;
  /** The root's own requirements, for `$name` in overrides. */
  readonly rootRequirements: ReadonlyMap<string, string>;
  /** Workspaces by name. */
  readonly workspaces: ReadonlyMap<string, LocalPackage>;
}

/** One dependency of a scope, with overrides applied. */
export interface ScopeEdge {
  readonly name: string;
  /** As its author wrote it. */
  readonly rawSpec: string;
  /** After overrides. */
  readonly spec: string;
  /** That, and what its author accepts in its place where it is there already. */
  readonly admits: string;
  readonly kind: NpmEdgeKind;
  readonly rule: OverrideRule | undefined;
}

/**
 * Where dependencies are declared: a root or workspace, or one instance of a package. Every dependency of a scope has
 * its own slot; the peers of a scope's dependencies are looked up in the scope.
 */
export interface Scope {
  readonly state: ProjectState;
  /** Roots and workspaces: their peers are hard requirements, their choices are never lowered to save a copy. */
  readonly isRoot: boolean;
  /** What the scope is called in messages. */
  readonly label: string;
  /** Folder relative to the root manifest, for `file:` dependencies; `undefined` for packages from a registry. */
  readonly folder: string | undefined;
  readonly rule: OverrideRule | undefined;
  readonly slots: Map<string, SlotNode>;
  /** Who provides the peers that the scope itself asks of its surroundings. */
  readonly peers: ReadonlyMap<string, PeerProvider>;
  /** How many scopes with peers enclose this one; bounds the growth of cyclic peers. */
  readonly nesting: number;
  /** The instance that this scope is, when it is one. */
  readonly instance: InstanceNode | undefined;
}

/** Who stands for a peer: the slot that the surroundings have for it, or the dependent itself. */
export type PeerProvider =
  | {
      readonly kind: "slot";
      readonly slot: SlotNode;
      /** It is the dependent's own peer, which the dependent in turn has from its surroundings. */
      readonly isFromAbove: boolean;
      /** Whether the dependent shares it or has a copy of its own, when that is open. */
      readonly choice: ChoiceNode | undefined;
    }
  | { readonly kind: "self"; readonly instance: InstanceNode };

/** What a slot is filled from. */
export type SlotContent =
  | { readonly kind: "registry"; readonly list: CandidateList }
  | { readonly kind: "local"; readonly local: LocalPackage }
  | { readonly kind: "pinned"; readonly manifest: PackageManifest }
  | { readonly kind: "missing"; readonly reason: NpmReason };

/**
 * The place of one dependency of one scope: `node_modules/<name>` as the dependent sees it. Its candidates are the
 * versions of the package, and last "absent".
 */
export interface SlotNode {
  readonly kind: "slot";
  readonly index: PackageIndex;
  readonly name: string;
  readonly owner: Scope;
  /** The specification that says where candidates come from: the scope's own, or that of the first peer. */
  readonly spec: DependencySpec;
  /**
   * The folder from which paths in {@link spec} count, relative to the root manifest: the dependent's, or the root's for
   * what an override says. `undefined` where a package from a registry asks, who may name neither paths nor repositories.
   */
  readonly base: string | undefined;
  /** The overrides in force for what fills it; peers that are in force for more narrowly may narrow it. */
  rule: OverrideRule | undefined;
  readonly isDirect: boolean;
  /** Whose peer it was made for, where nothing but peers asks for it. */
  readonly peerOf: PackageManifest | undefined;
  /** The scope can do without it. */
  readonly isOptional: boolean;
  /** More than {@link spec} is admitted, but not wished for. */
  readonly isLenient: boolean;
  content: SlotContent | undefined;
  /** The instances that its candidates stand for, as far as they were asked for. */
  readonly instances: Map<CandidateIndex, InstanceNode | undefined>;
  /** Packuments that must be known before the candidates can be put in order. */
  waitingFor: readonly string[];
}

/** One version of one package in the surroundings that its peers come from. One candidate. */
export interface InstanceNode {
  readonly kind: "instance";
  readonly index: PackageIndex;
  readonly manifest: PackageManifest;
  readonly local: LocalPackage | undefined;
  /** The name of its folder: its own, or an alias. Nothing finds it under another. */
  readonly installedAs: string;
  readonly scope: Scope;
  /** Whether it is a direct dependency of a root or workspace. */
  readonly dependentIsRoot: boolean;
  dependencies: readonly Dependency[] | undefined;
  /** What it asks of other ecosystems. */
  readonly foreign: { readonly target: RequirementTarget; readonly requirement: ForeignRequirement }[];
  /** Peers that may be had in a second copy, by name. */
  readonly choices: Map<string, ChoiceNode>;
}

/** How a peer is had: candidate 0 shares the surroundings' copy, candidate 1 has a copy (or nothing) of its own. */
export interface ChoiceNode {
  readonly kind: "choice";
  readonly index: PackageIndex;
  readonly instance: InstanceNode;
  readonly name: string;
  readonly shared: readonly Dependency[];
  readonly own: readonly Dependency[];
  readonly ownSlot: SlotNode | undefined;
}

export type ProblemNode = SlotNode | InstanceNode | ChoiceNode;

/** The candidate of a slot that means "absent". */
export function absentCandidate(content: SlotContent): CandidateIndex {
  if (content.kind === "registry") return content.list.count;
  return content.kind === "missing" ? 0 : 1;
}
