/** The candidates of one project: its versions in order of preference, and those that are unusable from the start. */
import type { ResolveOptions } from "../ecosystem.ts";
import { addMember, emptySet, type VersionSet } from "../../solver/version-set.ts";
import type { UnavailableCandidates } from "../../solver/provider.ts";
import type { PypiSettings } from "./settings.ts";
import type { PythonCheck } from "./python-requirement.ts";
import { type UnusableReason, yanked } from "./reasons.ts";
import type { ProjectPage } from "./simple/repository.ts";
import { mixed, type SlimVersion } from "./simple/slim-table.ts";

/** One version of a project. */
export interface Candidate {
  readonly text: string;
  readonly key: string;
  readonly isPrerelease: boolean;
  /** Its page and its place there. Absent for candidates from a direct source. */
  readonly page: ProjectPage | undefined;
  readonly pageIndex: number;
  /** Whether yanked files may be used: a root pins it, a lock holds it, or it {@link needsPin}. */
  readonly admitsYanked: boolean;
  /** Whether it is yanked and counts only where some requirement pins it, be it that of another package (pip's rule). */
  readonly needsPin: boolean;
}

/** All candidates of a project. */
export interface CandidateList {
  readonly candidates: readonly Candidate[];
  readonly unavailable: readonly UnavailableCandidates[];
  readonly missing: UnusableReason | undefined;
  /** Candidates whose files all need another Python, with their requires-python. */
  readonly needsPython: ReadonlyMap<number, string>;
}

/** What decides about candidates besides the index. */
export interface CandidatePolicy {
  readonly options: ResolveOptions;
  readonly settings: PypiSettings;
  readonly python: PythonCheck;
  /** Whether the project is required by a manifest. */
  isDirect(name: string): boolean;
  /** Versions (keys) that manifests pin with `==` or `===`. */
  pins(name: string): ReadonlySet<string>;
  /** The versions (keys) that the earlier lock holds: several where its targets differ. */
  locked(name: string): ReadonlySet<string>;
  /** Whether a manifest's requirement names a pre-release. */
  asksForPrereleases(name: string): boolean;
}

/** A list for a project that does not exist. */
export function missingProject(reason: UnusableReason): CandidateList {
  return { candidates: [], unavailable: [], missing: reason, needsPython: new Map() };
}

/** Orders the versions of a project's pages (the first page that has a version gives it) and judges them. */
export function listCandidates(name: string, pages: readonly ProjectPage[], policy: CandidatePolicy): CandidateList {
  const locked = policy.locked(name);
  const pins = policy.pins(name);
  const found: { readonly slim: SlimVersion; readonly candidate: Candidate }[] = [];
  const seen = new Set<string>();
  for (const page of pages) {
    for (const [pageIndex, slim] of page.table.versions.entries()) {
      if (seen.has(slim.key)) continue;
      seen.add(slim.key);
      const isPinned = pins.has(slim.key) || locked.has(slim.key);
      const needsPin = slim.isYanked && !isPinned && policy.options.prerelease === "pep440";
      const admitsYanked = isPinned || needsPin;
      const { text, key, isPrerelease } = slim;
      found.push({ slim, candidate: { text, key, isPrerelease, page, pageIndex, admitsYanked, needsPin } });
    }
  }
  if (found.length === 0) return missingProject({ kind: "no-versions" });
  const isLowest =
    policy.options.versions === "lowest" || (policy.options.versions === "lowest-direct" && policy.isDirect(name));
  const stableFirst = prefersStable(name, policy);
  const ordered = found.toSorted(({ candidate: left }, { candidate: right }) => {
    if (locked.has(left.key) !== locked.has(right.key)) return locked.has(left.key) ? -1 : 1;
    if (left.needsPin !== right.needsPin) return left.needsPin ? 1 : -1;
    if (stableFirst && left.isPrerelease !== right.isPrerelease) return left.isPrerelease ? 1 : -1;
    return left.key < right.key === isLowest ? -1 : 1;
  });
  const status = pages[0]?.table.status;
  const unavailable = new Map<string, { reason: UnusableReason; candidates: VersionSet }>();
  const needsPython = new Map<number, string>();
  let newestBefore: { readonly newestBefore?: string } | undefined;
  for (const [index, { slim, candidate }] of ordered.entries()) {
    const requires = slim.requiresPython;
    if (requires !== undefined && requires !== mixed && !policy.python.admits(requires)) {
      needsPython.set(index, requires);
    }
    const judged = judge(name, slim, candidate, status, policy);
    if (judged === undefined) continue;
    const reason =
      judged.kind === "too-new" ? { ...judged, ...(newestBefore ??= newestLeft(found, judged.cutOff)) } : judged;
    const key = JSON.stringify(reason);
    let group = unavailable.get(key);
    if (group === undefined) {
      group = { reason, candidates: emptySet(ordered.length) };
      unavailable.set(key, group);
    }
    addMember(group.candidates, index);
  }
  return {
    candidates: ordered.map(({ candidate }) => candidate),
    unavailable: [...unavailable.values()],
    missing: undefined,
    needsPython,
  };
}

/** The newest stable version that a cut-off date leaves. */
function newestLeft(
  found: readonly { readonly slim: SlimVersion; readonly candidate: Candidate }[],
  cutOff: string,
): { readonly newestBefore?: string } {
  const left = found.filter(
    ({ slim }) => !slim.isPrerelease && !slim.isYanked && (slim.firstUpload === undefined || slim.firstUpload < cutOff),
  );
  const newest = left.toSorted((a, b) => (a.candidate.key < b.candidate.key ? 1 : -1))[0];
  return newest === undefined ? {} : { newestBefore: newest.candidate.text };
}

/** Whether pre-releases come after every stable version. */
function prefersStable(name: string, policy: CandidatePolicy): boolean {
  const mode = policy.options.prerelease ?? "if-necessary";
  if (mode === "allow" || policy.settings.prereleasePackages.has(name)) return false;
  // pip's rule depends on the requirements in force, so it is applied when a candidate is chosen.
  return mode !== "pep440";
}

function judge(
  name: string,
  slim: SlimVersion,
  candidate: Candidate,
  status: string | undefined,
  policy: CandidatePolicy,
): UnusableReason | undefined {
  if (status === "quarantined") return { kind: "status", status };
  if (slim.isYanked && !candidate.admitsYanked) return yanked(yankReason(candidate));
  const cutOff = policy.options.excludeNewer;
  if (cutOff !== undefined && slim.firstUpload !== undefined && slim.firstUpload >= cutOff) {
    return { kind: "too-new", cutOff };
  }
  const mode = policy.options.prerelease ?? "if-necessary";
  if (slim.isPrerelease && !policy.settings.prereleasePackages.has(name)) {
    if (mode === "disallow") return { kind: "prerelease" };
    if (mode === "explicit" && !policy.asksForPrereleases(name)) return { kind: "prerelease" };
  }
  return undefined;
}

/** What the author of a yanked version says, perhaps nothing. */
export function yankReason(candidate: Candidate): string {
  return candidate.page?.table.files(candidate.pageIndex).find((file) => file.yanked !== undefined)?.yanked ?? "";
}
