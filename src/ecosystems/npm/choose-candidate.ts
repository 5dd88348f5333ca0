import type { CandidateIndex, PackageIndex } from "../../solver/provider.ts";
import { hasMember, membersOf, type VersionSet } from "../../solver/version-set.ts";
import type { CandidateList } from "./candidates.ts";
import { parseDependencySpec } from "./dependency-spec.ts";
import type { LockedAnswer } from "./locked-answer.ts";
import type { ProblemBuilder } from "./problem-builder.ts";
import type { SlotNode } from "./problem-nodes.ts";
import { slotRegistryName } from "./slot-content.ts";

type IsSelected = (package_: PackageIndex) => boolean;

/**
 * Which version of a slot is tried first: the one that the lock has for it, one that is part of the answer already (no
 * second copy), none where the lock does without, any that the lock holds, for peers one that suits those who could do
 * without them, and else the first of the list. What a dependent merely accepts comes after all that it asks for, unless it
 * is there already, as npm has it.
 */
export class CandidateChooser {
  readonly #builder: ProblemBuilder;
  readonly #locked: LockedAnswer;
  readonly #isLowestDirect: boolean;

  constructor(builder: ProblemBuilder, locked: LockedAnswer, isLowestDirect: boolean) {
    this.#builder = builder;
    this.#locked = locked;
    this.#isLowestDirect = isLowestDirect;
  }

  choose(slot: SlotNode, list: CandidateList, admissible: VersionSet, isSelected: IsSelected): CandidateIndex {
    const lockedVersion = this.#locked.versionFor(slot);
    const own = lockedVersion === undefined ? undefined : list.candidateAt(lockedVersion);
    if (own !== undefined && hasMember(admissible, own)) return own;
    const locked = this.#lockedCandidates(slot, list, admissible);
    if (!slot.isDirect) {
      const shared = this.#selectedCandidates(slot, list, admissible, isSelected);
      const both = shared.filter((candidate) => locked.includes(candidate));
      const best = both[0] ?? shared[0];
      if (best !== undefined) return best;
    }
    const absent = list.count;
    if (hasMember(admissible, absent) && this.#locked.isMissing(slot)) return absent;
    if (locked[0] !== undefined) return locked[0];
    const wished = slot.isLenient ? list.matching(slot.spec, false) : list.wished(slot.spec);
    const best = wished === undefined ? admissible : wishedAmong(admissible, wished);
    if (slot.isDirect && this.#isLowestDirect) return lowest(list, best);
    if (slot.peerOf !== undefined) return this.#agreeable(slot.name, list, best, isSelected);
    return membersOf(best)[0] ?? 0;
  }

  #lockedCandidates(slot: SlotNode, list: CandidateList, admissible: VersionSet): number[] {
    const locked: number[] = [];
    for (const version of this.#locked.versions.get(slotRegistryName(slot) ?? "") ?? []) {
      const candidate = list.candidateAt(version);
      if (candidate !== undefined && hasMember(admissible, candidate)) locked.push(candidate);
    }
    return locked.toSorted((left, right) => left - right);
  }

  /** Candidates that are part of the answer already under the slot's name, through whichever instance. */
  #selectedCandidates(
    { name }: SlotNode,
    list: CandidateList,
    admissible: VersionSet,
    isSelected: IsSelected,
  ): number[] {
    const found = new Set<number>();
    for (const instance of this.#builder.instancesOf(list.packument.name)) {
      if (instance.installedAs !== name || !isSelected(instance.index)) continue;
      const candidate = list.candidateAt(instance.manifest.version);
      if (candidate !== undefined && hasMember(admissible, candidate)) found.add(candidate);
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
