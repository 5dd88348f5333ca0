import type { CandidateIndex, PackageIndex } from "../../solver/provider.ts";
import { hasMember, membersOf, type VersionSet } from "../../solver/version-set.ts";
import type { CandidateList } from "./candidates.ts";
import { parseDependencySpec } from "./dependency-spec.ts";
import type { ProblemBuilder } from "./problem-builder.ts";
import type { SlotNode } from "./problem-nodes.ts";
import { slotRegistryName } from "./slot-content.ts";

/** The versions that a lock holds, by name. */
export function lockedVersions(
  preferences: readonly { readonly name: string; readonly version: string }[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const locked = new Map<string, Set<string>>();
  for (const { name, version } of preferences) {
    const versions = locked.get(name);
    if (versions === undefined) locked.set(name, new Set([version]));
    else versions.add(version);
  }
  return locked;
}

type IsSelected = (package_: PackageIndex) => boolean;

/**
 * Which version of a slot is tried first: one that is part of the answer already (no second copy), one that the lock holds, for
 * peers one that suits those who could do without them, and else the first of the list. What a dependent merely accepts comes
 * after all that it asks for, unless it is there already, as npm has it.
 */
export class CandidateChooser {
  readonly #builder: ProblemBuilder;
  readonly #locked: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #isLowestDirect: boolean;

  constructor(builder: ProblemBuilder, locked: ReadonlyMap<string, ReadonlySet<string>>, isLowestDirect: boolean) {
    this.#builder = builder;
    this.#locked = locked;
    this.#isLowestDirect = isLowestDirect;
  }

  choose(slot: SlotNode, list: CandidateList, admissible: VersionSet, isSelected: IsSelected): CandidateIndex {
    const locked = this.#lockedCandidates(slot, list, admissible);
    if (!slot.isDirect) {
      const shared = this.#selectedCandidates(list, admissible, isSelected);
      const both = shared.filter((candidate) => locked.includes(candidate));
      const best = both[0] ?? shared[0];
      if (best !== undefined) return best;
    }
    if (locked[0] !== undefined) return locked[0];
    const wished = slot.isLenient ? wishedAmong(admissible, list.matching(slot.spec, false)) : admissible;
    if (slot.isDirect && this.#isLowestDirect) return lowest(list, wished);
    if (slot.isAutomatic) return this.#agreeable(slot.name, list, wished, isSelected);
    return membersOf(wished)[0] ?? 0;
  }

  #lockedCandidates(slot: SlotNode, list: CandidateList, admissible: VersionSet): number[] {
    const locked: number[] = [];
    for (const version of this.#locked.get(slotRegistryName(slot) ?? "") ?? []) {
      const index = list.packument.list.indexOf(version);
      if (index === undefined) continue;
      const candidate = list.candidateOf(index);
      if (hasMember(admissible, candidate)) locked.push(candidate);
    }
    return locked.toSorted((left, right) => left - right);
  }

  /** Candidates that are part of the answer already, through whichever instance. */
  #selectedCandidates(list: CandidateList, admissible: VersionSet, isSelected: IsSelected): number[] {
    const found = new Set<number>();
    for (const instance of this.#builder.instancesOf(list.packument.name)) {
      if (!isSelected(instance.index)) continue;
      const index = list.packument.list.indexOf(instance.manifest.version);
      const candidate = index === undefined ? -1 : list.candidateOf(index);
      if (candidate >= 0 && hasMember(admissible, candidate)) found.add(candidate);
    }
    return [...found].toSorted((left, right) => left - right);
  }

  /** The first candidate that suits those who could do without the package, as far as they agree. */
  #agreeable(name: string, list: CandidateList, admissible: VersionSet, isSelected: IsSelected): CandidateIndex {
    let candidates = membersOf(admissible);
    for (const { instance, spec } of this.#builder.optionalPeers.get(name) ?? []) {
      if (!isSelected(instance.index)) continue;
      const wished = list.matching(parseDependencySpec(name, spec), true);
      const narrowed = candidates.filter((candidate) => hasMember(wished, candidate));
      if (narrowed.length > 0) candidates = narrowed;
    }
    return candidates[0] ?? 0;
  }
}

/** Both, unless that is nothing. */
function wishedAmong(admissible: VersionSet, wished: VersionSet): VersionSet {
  const both = admissible.map((word, index) => word & (wished[index] ?? 0));
  return both.some((word) => word !== 0) ? both : admissible;
}

function lowest(list: CandidateList, admissible: VersionSet): CandidateIndex {
  const candidates = membersOf(admissible).filter((candidate) => candidate < list.count);
  const versionIndex = (candidate: number): number => list.versionIndex(candidate) ?? Number.POSITIVE_INFINITY;
  return candidates.toSorted((left, right) => versionIndex(left) - versionIndex(right))[0] ?? list.count;
}
