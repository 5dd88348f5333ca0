import { addMember, emptySet, membersOf, type VersionSet } from "../../solver/version-set.ts";
import type { DependencySpec } from "./dependency-spec.ts";
import type { Packument } from "./packument.ts";
import type { NpmReason } from "./reasons.ts";

/** What decides the order in which the versions of a package are tried. */
export interface CandidatePolicy {
  /** Whether a range of `engines.node` holds the target's Node. */
  enginesFit(range: string): boolean;
  /** Versions published after this moment do not exist. */
  readonly excludeNewerMs: number | undefined;
  /** Whether the cut-off date does not hold for the package of this name in its registry. */
  isExempt(name: string): boolean;
  readonly versions: "highest" | "lowest";
  /** npm's words for the target: `linux` and `x64`. */
  readonly os: string;
  readonly cpu: string;
}

/** The part of a score that a version has which is neither deprecated nor asks for another Node. */
const isCurrentAndFits = 4;

/** Whether an `os` or `cpu` list admits `value` (npm-install-checks). */
export function platformListAdmits(list: readonly string[], value: string): boolean {
  if (list.length === 0 || (list.length === 1 && list[0] === "any")) return true;
  if (list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((item) => item.startsWith("!"));
}

/**
 * The versions of a packument in the order in which npm would pick them (npm-pick-manifest): the `latest` tag when it
 * is not deprecated and its engines fit; then versions whose platform and engines fit and that are not deprecated,
 * newest first. Candidate 0 is the most preferred; one more candidate after the last stands for "absent".
 */
export class CandidateList {
  readonly packument: Packument;
  /** Candidate to index in the packument's version list. */
  readonly order: readonly number[];
  /** Candidates that the cut-off date hides. */
  readonly hidden: readonly number[];
  readonly #rank: Int32Array;
  readonly #policy: CandidatePolicy;
  readonly #sets = new Map<string, VersionSet>();
  readonly #runScores: number[] = [];

  /** `demoted`: versions that are tried last, whatever else speaks for them. */
  constructor(packument: Packument, policy: CandidatePolicy, demoted: ReadonlySet<number> = new Set()) {
    this.packument = packument;
    this.#policy = policy;
    const count = packument.list.versions.length;
    const latest = packument.list.indexOf(packument.tags.get("latest") ?? "");
    // Versions are sorted already, so those of one score are in the right order by themselves.
    const byScore: number[][] = [];
    for (let index = 0; index < count; index++) (byScore[this.#score(index, latest, demoted)] ??= []).push(index);
    const order = byScore
      .toReversed()
      .flatMap((indices) =>
        indices === undefined ? [] : policy.versions === "lowest" ? indices : indices.toReversed(),
      );
    this.order = order;
    this.#rank = new Int32Array(count);
    order.forEach((index, candidate) => {
      this.#rank[index] = candidate;
    });
    this.hidden = order.flatMap((index, candidate) => (this.#isHidden(index) ? [candidate] : []));
  }

  /** Without the one for "absent". */
  get count(): number {
    return this.order.length;
  }

  candidateOf(versionIndex: number): number {
    return this.#rank[versionIndex] ?? -1;
  }

  version(candidate: number): string | undefined {
    const index = this.order[candidate];
    return index === undefined ? undefined : this.packument.list.versions[index];
  }

  /** Why {@link hidden} candidates are hidden. */
  get tooNew(): NpmReason {
    const { excludeNewerMs = 0 } = this.#policy;
    const { versions } = this.packument.list;
    const newest = versions.findLastIndex(
      (_, index) => !this.#isHidden(index) && !this.packument.list.isPrerelease(index),
    );
    const newestBefore = versions[newest];
    const cutOff = new Date(excludeNewerMs).toISOString();
    return { kind: "too-new", cutOff, ...(newestBefore === undefined ? {} : { newestBefore }) };
  }

  /** The candidates that `spec` admits; with `absent`, the candidate after the last as well. */
  matching(spec: DependencySpec, absent: boolean): VersionSet {
    const text = spec.kind === "range" ? spec.range : spec.kind === "tag" ? `tag:${spec.tag}` : "";
    const key = absent ? `?${text}` : text;
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const set = emptySet(this.count + 1);
    const add = (index: number): void => addMember(set, this.candidateOf(index));
    if (spec.kind === "range" && spec.range.trim() !== "*") this.packument.list.visitMatching(spec.range, add);
    else for (const index of this.#versionsOf(spec)) add(index);
    if (absent) addMember(set, this.count);
    this.#sets.set(key, set);
    return set;
  }

  /** The candidate that is tried first for `spec`, or `undefined` when no version is admitted. */
  preferred(spec: DependencySpec): number | undefined {
    const admitted = this.matching(spec, false);
    if (this.hidden.length > 0) return membersOf(admitted).find((candidate) => !this.hidden.includes(candidate));
    const word = admitted.findIndex((bits) => bits !== 0);
    const bits = admitted[word] ?? 0;
    return bits === 0 ? undefined : (word << 5) + 31 - Math.clz32(bits & -bits);
  }

  #versionsOf(spec: DependencySpec): readonly number[] {
    const { list, tags } = this.packument;
    if (spec.kind === "tag") {
      const tagged = list.indexOf(tags.get(spec.tag) ?? "");
      if (tagged === undefined) return [];
      // A tag that points beyond the cut-off date means the newest version before it.
      return this.#isHidden(tagged) ? this.#newestVisible(`<=${list.versions[tagged] ?? ""}`) : [tagged];
    }
    if (spec.kind !== "range") return [];
    const releases = list.matching("*");
    const latest = list.indexOf(tags.get("latest") ?? "");
    if (latest !== undefined && list.isPrerelease(latest)) return [...releases, latest];
    return releases.length > 0 ? releases : this.order;
  }

  #newestVisible(range: string): readonly number[] {
    const visible = this.packument.list.matching(range).filter((index) => !this.#isHidden(index));
    const best = Math.min(...visible.map((index) => this.candidateOf(index)));
    return visible.filter((index) => this.candidateOf(index) === best);
  }

  #isHidden(index: number): boolean {
    const { excludeNewerMs } = this.#policy;
    if (excludeNewerMs === undefined || this.#policy.isExempt(this.packument.name)) return false;
    return (this.packument.publishedAtMs(index) ?? Number.NEGATIVE_INFINITY) > excludeNewerMs;
  }

  #score(index: number, latest: number | undefined, demoted: ReadonlySet<number>): number {
    const run = this.packument.runOf(index);
    let score = (this.#runScores[run] ??= this.#scoreOfRun(run));
    if (!demoted.has(index)) score += 32;
    const isFine = (score & isCurrentAndFits) !== 0;
    if (index === latest && isFine && !this.#isHidden(index) && this.#policy.versions === "highest") score += 8;
    return score;
  }

  #scoreOfRun(run: number): number {
    const isCurrent = !this.packument.isDeprecated(run);
    const fits = this.#enginesFit(run);
    let score = 0;
    if (this.#platformFits(run)) score += 16;
    if (isCurrent && fits) score += isCurrentAndFits;
    if (fits) score += 2;
    if (isCurrent) score += 1;
    return score;
  }

  #enginesFit(run: number): boolean {
    const range = this.packument.nodeEngine(run);
    return range === undefined || this.#policy.enginesFit(range);
  }

  #platformFits(run: number): boolean {
    const platform = this.packument.platform(run);
    if (platform === undefined) return true;
    return platformListAdmits(platform.os, this.#policy.os) && platformListAdmits(platform.cpu, this.#policy.cpu);
  }
}
