import type { DependencyKind, PackageIndex, RequirementIndex } from "./provider.ts";

/** Candidates as ranges `[from, until)`, in ascending order. */
export type SnapshotRanges = readonly (readonly [from: number, until: number])[];

/** What a snapshot holds for words only: plain JSON that the solver never looks into. */
export type SnapshotValue =
  string | number | boolean | null | readonly SnapshotValue[] | { readonly [key: string]: SnapshotValue };

/** A requirement on one package: the candidates that it admits (`null` when nobody asked), and its words. */
export type SnapshotRequirement = readonly [admitted: SnapshotRanges | null, text: string];

/**
 * `[kind, package, requirement, origin]`: the position of the package in the snapshot; the requirement of that package,
 * counted from 1, or 0 for any version; the position of the origin in {@link Snapshot.origins}, or absent.
 */
export type SnapshotDependency =
  | readonly [kind: DependencyKind, package_: number, requirement: number]
  | readonly [kind: DependencyKind, package_: number, requirement: number, origin: number];

/** What one candidate depends on, why it can't be used, or `null` when nobody asked. */
export type SnapshotCandidate = readonly SnapshotDependency[] | { readonly unavailable: SnapshotValue } | null;

/** One package of a snapshot. */
export interface SnapshotPackage {
  readonly name: string;
  /** `null` when the package was named but its candidates were never asked for. */
  readonly candidates: readonly SnapshotCandidate[] | null;
  /** What each candidate is called; absent when candidates have no names. */
  readonly versions?: readonly string[];
  readonly requirements?: readonly SnapshotRequirement[];
  readonly unavailable?: readonly { readonly candidates: SnapshotRanges; readonly reason: SnapshotValue }[];
  /** Why there are no candidates. */
  readonly missing?: SnapshotValue;
  readonly priority?: number;
  readonly hasAllDependencies?: true;
  /** What the provider chose, where that was not the first admissible candidate. */
  readonly choices?: readonly { readonly admissible: SnapshotRanges; readonly candidate: number }[];
  /** Words about the package, for whoever took the snapshot. */
  readonly about?: SnapshotValue;
}

/** Everything that a solve asked of its provider, as JSON: a problem that can be sent, kept and replayed. */
export interface Snapshot {
  readonly format: "enki-problem";
  readonly version: 1;
  /** Where it was taken: system, toolchains … */
  readonly about?: SnapshotValue;
  readonly root: { readonly package: number; readonly candidate: number };
  /** `Provider.order`, where it is not the default. */
  readonly order?: "depth-first";
  readonly packages: readonly SnapshotPackage[];
  /** Where dependencies were read and in which words, each once. */
  readonly origins?: readonly SnapshotValue[];
}

/** Words for a snapshot. Packages without names are numbered; reasons are turned into text. */
export interface SnapshotWords {
  readonly about?: SnapshotValue;
  nameOf?(package_: PackageIndex): string;
  versionOf?(package_: PackageIndex, candidate: number): string;
  requirementText?(package_: PackageIndex, requirement: RequirementIndex): string;
  /** `positionOf` gives the positions of other packages in the snapshot. */
  aboutPackage?(
    package_: PackageIndex,
    positionOf: (package_: PackageIndex) => number | undefined,
  ): SnapshotValue | undefined;
  origin?(origin: unknown): SnapshotValue | undefined;
  reason?(package_: PackageIndex, reason: unknown): SnapshotValue;
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `\n${JSON.stringify(value)}`).join(",");
}

/** The text of a snapshot file: a line per package, so that files compare and compress well. */
export function formatSnapshot(snapshot: Snapshot): string {
  const { packages, origins, ...head } = snapshot;
  const tail = origins === undefined ? "" : `,\n"origins":[${lines(origins)}\n]`;
  return `${JSON.stringify(head).slice(0, -1)},\n"packages":[${lines(packages)}\n]${tail}}\n`;
}
