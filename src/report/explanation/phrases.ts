import type { DependencyOrigin, PackageDescription } from "../../ecosystems/ecosystem.ts";
import { neutralise } from "../../model/neutralise.ts";
import type { Origin } from "../../model/origin.ts";
import type { Narrator } from "../../resolve/narrator.ts";
import type { Derivation, Fact, Term } from "../../solver/derivation.ts";
import type { PackageIndex } from "../../solver/provider.ts";
import { emptySet, hasMember, isEmptySet, membersOf, type VersionSet } from "../../solver/version-set.ts";
import { listed, shortList } from "./lists.ts";

/** A fact as a clause of a sentence; clauses of the same subject and verb can share them. */
export interface Clause {
  readonly subject: string;
  readonly verb: string;
  readonly object: string;
  /** Where the fact stands, when it stands in a manifest. */
  readonly place?: Origin;
}

type DependencyFact = Fact & { readonly kind: "dependency" };

const EVERY = "every version";

/** How many choices of an alternative, or existing versions, are spelled out. */
const MAX_LISTED = 8;

/** How many of many similar versions and ranges are spelled out, the count of the others included. */
const MAX_SIMILAR_LISTED = 3;

/** Puts facts and conclusions of one proof into words. */
export class Phrases {
  readonly narrator: Narrator;
  /** Per alternative: what its choices say, in the order of the choices. */
  private readonly choices = new Map<PackageIndex, Map<number, string[]>>();

  constructor(narrator: Narrator, derivation: Derivation) {
    this.narrator = narrator;
    for (const node of derivation.nodes) {
      if (node.kind !== "fact" || node.fact.kind !== "dependency") continue;
      const { fact } = node;
      if (narrator.describe(fact.dependent).kind !== "alternative" || fact.dependency.kind === "constrains") continue;
      const known = this.choices.get(fact.dependent) ?? new Map<number, string[]>();
      for (const candidate of membersOf(fact.versions)) {
        known.set(candidate, [...(known.get(candidate) ?? []), this.target(fact)]);
      }
      this.choices.set(fact.dependent, known);
    }
  }

  /** The name that a reader knows the package by. Registries choose names: nothing of them may act on a terminal. */
  label(package_: PackageIndex): string {
    return neutralise(this.narrator.describe(package_).label);
  }

  /** Whether readers never hear of the package itself. */
  isSynthetic(package_: PackageIndex): boolean {
    const { kind } = this.narrator.describe(package_);
    return kind === "alternative" || kind === "claim";
  }

  isRoot(package_: PackageIndex): boolean {
    return this.narrator.describe(package_).kind === "root";
  }

  /** Whether a fact only ties packages that are one for the reader: a feature to its base, a slot to its content. */
  isSilent(fact: Fact, terms: readonly Term[]): boolean {
    if (fact.kind === "root") return true;
    if (fact.kind !== "dependency" || this.isUnmatched(fact, terms)) return false;
    const dependent = this.narrator.describe(fact.dependent);
    const target = this.narrator.describe(fact.dependency.package);
    if (dependent.kind === "alternative") return true;
    if (fact.dependency.kind === "same") return true;
    if (dependent.kind === "root") return target.kind === "root";
    if (dependent.kind !== "slot" && dependent.kind !== "feature") return false;
    return dependent.base === fact.dependency.package || isSameLabel(dependent, target);
  }

  /** What facts of one kind about several versions say together. */
  similarClause(facts: readonly { readonly fact: Fact; readonly terms: readonly Term[] }[]): Clause | undefined {
    const dependencies = facts.flatMap(({ fact }) => (fact.kind === "dependency" ? [fact] : []));
    const [first] = dependencies;
    const terms = facts[0]?.terms ?? [];
    if (first === undefined || this.isRoot(first.dependent) || this.isSynthetic(first.dependency.package))
      return undefined;
    const versions = dependencies.map((fact) =>
      neutralise(this.narrator.describeVersions(fact.dependent, fact.versions)),
    );
    const ranges = dependencies.map((fact) => this.requirementText(fact)).filter((text) => text !== "" && text !== "*");
    const why = originOf(first.dependency.origin)?.why;
    const target = [this.label(first.dependency.package), shortList([...new Set(ranges)], "and", MAX_SIMILAR_LISTED)];
    const existing = this.isUnmatched(first, terms) ? `, but ${this.existing(first.dependency.package)}` : "";
    return {
      subject: `${this.label(first.dependent)} ${shortList([...new Set(versions)], "and", MAX_SIMILAR_LISTED)}`,
      verb: first.dependency.kind === "constrains" ? "only allow" : "require",
      object: `${target.join(" ").trim()}${why === undefined ? "" : ` (${neutralise(why)})`}${existing}`,
    };
  }

  clause(fact: Fact, terms: readonly Term[]): Clause {
    switch (fact.kind) {
      case "root":
        return { subject: "the service", verb: "is", object: "required" };
      case "unavailable":
        return {
          subject: this.subject(fact.package, fact.versions),
          verb: "",
          object: neutralise(this.narrator.describeReason(fact.package, fact.reason)),
        };
      case "missing":
        return {
          subject: this.label(fact.package),
          verb: "",
          object: neutralise(this.narrator.describeReason(fact.package, fact.reason)) || "does not exist",
        };
      default:
        return this.dependencyClause(fact, terms);
    }
  }

  /** What follows: the terms that can't all hold, as a statement. Terms on roots go without saying. */
  conclusion(terms: readonly Term[]): string {
    const selected: string[] = [];
    const wanted: string[] = [];
    for (const term of terms) {
      if (term.includesAbsent) wanted.push(this.subject(term.package, this.others(term)));
      else if (!this.isRoot(term.package)) selected.push(this.subject(term.package, term.versions));
    }
    const [first, second] = selected;
    if (wanted.length === 0) {
      if (first === undefined) return "your requirements can't all be fulfilled";
      if (second !== undefined) return `${listed(selected, "and")} can't be used together`;
      return first.startsWith(EVERY) ? `no version${first.slice(EVERY.length)} can be used` : `${first} can't be used`;
    }
    const choice = shortList(wanted, "or", MAX_LISTED);
    if (first === undefined) return `${choice} is needed`;
    return second === undefined
      ? `${first} requires ${choice}`
      : `${listed(selected, "and")} together require ${choice}`;
  }

  /** A package at some of its versions: `react >=18.0.0`, `every version of react`. */
  subject(package_: PackageIndex, versions: VersionSet): string {
    const label = this.label(package_);
    const count = this.narrator.candidateCount(package_);
    if (count > 1 && membersOf(versions).length === count) return `${EVERY} of ${label}`;
    const words = isEmptySet(versions) ? "" : neutralise(this.narrator.describeVersions(package_, versions));
    return words === "" || words === "*" ? label : `${label} ${words}`;
  }

  private dependencyClause(fact: DependencyFact, terms: readonly Term[]): Clause {
    const { dependency } = fact;
    const origin = originOf(dependency.origin);
    const place = origin?.place;
    const subject = this.dependentText(fact, origin);
    const isPlaced = place === undefined ? {} : { place };
    const target = this.narrator.describe(dependency.package);
    if (dependency.package === fact.dependent) {
      return { subject, verb: "requires", object: `itself at another version (${this.requirementText(fact)})` };
    }
    const why = this.isRoot(fact.dependent) || origin?.why === undefined ? "" : ` (${neutralise(origin.why)})`;
    if (target.kind === "claim")
      return { subject, verb: "claims", object: this.label(dependency.package), ...isPlaced };
    if (target.kind === "alternative") {
      return { subject, verb: "requires", object: this.choiceText(dependency.package), ...isPlaced };
    }
    if (dependency.kind === "constrains") {
      const outside = terms.find((term) => term.package === dependency.package);
      const isAll =
        outside === undefined ||
        membersOf(outside.versions).length === this.narrator.candidateCount(dependency.package);
      const text = this.requirementText(fact);
      if (isAll)
        return { subject, verb: "conflicts with", object: `${this.label(dependency.package)}${why}`, ...isPlaced };
      if (text === "") {
        const object = `${this.subject(dependency.package, outside.versions)}${why}`;
        return { subject, verb: "conflicts with", object, ...isPlaced };
      }
      return { subject, verb: "only allows", object: `${this.label(dependency.package)} ${text}${why}`, ...isPlaced };
    }
    if (!this.isUnmatched(fact, terms)) {
      return { subject, verb: "requires", object: `${this.target(fact)}${why}`, ...isPlaced };
    }
    const existing = this.existing(dependency.package);
    if (this.isSynthetic(fact.dependent)) {
      return {
        subject: `no version of ${this.label(dependency.package)}`,
        verb: "is",
        object: `${this.requirementText(fact)} (${existing})`,
      };
    }
    return { subject, verb: "requires", object: `${this.target(fact)}${why}, but ${existing}`, ...isPlaced };
  }

  /** Whether candidates exist, but none fulfils the requirement: then the proof needs no term on the target. */
  private isUnmatched(fact: DependencyFact, terms: readonly Term[]): boolean {
    const { dependency } = fact;
    return (
      dependency.kind === "requires" &&
      dependency.package !== fact.dependent &&
      this.narrator.candidateCount(dependency.package) > 0 &&
      terms.every((term) => term.package !== dependency.package)
    );
  }

  /** Who says it: the place in a manifest, the rule, or the package. */
  private dependentText(fact: DependencyFact, origin: DependencyOrigin | undefined): string {
    if (!this.isRoot(fact.dependent)) return this.subject(fact.dependent, fact.versions);
    if (origin?.place !== undefined) {
      const { file, line } = origin.place;
      return neutralise(line === undefined ? file : `${file}:${line}`);
    }
    return neutralise(origin?.why ?? this.label(fact.dependent));
  }

  private target(fact: DependencyFact): string {
    const label = this.label(fact.dependency.package);
    const text = this.requirementText(fact);
    return text === "" || text === "*" ? label : `${label} ${text}`;
  }

  /** As it was written: manifests keep the author's words, everything else is told by the source. */
  private requirementText(fact: DependencyFact): string {
    const { dependency } = fact;
    const origin = originOf(dependency.origin);
    if (origin?.kind === "manifest" && origin.text !== "") return neutralise(origin.text);
    if (dependency.kind === "same") return "";
    return neutralise(this.narrator.describeRequirement(dependency.package, dependency.requirement));
  }

  private choiceText(alternative: PackageIndex): string {
    const choices = [...(this.choices.get(alternative) ?? [])].toSorted(([a], [b]) => a - b);
    const texts = [...new Set(choices.map(([, parts]) => listed([...new Set(parts)], "and")))];
    const [only] = texts;
    if (only === undefined) return this.label(alternative);
    return texts.length === 1 ? only : `one of ${shortList(texts, "or", MAX_LISTED)}`;
  }

  private existing(package_: PackageIndex): string {
    const count = this.narrator.candidateCount(package_);
    const label = this.label(package_);
    const shown: string[] = [];
    let existing = 0;
    for (let candidate = 0; candidate < count; candidate++) {
      const one = emptySet(count);
      one[candidate >>> 5] = 1 << (candidate & 31);
      const version = neutralise(this.narrator.describeVersions(package_, one));
      // A candidate without words stands for "left out".
      if (version === "") continue;
      existing += 1;
      if (existing <= MAX_LISTED) shown.push(version);
    }
    if (existing > MAX_LISTED) shown.push(`${existing - MAX_LISTED} other versions`);
    const offeredBy = this.narrator.describe(package_).offeredBy;
    const where = offeredBy === undefined ? "" : ` in ${neutralise(offeredBy)}`;
    return `only ${label} ${listed(shown, "and")} ${existing === 1 ? "exists" : "exist"}${where}`;
  }

  /** The candidates outside a term. */
  private others(term: Term): VersionSet {
    const count = this.narrator.candidateCount(term.package);
    const others = emptySet(count);
    for (let candidate = 0; candidate < count; candidate++) {
      if (hasMember(term.versions, candidate)) continue;
      others[candidate >>> 5] = (others[candidate >>> 5] ?? 0) | (1 << (candidate & 31));
    }
    return others;
  }
}

function isSameLabel(a: PackageDescription, b: PackageDescription): boolean {
  return a.ecosystem === b.ecosystem && a.label === b.label;
}

/** What Enki's own sources put into {@link Dependency.origin}. */
function originOf(origin: unknown): DependencyOrigin | undefined {
  if (typeof origin !== "object" || origin === null) return undefined;
  if (!("text" in origin) || typeof origin.text !== "string" || !("kind" in origin)) return undefined;
  return origin as DependencyOrigin;
}
