/** Markers that tell the targets of a lock apart, and what is asked for: extras and groups. */
import { always, MarkerAlgebra, never, TRUE, type EnvironmentSet } from "../pep/marker-algebra.ts";
import { shortMarker } from "../pep/marker-printing.ts";
import { prefixRange } from "../pep/version-range.ts";
import { parseVersion } from "../pep/version.ts";
import type { LockTarget, RootUse } from "./lock-closure.ts";

/** One use of a root on one target. */
export interface Place {
  readonly use: RootUse;
  readonly target: LockTarget;
}

/** What makes a target what it is. */
const tellingVariables = ["sys_platform", "platform_machine", "python_version"] as const;

/** Writes conditions that hold on some targets, given that an installation is for one of them. */
export class TargetConditions {
  readonly #algebra = new MarkerAlgebra();
  readonly #targets: readonly LockTarget[];
  /** The variables that differ between targets, `python_version` as `python_full_version`. */
  readonly #telling: readonly string[];
  readonly #all: EnvironmentSet;

  constructor(targets: readonly LockTarget[]) {
    this.#targets = targets;
    this.#telling = tellingVariables.filter(
      (name) => new Set(targets.map(({ variables }) => variables.get(name))).size > 1,
    );
    this.#all = this.#anyOf(targets.map((target) => this.#targetSet(target)));
  }

  /**
   * For every target the condition that holds on it alone, sorted. It is said in full, also where there is one target: an
   * installer looks here before anything else, and anywhere else the packages would be the wrong ones (decision 0405).
   */
  environments(): readonly string[] {
    const words = this.#targets.map(({ variables }) =>
      tellingVariables.map((name) => `${name} == "${variables.get(name) ?? ""}"`).join(" and "),
    );
    return [...new Set(words)].toSorted();
  }

  /** The condition that holds on exactly these targets; `undefined` when it holds on every one. */
  onTargets(targets: readonly LockTarget[]): string | undefined {
    const set = this.#anyOf(targets.map((target) => this.#targetSet(target)));
    return shortMarker(this.#algebra, set, this.#all);
  }

  /** The condition under which one of the places is installed; `undefined` when that is always so. */
  atPlaces(places: readonly Place[]): string | undefined {
    const sets = places.map(({ use, target }) => this.#algebra.and(this.#useSet(use), this.#targetSet(target)));
    return shortMarker(this.#algebra, this.#anyOf(sets), this.#all);
  }

  #targetSet({ variables }: LockTarget): EnvironmentSet {
    let set = always;
    for (const name of this.#telling) {
      const value = variables.get(name) ?? "";
      const release = parseVersion(value)?.release ?? [];
      const own =
        name === "python_version"
          ? this.#algebra.versionIn("python_full_version", prefixRange("0", release))
          : this.#algebra.textIs(name, value);
      set = this.#algebra.and(set, own);
    }
    return set;
  }

  /** The base is always installed; an extra or a group when it is asked for. */
  #useSet({ kind, name }: RootUse): EnvironmentSet {
    if (kind === "base") return always;
    return this.#algebra.textIs(`${name} in ${kind === "extra" ? "extras" : "dependency_groups"}`, TRUE);
  }

  #anyOf(sets: readonly EnvironmentSet[]): EnvironmentSet {
    return sets.reduce((left, right) => this.#algebra.or(left, right), never);
  }
}
