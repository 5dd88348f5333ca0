import {
  ANY_VERSION,
  type CandidateIndex,
  type Dependency,
  type DependencyKind,
  type PackageFacts,
  type PackageIndex,
  type Provider,
  type RequirementIndex,
  type Unavailable,
} from "./provider.ts";
import { addRange, emptySet, hasMember, membersOf, type VersionSet } from "./version-set.ts";

/** Candidates as ranges `[from, until)`. */
export type SnapshotRanges = readonly (readonly [from: number, until: number])[];

/** `[kind, position of the package in the snapshot, admitted candidates or null for any]`. */
export type SnapshotDependency = readonly [kind: DependencyKind, package_: number, admitted: SnapshotRanges | null];

/** A list of dependencies, the reason why the candidate is unusable, or `null` when nobody asked. */
export type SnapshotCandidate = readonly SnapshotDependency[] | string | null;

export interface SnapshotPackage {
  readonly name: string;
  /** `null` when the package was named but its candidates were never asked for. */
  readonly candidates: readonly SnapshotCandidate[] | null;
  readonly unavailable?: readonly { readonly candidates: SnapshotRanges; readonly reason: string }[];
  readonly missing?: string;
  readonly priority?: number;
  readonly hasAllDependencies?: true;
  /** What the provider chose, where that was not the first admissible candidate. */
  readonly choices?: readonly { readonly admissible: SnapshotRanges; readonly candidate: number }[];
}

/** Everything that a solve asked of its provider, as JSON: a problem that can be sent, kept and replayed. */
export interface Snapshot {
  readonly format: "enki-problem";
  readonly version: 1;
  readonly root: { readonly package: number; readonly candidate: number };
  /** {@link Provider.order}, where it is not the default. */
  readonly order?: "depth-first";
  readonly packages: readonly SnapshotPackage[];
}

/** Words for a snapshot; both default to numbers. */
export interface SnapshotWords {
  readonly nameOf?: (package_: PackageIndex) => string;
  readonly reasonText?: (reason: unknown) => string;
}

/** Passes every question on to another provider and remembers the answers. Use it in place of that provider. */
export class RecordingProvider implements Provider {
  private readonly source: Provider;
  private readonly known = new Map<PackageIndex, PackageFacts>();
  private readonly answers = new Map<PackageIndex, Map<CandidateIndex, readonly Dependency[] | Unavailable>>();
  private readonly choices = new Map<
    PackageIndex,
    Map<string, { admissible: VersionSet; candidate: CandidateIndex }>
  >();
  readonly choose?: NonNullable<Provider["choose"]>;
  readonly priority?: NonNullable<Provider["priority"]>;
  readonly order: NonNullable<Provider["order"]>;

  constructor(source: Provider) {
    this.source = source;
    this.order = source.order ?? "fewest-first";
    if (source.priority !== undefined) this.priority = source.priority.bind(source);
    const choose = source.choose?.bind(source);
    if (choose === undefined) return;
    this.choose = (package_, admissible, isSelected) => {
      const candidate = choose(package_, admissible, isSelected);
      if (candidate !== membersOf(admissible)[0]) {
        const made = this.choices.get(package_) ?? new Map<string, { admissible: VersionSet; candidate: number }>();
        made.set(admissible.join(), { admissible: admissible.slice(), candidate });
        this.choices.set(package_, made);
      }
      return candidate;
    };
  }

  facts(package_: PackageIndex): PackageFacts | undefined {
    const facts = this.source.facts(package_);
    if (facts !== undefined) this.known.set(package_, facts);
    return facts;
  }

  dependencies(package_: PackageIndex, candidate: CandidateIndex): readonly Dependency[] | Unavailable | undefined {
    const answer = this.source.dependencies(package_, candidate);
    if (answer === undefined) return undefined;
    const answers = this.answers.get(package_) ?? new Map<CandidateIndex, readonly Dependency[] | Unavailable>();
    answers.set(candidate, answer);
    this.answers.set(package_, answers);
    return answer;
  }

  matches(package_: PackageIndex, requirement: RequirementIndex): VersionSet {
    return this.source.matches(package_, requirement);
  }

  /** What was asked so far, as a problem with this root. Packages are numbered in the order in which they came up. */
  snapshot(root: PackageIndex, candidate: CandidateIndex, words: SnapshotWords = {}): Snapshot {
    const order = this.packagesInOrder(root);
    const position = new Map(order.map((package_, index) => [package_, index]));
    return {
      format: "enki-problem",
      version: 1,
      root: { package: 0, candidate },
      ...(this.order === "depth-first" ? { order: this.order } : {}),
      packages: order.map((package_) => this.describe(package_, position, words)),
    };
  }

  /** The root, then breadth-first everything that answers speak about. */
  private packagesInOrder(root: PackageIndex): readonly PackageIndex[] {
    const found = new Set([root]);
    for (const package_ of found) {
      const answers = [...(this.answers.get(package_) ?? [])].toSorted(([a], [b]) => a - b);
      for (const [, answer] of answers) {
        if ("kind" in answer) continue;
        for (const dependency of answer) found.add(dependency.package);
      }
    }
    return [...found];
  }

  private describe(
    package_: PackageIndex,
    position: ReadonlyMap<PackageIndex, number>,
    words: SnapshotWords,
  ): SnapshotPackage {
    const name = words.nameOf?.(package_) ?? `package ${package_}`;
    const text = words.reasonText ?? String;
    const facts = this.known.get(package_);
    if (facts === undefined) return { name, candidates: null };
    const answers = this.answers.get(package_);
    const candidates = Array.from({ length: facts.count }, (_, index): SnapshotCandidate => {
      const answer = answers?.get(index);
      if (answer === undefined) return null;
      if ("kind" in answer) return text(answer.reason);
      return answer.map((dependency) => [
        dependency.kind,
        position.get(dependency.package) ?? 0,
        this.admitted(dependency),
      ]);
    });
    const priority = this.priority?.(package_) ?? 0;
    const choices = this.choices.get(package_);
    return {
      name,
      candidates,
      ...(facts.unavailable === undefined || facts.unavailable.length === 0
        ? {}
        : {
            unavailable: facts.unavailable.map((group) => ({
              candidates: rangesOf(group.candidates),
              reason: text(group.reason),
            })),
          }),
      ...(facts.count === 0 ? { missing: text(facts.missing) } : {}),
      ...(priority === 0 ? {} : { priority }),
      ...(facts.hasAllDependencies === true ? { hasAllDependencies: true } : {}),
      ...(choices === undefined
        ? {}
        : {
            choices: [...choices.values()].map(({ admissible, candidate }) => ({
              admissible: rangesOf(admissible),
              candidate,
            })),
          }),
    };
  }

  private admitted(dependency: Dependency): SnapshotRanges | null {
    if (dependency.kind === "same" || dependency.requirement === ANY_VERSION) return null;
    // The set of a requirement on a package that never came up is unknown, and then plays no part either.
    if (!this.known.has(dependency.package)) return null;
    return rangesOf(this.source.matches(dependency.package, dependency.requirement));
  }
}

function rangesOf(set: VersionSet): SnapshotRanges {
  const ranges: [number, number][] = [];
  for (const member of membersOf(set)) {
    const last = ranges.at(-1);
    if (last?.[1] === member) last[1] = member + 1;
    else ranges.push([member, member + 1]);
  }
  return ranges;
}

/** Answers from a snapshot. Reasons are texts. What nobody asked when it was taken stays unknown. */
export class SnapshotProvider implements Provider {
  readonly snapshot: Snapshot;
  private readonly ranges: (SnapshotRanges | null)[] = [null];
  private readonly rangeIndex = new Map<string, RequirementIndex>();
  private readonly answers = new Map<string, readonly Dependency[] | Unavailable>();
  readonly choose?: NonNullable<Provider["choose"]>;
  readonly order: NonNullable<Provider["order"]>;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    this.order = snapshot.order ?? "fewest-first";
    if (snapshot.packages.some((entry) => entry.choices !== undefined)) this.choose = this.chooseAsRecorded.bind(this);
  }

  facts(package_: PackageIndex): PackageFacts | undefined {
    const entry = this.snapshot.packages[package_];
    if (entry === undefined || entry.candidates === null) return undefined;
    const count = entry.candidates.length;
    return {
      count,
      ...(entry.unavailable === undefined
        ? {}
        : {
            unavailable: entry.unavailable.map((group) => ({
              candidates: setOf(count, group.candidates),
              reason: group.reason,
            })),
          }),
      ...(entry.missing === undefined ? {} : { missing: entry.missing }),
      ...(entry.hasAllDependencies === undefined ? {} : { hasAllDependencies: true }),
    };
  }

  dependencies(package_: PackageIndex, candidate: CandidateIndex): readonly Dependency[] | Unavailable | undefined {
    const entry = this.snapshot.packages[package_]?.candidates?.[candidate];
    if (entry === undefined || entry === null) return undefined;
    const key = `${package_} ${candidate}`;
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const answer =
      typeof entry === "string"
        ? { kind: "unavailable" as const, reason: entry }
        : entry.map(([kind, target, admitted]) => ({ kind, package: target, requirement: this.requirement(admitted) }));
    this.answers.set(key, answer);
    return answer;
  }

  matches(package_: PackageIndex, requirement: RequirementIndex): VersionSet {
    const count = this.snapshot.packages[package_]?.candidates?.length ?? 0;
    return setOf(count, this.ranges[requirement] ?? [[0, count]]);
  }

  priority(package_: PackageIndex): number {
    return this.snapshot.packages[package_]?.priority ?? 0;
  }

  private chooseAsRecorded(package_: PackageIndex, admissible: VersionSet): CandidateIndex {
    const wanted = JSON.stringify(rangesOf(admissible));
    const choices = this.snapshot.packages[package_]?.choices ?? [];
    const recorded = choices.find((choice) => JSON.stringify(choice.admissible) === wanted)?.candidate;
    return recorded !== undefined && hasMember(admissible, recorded) ? recorded : (membersOf(admissible)[0] ?? 0);
  }

  private requirement(admitted: SnapshotRanges | null): RequirementIndex {
    if (admitted === null) return ANY_VERSION;
    const key = JSON.stringify(admitted);
    const known = this.rangeIndex.get(key);
    if (known !== undefined) return known;
    const index = this.ranges.length;
    this.ranges.push(admitted);
    this.rangeIndex.set(key, index);
    return index;
  }
}

function setOf(count: number, ranges: SnapshotRanges): VersionSet {
  const set = emptySet(count);
  for (const [from, until] of ranges) addRange(set, from, Math.min(until, count));
  return set;
}
