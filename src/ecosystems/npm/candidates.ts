import {
  addMember,
  addRange,
  emptySet,
  firstMember,
  fullSet,
  membersOf,
  type VersionSet,
} from "../../solver/version-set.ts";
import { CandidateOrder, type Stretch } from "./candidate-order.ts";
import type { DependencySpec } from "./dependency-spec.ts";
import { type NodePlatform, platformAdmits, platformLists } from "./node-platform.ts";
import type { Packument } from "./packument.ts";
import type { NpmReason } from "./reasons.ts";
import type { VersionKind } from "./slim-layout.ts";

/** What decides the order in which the versions of a package are tried. */
export interface CandidatePolicy {
  /** Whether a range of `engines.node` holds the target's Node. */
  enginesFit(range: string): boolean;
  /** Versions published after this moment do not exist. */
  readonly excludeNewerMs: number | undefined;
  /** Whether the cut-off date does not hold for the package of this name in its registry. */
  isExempt(name: string): boolean;
  readonly versions: "highest" | "lowest";
  /** The target. */
  readonly platform: NodePlatform;
}

/** The part of a score that a version has which is neither deprecated nor asks for another Node. */
const isCurrentAndFits = 4;
const isLatest = 8;
const isNotDemoted = 32;

/**
 * The versions of a packument in the order in which npm would pick them (npm-pick-manifest): the `latest` tag when it
 * is not deprecated and its engines fit; then versions whose platform and engines fit and that are not deprecated,
 * newest first. Candidate 0 is the most preferred; one more candidate after the last stands for "absent".
 */
export class CandidateList {
  readonly packument: Packument;
  /** Without the one for "absent". */
  readonly count: number;
  /** Candidates that the cut-off date hides. */
  readonly hidden: readonly number[];
  readonly #order: CandidateOrder;
  readonly #policy: CandidatePolicy;
  readonly #sets = new Map<string, VersionSet>();
  #misfits: ReadonlyMap<string, VersionSet> | undefined;
  /** What npm picks from for `*`. */
  #anything: VersionSet | undefined;
  /** The candidates that are no pre-releases; made when first needed. */
  #releases: VersionSet | undefined;

  /** `demoted`: versions that are tried last, whatever else speaks for them. */
  constructor(packument: Packument, policy: CandidatePolicy, demoted: ReadonlySet<number> = new Set()) {
    this.packument = packument;
    this.#policy = policy;
    this.count = packument.list.count;
    this.#order = new CandidateOrder(this.#stretches(demoted), policy.versions === "lowest");
    this.hidden = policy.excludeNewerMs === undefined || policy.isExempt(packument.name) ? [] : this.#hiddenOnes();
  }

  #hiddenOnes(): number[] {
    return Array.from({ length: this.count }, (_, candidate) => candidate).filter((candidate) =>
      this.#isHidden(this.versionIndex(candidate) ?? 0),
    );
  }

  /** The candidates that are for other systems, by what they say of that (`VersionKind.platform`). */
  get misfits(): ReadonlyMap<string, VersionSet> {
    this.#misfits ??= this.#findMisfits();
    return this.#misfits;
  }

  #findMisfits(): ReadonlyMap<string, VersionSet> {
    const misfits = new Map<string, VersionSet>();
    const { kindFirsts, kindOf, kinds } = this.packument;
    for (let at = 0; at < kindFirsts.length; at++) {
      const platform = kinds[kindOf[at] ?? 0]?.platform ?? null;
      if (platform === null || platformAdmits(platformLists(platform), this.#policy.platform)) continue;
      const set = misfits.get(platform) ?? emptySet(this.count + 1);
      misfits.set(platform, set);
      const end = kindFirsts[at + 1] ?? this.count;
      this.#order.visitRange(kindFirsts[at] ?? 0, end, (from, to) => addRange(set, from, to));
    }
    return misfits;
  }

  candidateOf(versionIndex: number): number {
    return this.#order.candidateOf(versionIndex);
  }

  /** The candidate that a version is; `undefined` when there is no such version. */
  candidateAt(version: string): number | undefined {
    const index = this.packument.list.indexOf(version);
    return index === undefined ? undefined : this.candidateOf(index);
  }

  /** Where the version that a candidate is stands in the packument's list; `undefined` for "absent". */
  versionIndex(candidate: number): number | undefined {
    return this.#order.versionOf(candidate);
  }

  /** Why {@link hidden} candidates are hidden. */
  get tooNew(): NpmReason {
    const { excludeNewerMs = 0 } = this.#policy;
    const { list } = this.packument;
    const newest = list.versions.findLastIndex((_, index) => !this.#isHidden(index) && !list.isPrerelease(index));
    const newestBefore = list.version(newest);
    const cutOff = new Date(excludeNewerMs).toISOString();
    return { kind: "too-new", cutOff, ...(newestBefore === undefined ? {} : { newestBefore }) };
  }

  /** The candidates that `spec` admits, a tag `also` this version; with `absent`, the candidate after the last as well. */
  matching(spec: DependencySpec, absent: boolean, also?: string): VersionSet {
    const text = spec.kind === "range" ? spec.range : spec.kind === "tag" ? `tag:${spec.tag} ${also ?? ""}` : "";
    const key = absent ? `?${text}` : text;
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const set = emptySet(this.count + 1);
    if (isAnything(spec)) addRange(set, 0, this.count);
    else if (spec.kind === "range") this.#addMatching(set, spec.range);
    else for (const index of this.#versionsOf(spec)) addMember(set, this.candidateOf(index));
    const kept = spec.kind === "tag" && also !== undefined ? this.packument.list.indexOf(also) : undefined;
    if (kept !== undefined) addMember(set, this.candidateOf(kept));
    if (absent) addMember(set, this.count);
    this.#sets.set(key, set);
    return set;
  }

  /** Every candidate; with `absent`, the one after the last as well. */
  all(absent: boolean): VersionSet {
    const set = emptySet(this.count + 1);
    addRange(set, 0, absent ? this.count + 1 : this.count);
    return set;
  }

  #addMatching(set: VersionSet, range: string): void {
    const { list } = this.packument;
    const { spans, invited } = list.admitted(range);
    for (let span = 0; span < spans.length; span += 2) {
      this.#order.visitRange(spans[span] ?? 0, spans[span + 1] ?? 0, (from, to) => addRange(set, from, to));
    }
    if (list.prereleases.length > 0) {
      const releases = (this.#releases ??= this.#findReleases());
      for (let word = 0; word < set.length; word++) set[word] = (set[word] ?? 0) & (releases[word] ?? 0);
    }
    for (const index of invited) addMember(set, this.candidateOf(index));
  }

  #findReleases(): VersionSet {
    const set = fullSet(this.count + 1);
    for (const index of this.packument.list.prereleases) {
      const candidate = this.candidateOf(index);
      set[candidate >>> 5] = (set[candidate >>> 5] ?? 0) & ~(1 << (candidate & 31));
    }
    return set;
  }

  /**
   * What npm would install for `spec` alone, where that is less than it puts up with: a pre-release that is there anyway is
   * good enough for `*`, and the version that a lock has for a tag.
   */
  wished(spec: DependencySpec): VersionSet | undefined {
    if (spec.kind === "tag") return this.matching(spec, false);
    if (!isAnything(spec)) return undefined;
    if (this.#anything === undefined) {
      this.#anything = emptySet(this.count + 1);
      for (const index of this.#versionsOf(spec)) addMember(this.#anything, this.candidateOf(index));
    }
    return this.#anything;
  }

  /** The candidate that is tried first for `spec`, or `undefined` when no version is admitted. */
  preferred(spec: DependencySpec): number | undefined {
    const admitted = this.wished(spec) ?? this.matching(spec, false);
    if (this.hidden.length > 0) return membersOf(admitted).find((candidate) => !this.hidden.includes(candidate));
    const first = firstMember(admitted);
    return first === -1 ? undefined : first;
  }

  #versionsOf(spec: DependencySpec): readonly number[] {
    const { list, tags } = this.packument;
    if (spec.kind === "tag") {
      const tagged = list.indexOf(tags.get(spec.tag) ?? "");
      if (tagged === undefined) return [];
      // A tag that points beyond the cut-off date means the newest version before it.
      return this.#isHidden(tagged) ? this.#newestVisible(`<=${list.version(tagged) ?? ""}`) : [tagged];
    }
    if (spec.kind !== "range") return [];
    const releases = list.matching("*");
    const latest = list.indexOf(tags.get("latest") ?? "");
    if (latest !== undefined && list.isPrerelease(latest)) return [...releases, latest];
    return releases.length > 0 ? releases : list.versions.map((_, index) => index);
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

  /** The versions with what speaks for them. */
  #stretches(demoted: ReadonlySet<number>): Stretch[] {
    const { packument, count } = this;
    const scores = packument.kinds.map((kind) => this.#scoreOf(kind));
    const stretches: Stretch[] = [];
    const { kindFirsts, kindOf } = packument;
    for (let at = 0; at < kindFirsts.length; at++) {
      const score = isNotDemoted + (scores[kindOf[at] ?? 0] ?? 0);
      stretches.push({ first: kindFirsts[at] ?? 0, end: kindFirsts[at + 1] ?? count, score });
    }
    for (const index of demoted) changeScore(stretches, index, -isNotDemoted);
    const latest = packument.list.indexOf(packument.tags.get("latest") ?? "");
    if (latest !== undefined && this.#policy.versions === "highest" && !this.#isHidden(latest)) {
      const stretch = stretches.find(({ end }) => latest < end);
      if (stretch !== undefined && (stretch.score & isCurrentAndFits) !== 0) changeScore(stretches, latest, isLatest);
    }
    return stretches;
  }

  #scoreOf({ isDeprecated, engine, platform }: VersionKind): number {
    const fits = engine === null || this.#policy.enginesFit(engine);
    let score = 0;
    if (platform === null || platformAdmits(platformLists(platform), this.#policy.platform)) score += 16;
    if (!isDeprecated && fits) score += isCurrentAndFits;
    if (fits) score += 2;
    if (!isDeprecated) score += 1;
    return score;
  }
}

/** Whether every version will do, pre-releases as well: npm holds nothing against a version for which `*` was written. */
function isAnything(spec: DependencySpec): boolean {
  return spec.kind === "range" && spec.range.trim() === "*";
}

/** Gives one version a score of its own. */
function changeScore(stretches: Stretch[], version: number, by: number): void {
  const at = stretches.findIndex(({ end }) => version < end);
  const around = stretches[at];
  if (around === undefined) return;
  const { first, end, score } = around;
  const parts: Stretch[] = [
    { first, end: version, score },
    { first: version, end: version + 1, score: score + by },
    { first: version + 1, end, score },
  ];
  stretches.splice(at, 1, ...parts.filter((part) => part.first < part.end));
}
