import type {
  CandidateIndex,
  Dependency,
  Need,
  PackageFacts,
  PackageIndex,
  Provider,
  RequirementIndex,
  Unavailable,
} from "./provider.ts";
import type { Snapshot, SnapshotRanges } from "./snapshot.ts";
import { addRange, emptySet, hasMember, membersOf, type VersionSet } from "./version-set.ts";

const ANYTHING: SnapshotRanges = [[0, Infinity]];

/** The reason of what {@link SnapshotProvider.exclude} was called for. */
const NOT_RECORDED = "is not in the snapshot";

/**
 * Answers from a snapshot. What nobody asked when it was taken stays unknown: a solver that takes the same course never
 * asks for it, and for any other {@link exclude} rules it out.
 */
export class SnapshotProvider implements Provider {
  readonly snapshot: Snapshot;
  private readonly knownFacts = new Map<PackageIndex, PackageFacts>();
  private readonly answers = new Map<PackageIndex, (readonly Dependency[] | Unavailable | undefined)[]>();
  private readonly sets = new Map<PackageIndex, VersionSet[]>();
  private readonly recordedChoices = new Map<PackageIndex, ReadonlyMap<string, CandidateIndex>>();
  readonly choose?: NonNullable<Provider["choose"]>;
  readonly order: NonNullable<Provider["order"]>;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    this.order = snapshot.order ?? "fewest-first";
    for (const [package_, { choices, candidates }] of snapshot.packages.entries()) {
      if (choices === undefined) continue;
      const count = candidates?.length ?? 0;
      const made = choices.map(({ admissible, candidate }) => [setOf(count, admissible).join(), candidate] as const);
      this.recordedChoices.set(package_, new Map(made));
    }
    if (this.recordedChoices.size > 0) this.choose = this.chooseAsRecorded.bind(this);
  }

  facts(package_: PackageIndex): PackageFacts | undefined {
    const known = this.knownFacts.get(package_);
    if (known !== undefined) return known;
    const entry = this.snapshot.packages[package_];
    if (entry === undefined || entry.candidates === null) return undefined;
    const count = entry.candidates.length;
    const unavailable = entry.unavailable?.map((group) => ({
      candidates: setOf(count, group.candidates),
      reason: group.reason,
    }));
    const facts: PackageFacts = {
      count,
      ...(unavailable === undefined ? {} : { unavailable }),
      ...(entry.missing === undefined ? {} : { missing: entry.missing }),
      ...(entry.hasAllDependencies === undefined ? {} : { hasAllDependencies: true }),
    };
    this.knownFacts.set(package_, facts);
    return facts;
  }

  dependencies(package_: PackageIndex, candidate: CandidateIndex): readonly Dependency[] | Unavailable | undefined {
    const answers = this.answers.get(package_) ?? [];
    this.answers.set(package_, answers);
    const known = answers[candidate];
    if (known !== undefined) return known;
    const { snapshot } = this;
    const entry = snapshot.packages[package_]?.candidates?.[candidate];
    if (entry === undefined || entry === null) return undefined;
    const answer =
      "unavailable" in entry
        ? { kind: "unavailable" as const, reason: entry.unavailable }
        : entry.map(([kind, target, requirement, origin]) => ({
            kind,
            package: target,
            requirement,
            ...(origin === undefined ? {} : { origin: snapshot.origins?.[origin] }),
          }));
    answers[candidate] = answer;
    return answer;
  }

  matches(package_: PackageIndex, requirement: RequirementIndex): VersionSet {
    const sets = this.sets.get(package_) ?? [];
    this.sets.set(package_, sets);
    const known = sets[requirement];
    if (known !== undefined) return known;
    const { candidates, requirements } = this.snapshot.packages[package_] ?? { candidates: null };
    const admitted = requirements?.[requirement - 1]?.[0] ?? ANYTHING;
    const set = setOf(candidates?.length ?? 0, admitted);
    sets[requirement] = set;
    return set;
  }

  priority(package_: PackageIndex): number {
    return this.snapshot.packages[package_]?.priority ?? 0;
  }

  /** Rules out what a run asks for and the snapshot lacks: missing packages, unusable candidates. */
  exclude(needs: readonly Need[]): void {
    for (const { package: package_, candidate } of needs) {
      if (candidate === undefined) {
        this.knownFacts.set(package_, { count: 0, missing: NOT_RECORDED });
      } else {
        const answers = this.answers.get(package_) ?? [];
        answers[candidate] = { kind: "unavailable", reason: NOT_RECORDED };
        this.answers.set(package_, answers);
      }
    }
  }

  private chooseAsRecorded(package_: PackageIndex, admissible: VersionSet): CandidateIndex {
    const recorded = this.recordedChoices.get(package_)?.get(admissible.join());
    return recorded !== undefined && hasMember(admissible, recorded) ? recorded : (membersOf(admissible)[0] ?? 0);
  }
}

function setOf(count: number, ranges: SnapshotRanges): VersionSet {
  const set = emptySet(count);
  for (const [from, until] of ranges) addRange(set, from, Math.min(until, count));
  return set;
}
