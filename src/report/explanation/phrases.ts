import type { DependencyOrigin, PackageDescription } from "../../ecosystems/ecosystem.ts";
import { neutralise } from "../../model/neutralise.ts";
import type { Origin } from "../../model/origin.ts";
import { type Narrator, RESOLVING_FOR } from "../../resolve/narrator.ts";
import type { Derivation, Fact, Term } from "../../solver/derivation.ts";
import type { PackageIndex } from "../../solver/provider.ts";
import { addMember, emptySet, hasMember, isEmptySet, membersOf, type VersionSet } from "../../solver/version-set.ts";
import { Alternatives } from "./alternatives.ts";
import { compareNaturally, listed, shortList } from "./lists.ts";
import type { OutlineFact } from "./outline.ts";
import { reasonKind } from "./reason-fields.ts";

/** A fact as a clause of a sentence; clauses of the same subject and verb can share them. */
export interface Clause {
  readonly subject: string;
  readonly verb: string;
  readonly object: string;
  /** Where the fact stands, when it stands in a manifest. */
  readonly place?: Origin;
  /** The choices of the alternative that `object` speaks of, each with what is wrong with it. */
  readonly choices?: readonly string[];
}

type DependencyFact = Fact & { readonly kind: "dependency" };

const EVERY = "every version";

/** How many needed packages are spelled out. */
const MAX_LISTED = 8;

/** How many existing versions are spelled out, and how many behind a choice of an alternative. */
const MAX_EXISTING = 6;
const MAX_EXISTING_IN_CHOICE = 3;

/** How many of many similar versions and ranges are spelled out, the count of the others included. */
const MAX_SIMILAR_LISTED = 3;

/** Puts facts and conclusions of one proof into words. */
export class Phrases {
  readonly narrator: Narrator;
  private readonly alternatives: Alternatives;

  constructor(narrator: Narrator, derivation: Derivation) {
    this.narrator = narrator;
    this.alternatives = new Alternatives(narrator, derivation, (fact) => this.target(fact));
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

  isAlternative(package_: PackageIndex): boolean {
    return this.narrator.describe(package_).kind === "alternative";
  }

  /** Whether a fact says why a choice of an alternative can't be had. */
  isAboutChoice(alternative: PackageIndex, fact: Fact): boolean {
    return this.alternatives.isAboutChoice(alternative, fact);
  }

  isSlot(package_: PackageIndex): boolean {
    return this.narrator.describe(package_).kind === "slot";
  }

  /** Whether a candidate of a slot stands for one of these versions of the package that the slot holds. */
  isHeldBy(slot: PackageIndex, candidate: number, held: PackageIndex, versions: VersionSet): boolean {
    if (!this.isSlot(slot) || this.label(slot) !== this.label(held)) return false;
    const one = emptySet(this.narrator.candidateCount(slot));
    addMember(one, candidate);
    return this.versions(slot, one) === this.versions(held, versions);
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

  /** What facts of one kind about several versions say together; there are two or more. */
  similarClause(facts: readonly OutlineFact[]): Clause {
    const sorted = facts
      .map((one) => ({ ...one, version: this.versionOf(one.fact) }))
      .toSorted((left, right) => compareNaturally(left.version, right.version));
    const clauses = sorted.map(({ fact, terms }) => this.clause(fact, terms));
    const [first = { subject: "", verb: "", object: "" }] = clauses;
    const [{ fact, terms } = { fact: { kind: "root" } as const, terms: [] }] = sorted;
    const subject = this.subjectOfAll(sorted.map((one) => one.fact));
    const isSame = clauses.every(({ object }) => object === first.object);
    // The same version can stand in several places of a tree.
    const isOne = subject.startsWith(EVERY) || new Set(sorted.map(({ version }) => version)).size === 1;
    if (fact.kind !== "dependency" || isSame)
      return { ...first, subject, verb: isOne ? first.verb : plural(first.verb) };
    const ranges = sorted.flatMap((one) => (one.fact.kind === "dependency" ? [this.requirementText(one.fact)] : []));
    const told = shortList(
      [...new Set(ranges.filter((text) => text !== "" && text !== "*"))],
      "and",
      MAX_SIMILAR_LISTED,
    );
    const why = originOf(fact.dependency.origin)?.why;
    const existing = this.isUnmatched(fact, terms) ? `, but ${this.existing(fact.dependency.package)}` : "";
    const target = `${this.label(fact.dependency.package)} ${told}`.trim();
    return {
      subject,
      verb: isOne ? first.verb : plural(first.verb),
      object: `${target}${why === undefined ? "" : ` (${neutralise(why)})`}${existing}`,
    };
  }

  /** One package at the versions of several facts. */
  private subjectOfAll(facts: readonly Fact[]): string {
    const parts = facts.flatMap((fact) => {
      if (fact.kind === "dependency") return [{ package_: fact.dependent, versions: fact.versions }];
      return fact.kind === "unavailable" ? [{ package_: fact.package, versions: fact.versions }] : [];
    });
    const [first] = parts;
    if (first === undefined) return "";
    if (parts.every(({ package_ }) => package_ === first.package_)) {
      const union = first.versions.map((_, word) =>
        parts.reduce((bits, { versions }) => bits | (versions[word] ?? 0), 0),
      );
      if (membersOf(union).length === this.narrator.candidateCount(first.package_)) {
        return this.subject(first.package_, union);
      }
    }
    const versions = facts.map((fact) => this.versionOf(fact)).filter((version) => version !== "");
    return `${this.label(first.package_)} ${shortList([...new Set(versions)], "and", MAX_SIMILAR_LISTED)}`.trim();
  }

  /** The name of the package that a fact is about, unless that is a root. */
  bearerLabel(fact: Fact): string | undefined {
    if (fact.kind === "unavailable") return this.label(fact.package);
    return fact.kind === "dependency" && !this.isRoot(fact.dependent) ? this.label(fact.dependent) : undefined;
  }

  /** The versions that a fact is about, in words. */
  versionOf(fact: Fact): string {
    if (fact.kind === "dependency") return this.versions(fact.dependent, fact.versions);
    return fact.kind === "unavailable" ? this.versions(fact.package, fact.versions) : "";
  }

  /** The requirement of an alternative, with its choices and what is wrong with each as lines below. */
  alternativeClause(fact: Fact, terms: readonly Term[], wrong: readonly OutlineFact[]): Clause {
    const clause = this.clause(fact, terms);
    if (fact.kind !== "dependency") return clause;
    const remarks = wrong.map((one) => ({ ...one, remark: this.remark(one) }));
    const { count, lines } = this.alternatives.choicesOf(fact.dependency.package, remarks);
    return count < 2 ? clause : { ...clause, object: `one of ${count} alternatives`, choices: lines };
  }

  /** What is wrong with a choice, to be put behind it. */
  private remark({ fact, terms }: OutlineFact): string {
    if (fact.kind === "dependency") return `but ${this.existing(fact.dependency.package, MAX_EXISTING_IN_CHOICE)}`;
    const { subject, object } = this.clause(fact, terms);
    return fact.kind === "missing" ? `which ${object}` : `but ${subject} ${object}`;
  }

  clause(fact: Fact, terms: readonly Term[]): Clause {
    switch (fact.kind) {
      case "root":
        return { subject: "the service", verb: "is", object: "required" };
      case "unavailable":
        return {
          subject: this.subject(this.bearer(fact.package, fact.reason), fact.versions),
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

  /** A package at some of its versions: `react >=18.0.0`, `every version of react`, `every version of tokio 1.*`. */
  subject(package_: PackageIndex, versions: VersionSet): string {
    const label = this.label(package_);
    const count = this.narrator.candidateCount(package_);
    const words = this.versions(package_, versions);
    if (words === "*" || (count > 1 && membersOf(versions).length === count)) {
      const { among } = this.narrator.describe(package_);
      return `${EVERY} of ${label}${among === undefined ? "" : ` ${neutralise(among)}`}`;
    }
    return words === "" ? label : `${label} ${words}`;
  }

  /** Versions in the words of their source, fit for showing. */
  versions(package_: PackageIndex, versions: VersionSet): string {
    return isEmptySet(versions) ? "" : neutralise(this.narrator.describeVersions(package_, versions));
  }

  /** The package that lacks something: what lacks a feature is not the feature. */
  private bearer(package_: PackageIndex, reason: unknown): PackageIndex {
    const { base } = this.narrator.describe(package_);
    return base !== undefined && reasonKind(reason) === "no-feature" ? base : package_;
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
      return { subject, verb: "requires", object: this.alternatives.text(dependency.package), ...isPlaced };
    }
    if (origin?.why?.startsWith(RESOLVING_FOR) === true && !this.isUnmatched(fact, terms)) {
      return { subject: "Enki", verb: "is", object: neutralise(origin.why) };
    }
    if (dependency.kind === "constrains") {
      const outside = terms.find((term) => term.package === dependency.package);
      const isAll =
        outside === undefined ||
        membersOf(outside.versions).length === this.narrator.candidateCount(dependency.package);
      const text = this.requirementText(fact);
      if (isAll) {
        const { among } = target;
        const object = `${this.label(dependency.package)}${among === undefined ? "" : ` ${neutralise(among)}`}${why}`;
        return { subject, verb: "conflicts with", object, ...isPlaced };
      }
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
  isUnmatched(fact: DependencyFact, terms: readonly Term[]): boolean {
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
  requirementText(fact: DependencyFact): string {
    const { dependency } = fact;
    const origin = originOf(dependency.origin);
    if (origin?.kind === "manifest" && origin.text !== "") return neutralise(origin.text);
    if (dependency.kind === "same") return "";
    return neutralise(this.narrator.describeRequirement(dependency.package, dependency.requirement));
  }

  /** `only a 1.1.0 and 1.0.0 exist`: the versions that there are, in the order of preference. */
  private existing(package_: PackageIndex, limit = MAX_EXISTING): string {
    const count = this.narrator.candidateCount(package_);
    const { offeredBy, among, kind } = this.narrator.describe(package_);
    const found = Array.from({ length: count }, (_, candidate) => {
      const one = emptySet(count);
      addMember(one, candidate);
      return this.versions(package_, one);
    });
    // A candidate without words stands for "left out".
    const versions = found.filter((version) => version !== "");
    // The preferred toolchain need not be the newest, which looks odd in a list.
    if (kind === "tool") versions.sort((a, b) => compareNaturally(b, a));
    const where = offeredBy === undefined ? "" : ` in ${neutralise(offeredBy)}`;
    const told = shortList(versions, "and", limit);
    const verb = versions.length === 1 ? "exists" : "exist";
    return among === undefined
      ? `only ${this.label(package_)} ${told} ${verb}${where}`
      : `of ${this.label(package_)} ${neutralise(among)} only ${told} ${verb}${where}`;
  }

  /** The candidates outside a term. */
  private others(term: Term): VersionSet {
    const count = this.narrator.candidateCount(term.package);
    const others = emptySet(count);
    for (let candidate = 0; candidate < count; candidate++) {
      if (hasMember(term.versions, candidate)) continue;
      addMember(others, candidate);
    }
    return others;
  }
}

function isSameLabel(a: PackageDescription, b: PackageDescription): boolean {
  return a.ecosystem === b.ecosystem && a.label === b.label;
}

/** `requires` for one, `require` for several. */
function plural(verb: string): string {
  return verb.replace(/s(?= |$)/u, "");
}

/** What Enki's own sources put into {@link Dependency.origin}. */
function originOf(origin: unknown): DependencyOrigin | undefined {
  if (typeof origin !== "object" || origin === null) return undefined;
  if (!("text" in origin) || typeof origin.text !== "string" || !("kind" in origin)) return undefined;
  return origin as DependencyOrigin;
}
