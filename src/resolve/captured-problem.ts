import type { DependencyOrigin } from "../ecosystems/ecosystem.ts";
import type { SystemName, Target } from "../model/target.ts";
import { reasonDetails, reasonKind } from "../report/explanation/reason-fields.ts";
import { RecordingProvider } from "../solver/recording-provider.ts";
import type { Need, PackageIndex } from "../solver/provider.ts";
import type { Snapshot, SnapshotValue, SnapshotWords } from "../solver/snapshot.ts";
import { addMember, emptySet } from "../solver/version-set.ts";
import type { LoadingProvider } from "./drive.ts";
import { type JointProblem, ROOT } from "./joint-problem.ts";

/** The problem that was solved for one system, as a snapshot that explains itself: names, ranges, places, reasons. */
export interface CapturedProblem {
  readonly system: SystemName;
  readonly snapshot: Snapshot;
}

/** A joint problem that remembers what the solver asked of it. */
export class CapturingProblem extends RecordingProvider implements LoadingProvider {
  readonly #problem: JointProblem;

  constructor(problem: JointProblem) {
    super(problem);
    this.#problem = problem;
  }

  async load(needs: readonly Need[], signal: AbortSignal): Promise<void> {
    await this.#problem.load(needs, signal);
  }

  capture({ system, tools }: Target): CapturedProblem {
    const about = { system, tools: Object.fromEntries(tools) };
    return { system, snapshot: this.snapshot(ROOT, 0, { about, ...wordsOf(this.#problem) }) };
  }
}

function wordsOf(problem: JointProblem): SnapshotWords {
  return {
    nameOf: (package_) => problem.describe(package_).label,
    versionOf: (package_, candidate) => {
      const one = emptySet(problem.candidateCount(package_));
      addMember(one, candidate);
      return problem.describeVersions(package_, one);
    },
    requirementText: (package_, requirement) => problem.describeRequirement(package_, requirement),
    aboutPackage: (package_, positionOf) => aboutPackage(problem, package_, positionOf),
    origin: originRecord,
    reason: (package_, reason) => reasonRecord(reason, problem.describeReason(package_, reason)),
  };
}

function aboutPackage(
  problem: JointProblem,
  package_: PackageIndex,
  positionOf: (package_: PackageIndex) => number | undefined,
): SnapshotValue {
  const { ecosystem, kind, base, offeredBy, among } = problem.describe(package_);
  const position = base === undefined ? undefined : positionOf(base);
  return {
    ecosystem,
    kind,
    ...(position === undefined ? {} : { base: position }),
    ...(offeredBy === undefined ? {} : { offeredBy }),
    ...(among === undefined ? {} : { among }),
  };
}

/** {@link DependencyOrigin} without what is the same as the words of the requirement anyway. */
function originRecord(origin: unknown): SnapshotValue | undefined {
  if (typeof origin !== "object" || origin === null || !("kind" in origin)) return undefined;
  const { kind, text, place, why } = origin as DependencyOrigin;
  if (kind === "registry" && why === undefined) return undefined;
  return {
    kind,
    text,
    ...(place === undefined ? {} : { place: { ...place } }),
    ...(why === undefined ? {} : { why }),
  };
}

/** What hints tell of a reason: its kind, and words and numbers beside it. */
function reasonRecord(reason: unknown, text: string): SnapshotValue {
  const kind = reasonKind(reason);
  return { ...reasonDetails(reason), ...(kind === undefined ? {} : { kind }), text };
}
