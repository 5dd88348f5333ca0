/** The solver packages of one problem: distributions and their extras, per environment. */
import type { EcosystemId, EnvironmentId } from "../../model/requirement.ts";
import { ANY_VERSION, type PackageIndex, type RequirementIndex } from "../../solver/provider.ts";
import { anySpecifier, type SpecifierSet } from "./pep/specifier.ts";

/** A distribution in an environment. */
export interface RealPackage {
  readonly kind: "real";
  readonly index: PackageIndex;
  readonly name: string;
  readonly environment: EnvironmentId;
}

/** One or several extras of a distribution; tied to the same candidate as the distribution itself. */
export interface ExtraPackage {
  readonly kind: "extra";
  readonly index: PackageIndex;
  readonly name: string;
  readonly environment: EnvironmentId;
  /** Normalised and sorted; one name, or several where another ecosystem asks for several at once. */
  readonly extras: readonly string[];
  readonly base: RealPackage;
}

/** A range that some requirement names. */
export interface TableRequirement {
  readonly set: SpecifierSet;
  readonly text: string;
  /** Whose range language {@link text} is written in when not PyPI's own; {@link set} then says nothing. */
  readonly syntax: EcosystemId | undefined;
}

export type PypiPackage = RealPackage | ExtraPackage;

/** Hands out solver packages and requirement numbers. */
export class PackageTable {
  readonly #newPackage: () => PackageIndex;
  readonly #byKey = new Map<string, PypiPackage>();
  readonly #byIndex = new Map<PackageIndex, PypiPackage>();
  readonly #requirementNumbers = new Map<string, RequirementIndex>();
  readonly #requirements: TableRequirement[] = [{ set: anySpecifier, text: "", syntax: undefined }];

  constructor(newPackage: () => PackageIndex) {
    this.#newPackage = newPackage;
  }

  real(name: string, environment: EnvironmentId): RealPackage {
    const key = `${environment}\n${name}`;
    const known = this.#byKey.get(key);
    if (known?.kind === "real") return known;
    const made: RealPackage = { kind: "real", index: this.#newPackage(), name, environment };
    this.#byKey.set(key, made);
    this.#byIndex.set(made.index, made);
    return made;
  }

  extra(name: string, extras: readonly string[], environment: EnvironmentId): ExtraPackage {
    const sorted = [...new Set(extras)].toSorted();
    const key = `${environment}\n${name}\n${sorted.join(",")}`;
    const known = this.#byKey.get(key);
    if (known?.kind === "extra") return known;
    const base = this.real(name, environment);
    const made: ExtraPackage = { kind: "extra", index: this.#newPackage(), name, environment, extras: sorted, base };
    this.#byKey.set(key, made);
    this.#byIndex.set(made.index, made);
    return made;
  }

  /** The package behind an index that this table gave out. */
  at(index: PackageIndex): PypiPackage {
    const found = this.#byIndex.get(index);
    if (found === undefined) throw new TypeError(`package ${index} is not one of PyPI`);
    return found;
  }

  /** The number of a set of specifiers; `text` is shown to people. */
  requirement(set: SpecifierSet, text: string): RequirementIndex {
    if (set.specifiers.length === 0) return ANY_VERSION;
    const known = this.#requirementNumbers.get(text);
    if (known !== undefined) return known;
    const number = this.#requirements.length;
    this.#requirements.push({ set, text, syntax: undefined });
    this.#requirementNumbers.set(text, number);
    return number;
  }

  /** The number of a range in the language of another ecosystem. */
  foreignRequirement(syntax: EcosystemId, range: string): RequirementIndex {
    const key = `${syntax}\n${range}`;
    const known = this.#requirementNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#requirements.push({ set: anySpecifier, text: range, syntax }) - 1;
    this.#requirementNumbers.set(key, number);
    return number;
  }

  requirementAt(number: RequirementIndex): TableRequirement {
    const found = this.#requirements[number];
    if (found === undefined) throw new TypeError(`requirement ${number} is not one of PyPI`);
    return found;
  }
}
