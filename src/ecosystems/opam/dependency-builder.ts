import type { DependencyOrigin } from "../ecosystem.ts";
import { ANY_VERSION, type Dependency } from "../../solver/provider.ts";
import type { Candidate } from "./candidates.ts";
import type { Choice, Clause, Conjunction } from "./clauses.ts";
import { printValue, printValues } from "./file/printer.ts";
import type { OpamValue } from "./file/value.ts";
import { versionFormulaText, versionFulfils, type PackageAtom } from "./formula.ts";
import type { AlternativePackage, CandidateRequirement, ClaimPackage, RealPackage } from "./solver-packages.ts";

/** Where {@link DependencyBuilder} gets solver packages from. */
export interface PackageInterner {
  real(name: string): RealPackage;
  alternative(label: string, alternatives: readonly (readonly Dependency[])[]): AlternativePackage;
  claim(className: string): ClaimPackage;
}

/** Makes the origin of an edge: where the value that it comes from was written. */
export type OriginMaker = (text: string, value: OpamValue) => DependencyOrigin;

/** Turns clauses and conflicts into edges of the solver. */
export class DependencyBuilder {
  private readonly packages: PackageInterner;

  constructor(packages: PackageInterner) {
    this.packages = packages;
  }

  /** The edge that a clause means: on the package itself, or on a choice between several. */
  clause(clause: Clause, makeOrigin: OriginMaker): Dependency | undefined {
    const [only] = clause;
    if (only === undefined) return undefined;
    if (clause.length === 1 && only.kind === "choice") return this.choice(only, makeOrigin);
    const alternatives = clause.map((alternative) => this.alternative(alternative, makeOrigin));
    const label = clause.map(alternativeLabel).join(" or ");
    const { index } = this.packages.alternative(label, alternatives);
    const value = firstSource(clause);
    const origin = value === undefined ? undefined : makeOrigin(label, value);
    return { package: index, requirement: ANY_VERSION, kind: "requires", origin };
  }

  /** The edge that keeps a conflicting package outside the versions of the conflict. */
  conflict(atom: PackageAtom, makeOrigin: OriginMaker): Dependency {
    const package_ = this.packages.real(atom.name);
    const text = versionFormulaText(atom.versions);
    const requirement: CandidateRequirement = {
      key: `not ${text}`,
      text: text === "" ? "no version" : `not ${text}`,
      admits: (candidate) => !versionFulfils(atom.versions, candidate.version),
    };
    const origin = makeOrigin(`conflicts: ${printValue(atom.source)}`, atom.source);
    return { package: package_.index, requirement: package_.number(requirement), kind: "constrains", origin };
  }

  private alternative(alternative: Choice | Conjunction, makeOrigin: OriginMaker): readonly Dependency[] {
    if (alternative.kind === "choice") return [this.choice(alternative, makeOrigin)];
    return alternative.clauses.flatMap((clause) => this.clause(clause, makeOrigin) ?? []);
  }

  private choice(choice: Choice, makeOrigin: OriginMaker): Dependency {
    const package_ = this.packages.real(choice.name);
    const requirement = package_.number(atomsRequirement(choice.atoms));
    const [first] = choice.atoms;
    const origin = first === undefined ? undefined : makeOrigin(conditionsText(first.source), first.source);
    const isAny = choice.atoms.some((atom) => atom.versions.kind === "any");
    return { package: package_.index, requirement: isAny ? ANY_VERSION : requirement, kind: "requires", origin };
  }
}

/** The requirement that any of several atoms of one name is fulfilled. */
function atomsRequirement(atoms: readonly PackageAtom[]): CandidateRequirement {
  const text = atoms.map((atom) => versionFormulaText(atom.versions)).join(" | ");
  return {
    key: text,
    text,
    admits: (candidate: Candidate) => atoms.some((atom) => versionFulfils(atom.versions, candidate.version)),
  };
}

/** What stands in the braces of an atom. */
export function conditionsText(value: OpamValue): string {
  return value.kind === "option" ? printValues(value.conditions) : "";
}

function alternativeLabel(alternative: Choice | Conjunction): string {
  if (alternative.kind === "conjunction") {
    return `(${alternative.clauses.map((clause) => clause.map(alternativeLabel).join(" or ")).join(" and ")})`;
  }
  const versions = alternative.atoms.map((atom) => versionFormulaText(atom.versions)).join(" | ");
  return versions === "" ? alternative.name : `${alternative.name} ${versions}`;
}

function firstSource(clause: Clause): OpamValue | undefined {
  const [first] = clause;
  if (first === undefined) return undefined;
  return first.kind === "choice" ? first.atoms[0]?.source : firstSource(first.clauses[0] ?? []);
}
