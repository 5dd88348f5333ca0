export { Solver } from "./solver.ts";
export type { Derivation, DerivationNode, Fact, Term } from "./derivation.ts";
export type { NeedsFacts, Outcome, Solved, SolverLimits, SolverStatistics, Stopped, Unsatisfiable } from "./outcome.ts";
export {
  ANY_VERSION,
  type CandidateIndex,
  type Dependency,
  type DependencyKind,
  type Need,
  type PackageFacts,
  type PackageIndex,
  type Provider,
  type RequirementIndex,
  type Unavailable,
  type UnavailableCandidates,
} from "./provider.ts";
export {
  addMember,
  addRange,
  emptySet,
  filterSet,
  fullSet,
  hasMember,
  isEmptySet,
  membersOf,
  rangeSet,
  type VersionSet,
  wordCount,
} from "./version-set.ts";
export { checkDerivation } from "./check-derivation.ts";
export { checkSelection } from "./check-selection.ts";
export { RecordingProvider } from "./recording-provider.ts";
export { InvalidSnapshot, looksLikeSnapshot, parseSnapshot } from "./read-snapshot.ts";
export { replaySnapshot, type Replay } from "./replay-snapshot.ts";
export { SnapshotProvider } from "./snapshot-provider.ts";
export {
  formatSnapshot,
  type Snapshot,
  type SnapshotCandidate,
  type SnapshotDependency,
  type SnapshotPackage,
  type SnapshotRanges,
  type SnapshotRequirement,
  type SnapshotValue,
  type SnapshotWords,
} from "./snapshot.ts";
export { findRelaxations, type Relaxations } from "./relaxation.ts";
