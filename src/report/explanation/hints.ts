import { dayOf } from "../../model/day-of.ts";
import { neutralise } from "../../model/neutralise.ts";
import { suggestWord } from "../../model/suggestion.ts";
import type { Derivation, Fact, Term } from "../../solver/derivation.ts";
import type { PackageIndex } from "../../solver/provider.ts";
import { emptySet, type VersionSet } from "../../solver/version-set.ts";
import { compareNaturally, listed, shortList } from "./lists.ts";
import type { Phrases } from "./phrases.ts";
import { type ReasonDetails, reasonDetails, reasonKind } from "./reason-fields.ts";

/** What a hint is about; docs/errors.md lists these codes, and they stay. */
export type HintCode =
  | "not-found"
  | "prerelease"
  | "yanked"
  | "too-new"
  | "unknown-time"
  | "wrong-target"
  | "toolchain"
  | "first-index"
  | "no-feature"
  | "self-dependency";

/** Something that the reader may not know, and what can be done about it. */
export interface ExplanationHint {
  readonly code: HintCode;
  /** The package as explanations name it. */
  readonly package: string;
  /** The versions concerned; absent when the whole package is. */
  readonly versions?: string;
  /** What to do, in words without a final full stop. */
  readonly text: string;
  /** The words that the text is made of: near names, cut-off dates, required versions. */
  readonly details?: ReasonDetails;
}

/** The sources' own kinds of reasons in the words of hints. Others need no advice beyond what the proof says. */
const CODES: ReadonlyMap<string, HintCode> = new Map([
  ["not-found", "not-found"],
  ["missing", "not-found"],
  ["no-crate", "not-found"],
  ["no-version", "prerelease"],
  ["prerelease", "prerelease"],
  ["yanked", "yanked"],
  ["too-new", "too-new"],
  ["unknown-time", "unknown-time"],
  ["no-file", "wrong-target"],
  ["unavailable", "wrong-target"],
  ["wrong-platform", "wrong-target"],
  ["no-feature", "no-feature"],
]);

/** How many names or versions a hint spells out. */
const MAX_LISTED = 4;

interface Topic {
  readonly code: HintCode;
  readonly package_: PackageIndex;
  readonly versions: VersionSet | undefined;
  readonly details: ReasonDetails;
}

/** The hints that a proof gives rise to: one per code, package and details, in the order of the proof. */
export function hintsOf(derivation: Derivation, phrases: Phrases): readonly ExplanationHint[] {
  const topics = new Map<string, Topic>();
  for (const node of derivation.nodes) {
    if (node.kind !== "fact") continue;
    const topic = topicOf(node.fact, node.terms, phrases);
    if (topic === undefined) continue;
    const key = JSON.stringify([topic.code, phrases.label(topic.package_), { ...topic.details, ranges: "" }]);
    const known = topics.get(key);
    if (known === undefined) topics.set(key, topic);
    else if (known.package_ === topic.package_) topics.set(key, together(known, topic));
  }
  return [...topics.values()].flatMap((topic) => {
    const text = adviceOn(topic, phrases);
    if (text === undefined) return [];
    const { code, package_, versions, details } = topic;
    return {
      code,
      package: phrases.label(package_),
      ...(versions === undefined ? {} : { versions: phrases.versions(package_, versions) }),
      text: neutralise(text),
      ...(Object.keys(details).length === 0 ? {} : { details }),
    };
  });
}

/** One topic of two that differ in versions, and in the ranges that these ask for, at most. */
function together(one: Topic, other: Topic): Topic {
  const versions = one.versions?.map((word, index) => word | (other.versions?.[index] ?? 0));
  const ranges = [...new Set([...textsOf(one.details, "ranges"), ...textsOf(other.details, "ranges")])];
  return { ...one, versions, details: ranges.length === 0 ? one.details : { ...one.details, ranges } };
}

function textsOf(details: ReasonDetails, key: string): readonly string[] {
  const value = details[key];
  return Array.isArray(value) ? value.map(String) : [];
}

function topicOf(fact: Fact, terms: readonly Term[], phrases: Phrases): Topic | undefined {
  switch (fact.kind) {
    case "root":
      return undefined;
    case "dependency":
      return topicOfDependency(fact, terms, phrases);
    default: {
      const code = CODES.get(reasonKind(fact.reason) ?? (fact.kind === "missing" ? "not-found" : ""));
      if (code === undefined || phrases.isSynthetic(fact.package)) return undefined;
      const versions = fact.kind === "unavailable" ? fact.versions : undefined;
      const details = reasonDetails(fact.reason);
      return {
        code,
        package_: fact.package,
        versions,
        details: code === "not-found" ? { ...details, similar: similarNames(fact.package, details, phrases) } : details,
      };
    }
  }
}

/** Near names that the source knows of, else one that this problem has met. */
function similarNames(package_: PackageIndex, details: ReasonDetails, phrases: Phrases): readonly string[] {
  if ("similar" in details) return textsOf(details, "similar");
  const { ecosystem, label } = phrases.narrator.describe(package_);
  const near = suggestWord(label, phrases.narrator.knownNames?.(ecosystem) ?? []);
  return near === undefined ? [] : [near];
}

function topicOfDependency(
  fact: Fact & { readonly kind: "dependency" },
  terms: readonly Term[],
  phrases: Phrases,
): Topic | undefined {
  const { dependency, dependent, versions } = fact;
  const target = phrases.narrator.describe(dependency.package);
  const isRoot = phrases.isRoot(dependent);
  if (dependency.package === dependent) return { code: "self-dependency", package_: dependent, versions, details: {} };
  if (target.kind === "tool" && !isRoot) {
    const ranges = [phrases.requirementText(fact)];
    const offeredBy = phrases.isUnmatched(fact, terms) ? target.offeredBy : undefined;
    const details = { tool: target.label, ranges, ...(offeredBy === undefined ? {} : { offeredBy }) };
    return { code: "toolchain", package_: dependent, versions, details };
  }
  const remark = phrases.isUnmatched(fact, terms)
    ? phrases.narrator.remarkOn?.(dependency.package, dependency.requirement)
    : undefined;
  if (remark === undefined) return undefined;
  const { kind, ...details } = remark;
  return { code: kind, package_: dependency.package, versions: undefined, details };
}

/** What can be done, or `undefined` when there is nothing to add to the proof. */
function adviceOn({ code, package_, versions, details }: Topic, phrases: Phrases): string | undefined {
  const label = phrases.label(package_);
  const subject = phrases.subject(package_, versions ?? emptySet(0));
  const texts = (key: string): readonly string[] => textsOf(details, key);
  const text = (key: string): readonly string[] => {
    const value = details[key];
    return typeof value === "string" ? [value] : [];
  };
  switch (code) {
    case "not-found": {
      const similar = texts("similar");
      if (similar.length > 0) return `did you mean ${listed(similar, "or")} instead of ${label}?`;
      return `check the name ${label}, and whether its registry is configured`;
    }
    case "prerelease": {
      const named = [...texts("versions"), ...texts("prereleases")];
      if (versions !== undefined) return `${subject} would do if pre-releases were allowed: --prerelease allow`;
      if (named.length === 0) return undefined;
      return `there are pre-releases of ${label}: ${shortList(named, "and", MAX_LISTED)}; a requirement must name one to get it`;
    }
    case "yanked":
      return `yanked versions of ${label} are passed over unless ${listed([...text("unless"), "a lock holds one already"], "or")}`;
    case "too-new": {
      const [cutOff] = text("cutOff");
      const date = cutOff === undefined ? "the cut-off date" : `the cut-off date ${dayOf(cutOff)}`;
      const left = text("newestBefore").map((version) => `; the newest older one is ${version}`);
      return `${date} (--exclude-newer) leaves out ${subject}${left.join("")}`;
    }
    case "unknown-time":
      return `nobody knows when ${subject} was published, so a cut-off date leaves it out`;
    case "wrong-target":
      if (text("remedy").length > 0) return `${subject}: ${text("remedy").join("")}`;
      return `another system (--system) or toolchain may have ${label}, or another version of it`;
    case "toolchain":
      return `${subject} needs ${String(details["tool"])} ${listed(texts("ranges").toSorted(compareNaturally), "or")}: ${toolAdvice(details)}`;
    case "first-index": {
      const others = listed(texts("others"), "and");
      return `${label} was taken from the index ${String(details["index"])} alone; ${others} may have other versions ([pypi] index-strategy or package-indexes)`;
    }
    case "no-feature":
      return `require ${label} without that feature, or at a version that has it`;
    default:
      return `${label} can't be used at these versions, whatever else is selected: that is for its author to mend`;
  }
}

/** The flags of Enki's command line by the toolchain. */
const TOOL_FLAGS: ReadonlyMap<string, string> = new Map([
  ["python", "--python"],
  ["node", "--node"],
  ["rustc", "--rust"],
]);

function toolAdvice({ tool, offeredBy }: ReasonDetails): string {
  const name = String(tool);
  if (offeredBy !== undefined)
    return `${String(offeredBy)} has no such ${name}; an older version of the package may do`;
  const flag = TOOL_FLAGS.get(name);
  return `try another ${name}${flag === undefined ? "" : ` (${flag})`}, or an older version of the package`;
}
