/** The solver packages of one problem: distributions and their extras, per environment. */
import type { EnvironmentId } from "../../model/requirement.ts";
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

export type PypiPackage = RealPackage | ExtraPackage;

/** Hands out solver packages and requirement numbers. */
export class PackageTable {
  readonly #newPackage: () => PackageIndex;
  readonly #byKey = new Map<string, PypiPackage>();
  readonly #byIndex = new Map<PackageIndex, PypiPackage>();
  readonly #requirementNumbers = new Map<string, RequirementIndex>();
  readonly #requirements: { readonly set: SpecifierSet; readonly text: string }[] = [{ set: anySpecifier, text: "" }];

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
    this.#requirements.push({ set, text });
    this.#requirementNumbers.set(text, number);
    return number;
  }

  requirementAt(number: RequirementIndex): { readonly set: SpecifierSet; readonly text: string } {
    const found = this.#requirements[number];
    if (found === undefined) throw new TypeError(`requirement ${number} is not one of PyPI`);
    return found;
  }
}
