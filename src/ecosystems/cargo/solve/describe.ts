import type { PackageDescription } from "../../ecosystem.ts";
import { dayOf } from "../../../model/day-of.ts";
import type { VersionSet } from "../../../solver/version-set.ts";
import { hasMember, membersOf } from "../../../solver/version-set.ts";
import { compareVersions } from "../versions/version.ts";
import type { Catalog } from "../registry/catalog.ts";
import { isInvalidRelease } from "../registry/index-line.ts";
import type { Compatibility } from "../versions/compatibility.ts";
import type { BucketNode, Node, Reason } from "./nodes.ts";
import type { Wanted } from "./requirement-table.ts";

const ecosystem = "cargo";

/** What a package of the problem is, for people. */
export function describeNode(node: Node): PackageDescription {
  switch (node.kind) {
    case "local":
      return node.isMember
        ? { ecosystem, kind: "root", label: node.local.file }
        : { ecosystem, kind: "real", label: node.local.name };
    case "bucket":
      return { ecosystem, kind: "real", label: node.crate, ...amongOthers(node) };
    case "wide": {
      const [only, second] = node.buckets ?? [];
      const base = only === undefined || second !== undefined ? {} : { base: only.index };
      return { ecosystem, kind: "slot", label: node.crate, ...base };
    }
    default: {
      const { base, request } = node;
      const { label, among } = describeNode(base);
      const others = among === undefined ? {} : { among };
      // Default features go without saying, and an optional dependency is known by its name.
      if (request.kind === "default") return { ecosystem, kind: "feature", label, base: base.index, ...others };
      const feature = request.kind === "feature" ? request.name : request.alias;
      return { ecosystem, kind: "feature", label: `${label}[${feature}]`, base: base.index, ...others };
    }
  }
}

/** That a bucket does not hold every release of its crate. */
function amongOthers({ catalog, entries, compatibility }: BucketNode): { among?: string } {
  const isAll = catalog === undefined || catalog === "missing" || catalog.entries.length === entries.length;
  return isAll ? {} : { among: `${compatibility}.*` };
}

/** Words for candidates of a package. */
export function describeCandidates(node: Node, versions: VersionSet): string {
  switch (node.kind) {
    case "local":
      return node.release.version.text;
    case "bucket":
      return describeBucketVersions(node, versions);
    case "wide": {
      const classes = membersOf(versions).map((candidate) => node.buckets?.[candidate]?.compatibility ?? "");
      return joinChoices(classes.map((compatibility) => `${compatibility}.*`));
    }
    default:
      return describeCandidates(node.base, versions);
  }
}

/** Versions as ranges over those that exist: the first and last of a run, or the run's only version. */
function describeBucketVersions(node: BucketNode, versions: VersionSet): string {
  const ascending = node.entries
    .map(({ version }, candidate) => ({ version, isInside: hasMember(versions, candidate) }))
    .toSorted((left, right) => compareVersions(left.version, right.version));
  const runs: { from: number; to: number }[] = [];
  for (const [index, { isInside }] of ascending.entries()) {
    if (!isInside) continue;
    const last = runs.at(-1);
    if (last?.to === index - 1) last.to = index;
    else runs.push({ from: index, to: index });
  }
  const text = (index: number): string => ascending[index]?.version.text ?? "";
  return joinChoices(
    runs.map(({ from, to }) => {
      if (from === to) return text(from);
      const isFromStart = from === 0;
      const isToEnd = to === ascending.length - 1;
      if (isFromStart && isToEnd) return `${node.compatibility}.*`;
      if (isToEnd) return `>=${text(from)}, <${following(node.compatibility)}`;
      return isFromStart ? `${node.compatibility}.* up to ${text(to)}` : `>=${text(from)}, <=${text(to)}`;
    }),
  );
}

/** The class that comes after: `2` after `1`, `0.4` after `0.3`. */
function following(compatibility: Compatibility): string {
  const parts = compatibility.split(".");
  const last = parts.pop() ?? "0";
  return [...parts, (BigInt(last) + 1n).toString()].join(".");
}

function joinChoices(choices: readonly string[]): string {
  const last = choices.at(-1) ?? "";
  return choices.length <= 1 ? last : `${choices.slice(0, -1).join(", ")} or ${last}`;
}

/** A requirement as it was written; empty for any version. */
export function describeWanted(wanted: Wanted | undefined): string {
  if (wanted === undefined) return "";
  if (wanted.kind === "without-links") return `without links = "${wanted.links}"`;
  const { text } = wanted.requirement;
  return wanted.kind === "lowest" ? `the lowest of ${text}` : text === "*" ? "" : text;
}

/** Words that complete "… because it ". */
export function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case "yanked":
      return "is yanked";
    case "invalid":
      return reason.problem;
    case "format":
      return `needs a cargo that reads index format ${reason.formatVersion}`;
    case "too-new":
      return `was published after ${dayOf(reason.cutOff)}`;
    case "unknown-time":
      return `has no publication time in the index, which the cut-off date ${dayOf(reason.cutOff)} needs`;
    case "no-feature":
      return describeMissingFeature(reason);
    case "feature-cycle":
      return `has the feature \`${reason.feature}\`, which depends on itself`;
    case "no-crate":
      return "is not in the registry";
    case "no-version":
      return describeMissingVersion(reason.available, reason.prereleases);
    case "no-source":
      return reason.problem;
    default:
      return reason.found === undefined
        ? `is not in \`${reason.directory}\``
        : `is not in \`${reason.directory}\`, which holds \`${reason.found}\``;
  }
}

function describeMissingFeature({ feature, why, catalog }: Extract<Reason, { kind: "no-feature" }>): string {
  if (why === "unknown") {
    const having = catalog === undefined || catalog === "missing" ? [] : versionsWithFeature(catalog, feature);
    const [newest] = having;
    if (newest === undefined) return `has no feature \`${feature}\``;
    return `has no feature \`${feature}\` (${listed(having)} ${having.length === 1 ? "has" : "have"} it)`;
  }
  return why === "hidden"
    ? `has \`${feature}\` as an optional dependency, but not as a feature`
    : `has \`${feature}\` as a dependency that is always on, and no feature of that name`;
}

const shownVersions = 5;

/** The newest versions of a crate that have a feature; one more than are shown. */
function versionsWithFeature(catalog: Catalog, feature: string): readonly string[] {
  const versions: string[] = [];
  for (const entry of catalog.entries) {
    if (versions.length > shownVersions) break;
    if (entry.isYanked || !entry.mayHaveFeature(feature)) continue;
    const release = entry.release();
    if (!isInvalidRelease(release) && release.features.has(feature)) versions.push(entry.version.text);
  }
  return versions;
}

function describeMissingVersion(available: readonly string[], prereleases: readonly string[]): string {
  const [newest] = prereleases;
  if (available.length > 0) return `has no such version; there are ${listed(available)}`;
  if (newest === undefined) return "has no version that is not yanked";
  return `has no such version, only pre-releases: ${listed(prereleases)}; to use one, write "${newest}"`;
}

function listed(versions: readonly string[]): string {
  const more = versions.length > shownVersions ? " …" : "";
  return `${versions.slice(0, shownVersions).join(", ")}${more}`;
}
