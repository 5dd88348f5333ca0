import {
  ANY_VERSION,
  type CandidateIndex,
  type Dependency,
  type PackageFacts,
  type PackageIndex,
  type Provider,
  type RequirementIndex,
  type Unavailable,
} from "./provider.ts";
import type {
  Snapshot,
  SnapshotCandidate,
  SnapshotDependency,
  SnapshotPackage,
  SnapshotRanges,
  SnapshotRequirement,
  SnapshotValue,
  SnapshotWords,
} from "./snapshot.ts";
import { membersOf, type VersionSet } from "./version-set.ts";

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

  constructor(source: Provider) {
    this.source = source;
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

  get order(): NonNullable<Provider["order"]> {
    return this.source.order ?? "fewest-first";
  }

  facts(package_: PackageIndex): PackageFacts | undefined {
    const facts = this.source.facts(package_);
    if (facts !== undefined) this.known.set(package_, facts);
    return facts;
  }

  dependencies(package_: PackageIndex, candidate: CandidateIndex): readonly Dependency[] | Unavailable | undefined {
    const answer = this.source.dependencies(package_, candidate);
    if (answer === undefined) return undefined;
    const answers = this.answers.get(package_);
    if (answers === undefined) this.answers.set(package_, new Map([[candidate, answer]]));
    else answers.set(candidate, answer);
    return answer;
  }

  matches(package_: PackageIndex, requirement: RequirementIndex): VersionSet {
    return this.source.matches(package_, requirement);
  }

  /** What was asked so far, as a problem with this root. Packages are numbered in the order in which they came up. */
  snapshot(root: PackageIndex, candidate: CandidateIndex, words: SnapshotWords = {}): Snapshot {
    return new SnapshotWriter(
      { source: this.source, known: this.known, answers: this.answers, choices: this.choices },
      words,
    ).write(root, candidate);
  }
}

interface Recorded {
  readonly source: Provider;
  readonly known: ReadonlyMap<PackageIndex, PackageFacts>;
  readonly answers: ReadonlyMap<PackageIndex, ReadonlyMap<CandidateIndex, readonly Dependency[] | Unavailable>>;
  readonly choices: ReadonlyMap<
    PackageIndex,
    ReadonlyMap<string, { admissible: VersionSet; candidate: CandidateIndex }>
  >;
}

/** Numbers packages, requirements and origins, and writes each once. */
class SnapshotWriter {
  private readonly recorded: Recorded;
  private readonly words: SnapshotWords;
  private readonly position = new Map<PackageIndex, number>();
  private readonly requirements = new Map<PackageIndex, Map<RequirementIndex, number>>();
  private readonly origins: SnapshotValue[] = [];
  private readonly originIndex = new Map<string, number>();

  constructor(recorded: Recorded, words: SnapshotWords) {
    this.recorded = recorded;
    this.words = words;
  }

  write(root: PackageIndex, candidate: CandidateIndex): Snapshot {
    const order = this.packagesInOrder(root);
    for (const [index, package_] of order.entries()) this.position.set(package_, index);
    // Candidates first: they number the requirements that packages then list.
    const candidates = order.map((package_) => this.candidates(package_));
    const packages = order.map((package_, index) => this.describe(package_, candidates[index] ?? null));
    const { about } = this.words;
    return {
      format: "enki-problem",
      version: 1,
      ...(about === undefined ? {} : { about }),
      root: { package: 0, candidate },
      ...(this.recorded.source.order === "depth-first" ? { order: "depth-first" } : {}),
      packages,
      ...(this.origins.length === 0 ? {} : { origins: this.origins }),
    };
  }

  /** The root, then breadth-first everything that answers speak about. */
  private packagesInOrder(root: PackageIndex): readonly PackageIndex[] {
    const found = new Set([root]);
    for (const package_ of found) {
      const answers = [...(this.recorded.answers.get(package_) ?? [])].toSorted(([a], [b]) => a - b);
      for (const [, answer] of answers) {
        if ("kind" in answer) continue;
        for (const dependency of answer) found.add(dependency.package);
      }
    }
    return [...found];
  }

  private candidates(package_: PackageIndex): readonly SnapshotCandidate[] | null {
    const facts = this.recorded.known.get(package_);
    if (facts === undefined) return null;
    const answers = this.recorded.answers.get(package_);
    return Array.from({ length: facts.count }, (_, index): SnapshotCandidate => {
      const answer = answers?.get(index);
      if (answer === undefined) return null;
      if ("kind" in answer) return { unavailable: this.reason(package_, answer.reason) };
      return answer.map((dependency) => this.dependency(dependency));
    });
  }

  private dependency({ package: package_, requirement, kind, origin }: Dependency): SnapshotDependency {
    const position = this.position.get(package_) ?? 0;
    const number = kind === "same" || requirement === ANY_VERSION ? 0 : this.numberOf(package_, requirement);
    const words = this.words.origin?.(origin);
    return words === undefined ? [kind, position, number] : [kind, position, number, this.originNumber(words)];
  }

  private numberOf(package_: PackageIndex, requirement: RequirementIndex): number {
    const numbers = this.requirements.get(package_) ?? new Map<RequirementIndex, number>();
    this.requirements.set(package_, numbers);
    const number = numbers.get(requirement) ?? numbers.size + 1;
    numbers.set(requirement, number);
    return number;
  }

  private originNumber(origin: SnapshotValue): number {
    const key = JSON.stringify(origin);
    const known = this.originIndex.get(key);
    if (known !== undefined) return known;
    this.originIndex.set(key, this.origins.length);
    return this.origins.push(origin) - 1;
  }

  private reason(package_: PackageIndex, reason: unknown): SnapshotValue {
    return this.words.reason?.(package_, reason) ?? String(reason);
  }

  private describe(package_: PackageIndex, candidates: readonly SnapshotCandidate[] | null): SnapshotPackage {
    const { words, recorded } = this;
    const name = words.nameOf?.(package_) ?? `package ${package_}`;
    const facts = recorded.known.get(package_);
    const about = words.aboutPackage?.(package_, (other) => this.position.get(other));
    const requirements = [...(this.requirements.get(package_)?.keys() ?? [])].map(
      (requirement): SnapshotRequirement => [
        facts === undefined ? null : rangesOf(recorded.source.matches(package_, requirement)),
        words.requirementText?.(package_, requirement) ?? "",
      ],
    );
    const unavailable = (facts?.unavailable ?? []).map((group) => ({
      candidates: rangesOf(group.candidates),
      reason: this.reason(package_, group.reason),
    }));
    const priority = recorded.source.priority?.(package_) ?? 0;
    const choices = [...(recorded.choices.get(package_)?.values() ?? [])];
    const { versionOf } = words;
    return {
      name,
      ...(about === undefined ? {} : { about }),
      candidates,
      ...(versionOf === undefined || candidates === null
        ? {}
        : { versions: candidates.map((_, candidate) => words.versionOf?.(package_, candidate) ?? "") }),
      ...(requirements.length === 0 ? {} : { requirements }),
      ...(unavailable.length === 0 ? {} : { unavailable }),
      ...(facts?.count === 0 ? { missing: this.reason(package_, facts.missing) } : {}),
      ...(priority === 0 ? {} : { priority }),
      ...(facts?.hasAllDependencies === true ? { hasAllDependencies: true } : {}),
      ...(choices.length === 0
        ? {}
        : {
            choices: choices.map(({ admissible, candidate }) => ({ admissible: rangesOf(admissible), candidate })),
          }),
    };
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
