import type { CandidateIndex, PackageFacts, UnavailableCandidates } from "../../../solver/provider.ts";
import { addMember, emptySet, filterSet } from "../../../solver/version-set.ts";
import type { VersionSet } from "../../../solver/version-set.ts";
import type { Catalog, CatalogEntry } from "../registry/catalog.ts";
import { isInvalidRelease } from "../registry/index-line.ts";
import type { CrateSource } from "../package/crate-source.ts";
import type { Release } from "../package/release.ts";
import { admits } from "../versions/requirement.ts";
import { compareVersions } from "../versions/version.ts";
import type { BucketNode, FeatureNode, FeatureRequest, LocalNode, Reason } from "./nodes.ts";
import type { Wanted } from "./requirement-table.ts";

/** The newest index format that is understood; entries of later ones are passed over, as cargo does. */
const newestFormat = 2;

/** What rules out candidates from outside of their dependencies. */
export interface FactOptions {
  /** Crates of almost the same name, for one that does not exist. */
  readonly similar: (crate: string, source: CrateSource) => readonly string[];
  /** Whether a yanked release may be used, because an earlier lock holds it. */
  readonly isLocked: (entry: CatalogEntry, crate: string) => boolean;
  readonly excludeNewer: string | undefined;
  /** Whether releases without a publication time pass a cut-off date. */
  readonly allowsUnknownTime: boolean;
}

/** The facts of a bucket whose catalog is known. */
export function bucketFacts(node: BucketNode, options: FactOptions): PackageFacts {
  const { entries, catalog } = node;
  if (entries.length === 0) {
    if (catalog === undefined || catalog === "missing")
      return missing({ kind: "no-crate", crate: node.crate, similar: options.similar(node.crate, node.source) });
    return missing(noVersion(catalog));
  }
  const groups = new Map<string, { readonly reason: Reason; readonly candidates: VersionSet }>();
  for (const [candidate, entry] of entries.entries()) {
    const reason = reasonAgainst(entry, node.crate, catalog, options);
    if (reason === undefined) continue;
    const key = JSON.stringify(reason);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { reason, candidates: emptySet(entries.length) }));
    addMember(group.candidates, candidate);
  }
  const unavailable: readonly UnavailableCandidates[] = [...groups.values()];
  return unavailable.length === 0 ? { count: entries.length } : { count: entries.length, unavailable };
}

/** Why no version of a crate fulfils a requirement: what there is instead. */
export function noVersion(catalog: Catalog): Reason {
  const versions = catalog.entries.filter((entry) => !entry.isYanked).map((entry) => entry.version);
  const texts = (isPrerelease: boolean): readonly string[] =>
    versions.filter(({ prerelease }) => (prerelease !== "") === isPrerelease).map(({ text }) => text);
  return { kind: "no-version", available: texts(false), prereleases: texts(true) };
}

/** The facts of a package that does not exist. */
export function missing(reason: Reason): PackageFacts {
  return { count: 0, missing: reason };
}

function reasonAgainst(
  entry: CatalogEntry,
  crate: string,
  catalog: BucketNode["catalog"],
  options: FactOptions,
): Reason | undefined {
  if (entry.formatVersion > newestFormat) return { kind: "format", formatVersion: entry.formatVersion };
  if (entry.isYanked && !options.isLocked(entry, crate)) return { kind: "yanked" };
  const cutOff = options.excludeNewer;
  if (cutOff !== undefined && entry.source.kind === "registry") {
    const { published } = entry;
    if (published === undefined) return options.allowsUnknownTime ? undefined : { kind: "unknown-time", cutOff };
    if (Date.parse(published) >= Date.parse(cutOff))
      return { kind: "too-new", cutOff, ...newestBefore(cutOff, catalog) };
  }
  return undefined;
}

/** The newest release of a crate, of whatever class, that a cut-off date leaves. */
function newestBefore(cutOff: string, catalog: BucketNode["catalog"]): { readonly newestBefore?: string } {
  if (catalog === undefined || catalog === "missing") return {};
  const left = catalog.entries.filter(
    ({ isYanked, version, published }) =>
      !isYanked && version.prerelease === "" && published !== undefined && Date.parse(published) < Date.parse(cutOff),
  );
  const newest = left.toSorted((a, b) => compareVersions(b.version, a.version))[0];
  return newest === undefined ? {} : { newestBefore: newest.version.text };
}

/**
 * The facts of a feature: the candidates of its base. Those that lack the feature are ruled out one by one as they are
 * tried; only when the first one lacks it already are all of them searched, so that one fact covers them together.
 */
export function featureFacts(node: FeatureNode, baseFacts: PackageFacts): PackageFacts {
  const { base, request } = node;
  if (baseFacts.count === 0) return baseFacts;
  if (base.kind !== "bucket" || request.kind !== "feature") return { count: baseFacts.count };
  const first = base.entries[0];
  if (first === undefined || hasFeature(first, request.name)) return { count: baseFacts.count };
  const candidates = filterSet(baseFacts.count, (candidate) => {
    const entry = base.entries[candidate];
    return entry !== undefined && !entry.mayHaveFeature(request.name);
  });
  const reason: Reason = { kind: "no-feature", feature: request.name, why: "unknown", catalog: base.catalog };
  return { count: baseFacts.count, unavailable: [{ candidates, reason }] };
}

function hasFeature(entry: CatalogEntry, feature: string): boolean {
  if (!entry.mayHaveFeature(feature)) return false;
  const release = entry.release();
  return isInvalidRelease(release) || release.features.has(feature);
}

/** Why a release cannot fulfil a feature request, or `undefined` when it can. */
export function featureProblem(
  base: LocalNode | BucketNode,
  release: Release,
  request: FeatureRequest,
): Reason | undefined {
  const catalog = base.kind === "bucket" ? base.catalog : undefined;
  if (request.kind === "default") return undefined;
  if (request.kind === "dependency") {
    const hasDependency = release.dependencies.some(({ alias, isOptional }) => isOptional && alias === request.alias);
    return hasDependency ? undefined : { kind: "no-feature", feature: request.alias, why: "unknown", catalog };
  }
  const feature = request.name;
  const values = release.features.get(feature);
  if (values === undefined) {
    const dependency = release.dependencies.find(({ alias, kind }) => alias === feature && kind !== "dev");
    const why = dependency === undefined ? "unknown" : dependency.isOptional ? "hidden" : "required";
    return { kind: "no-feature", feature, why, catalog };
  }
  if (values.some((value) => value.kind === "feature" && value.feature === feature)) {
    return { kind: "feature-cycle", feature };
  }
  return undefined;
}

/** The candidates of a bucket that are wanted. */
export function bucketMatches(node: BucketNode, wanted: Wanted): VersionSet {
  const { entries } = node;
  if (wanted.kind === "without-links")
    return filterSet(entries.length, (index) => entries[index]?.links !== wanted.links);
  const isInside = (index: CandidateIndex): boolean => {
    const entry = entries[index];
    return entry !== undefined && admits(wanted.requirement, entry.version);
  };
  if (wanted.kind === "range") return filterSet(entries.length, isInside);
  let lowest: CandidateIndex | undefined;
  for (const [index, entry] of entries.entries()) {
    const known = lowest === undefined ? undefined : entries[lowest];
    if (entry.isYanked || !isInside(index)) continue;
    if (known === undefined || compareVersions(entry.version, known.version) < 0) lowest = index;
  }
  return filterSet(entries.length, (index) => index === lowest);
}

/** The candidates (at most one) of a local package that are wanted. */
export function localMatches(node: LocalNode, wanted: Wanted): VersionSet {
  const { release } = node;
  const isWanted =
    wanted.kind === "without-links" ? release.links !== wanted.links : admits(wanted.requirement, release.version);
  return filterSet(1, () => isWanted);
}
