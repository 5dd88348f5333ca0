import type { Dependency, PackageIndex } from "../../solver/provider.ts";
import { AlternativePackage, ClaimPackage, RealPackage, type SolverPackage } from "./solver-packages.ts";

/** The solver packages of one problem, made when they are first mentioned. */
export class PackageTable {
  private readonly newPackage: () => PackageIndex;
  private readonly packages = new Map<PackageIndex, SolverPackage>();
  private readonly byName = new Map<string, RealPackage>();
  private readonly claims = new Map<string, ClaimPackage>();
  private readonly alternatives = new Map<string, AlternativePackage>();

  constructor(newPackage: () => PackageIndex) {
    this.newPackage = newPackage;
  }

  get(index: PackageIndex): SolverPackage {
    const entry = this.packages.get(index);
    if (entry === undefined) throw new Error(`package ${index} is not one of opam's`);
    return entry;
  }

  /** Every name that was mentioned. */
  names(): Iterable<RealPackage> {
    return this.byName.values();
  }

  real(name: string): RealPackage {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const entry = new RealPackage(this.newPackage(), name);
    this.byName.set(name, entry);
    this.packages.set(entry.index, entry);
    return entry;
  }

  claim(className: string): ClaimPackage {
    const known = this.claims.get(className);
    if (known !== undefined) return known;
    const entry = new ClaimPackage(this.newPackage(), className);
    this.claims.set(className, entry);
    this.packages.set(entry.index, entry);
    return entry;
  }

  /** Equal disjunctions of different dependents are one package: their key is made of small numbers, not of words. */
  alternative(label: string, alternatives: readonly (readonly Dependency[])[], priority = 0): AlternativePackage {
    const key = alternatives
      .map((dependencies) => dependencies.map(({ package: to, requirement }) => `${to}:${requirement}`).join("&"))
      .join("|");
    const known = this.alternatives.get(key);
    if (known !== undefined) return known;
    const entry = new AlternativePackage(this.newPackage(), label, alternatives, priority);
    this.alternatives.set(key, entry);
    this.packages.set(entry.index, entry);
    return entry;
  }
}
