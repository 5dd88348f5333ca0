import type { PackageIndex, RequirementIndex } from "../../solver/provider.ts";
import { hasMember, type VersionSet } from "../../solver/version-set.ts";
import type { ProblemBuilder } from "./problem-builder.ts";
import type { InstanceNode, SlotNode } from "./problem-nodes.ts";
import { collectDemands, type SlotChoices, type SlotDemand } from "./selected-graph.ts";

/** How often merging is repeated; each round can only make later ones smaller. */
const maximumRounds = 8;

interface Movable {
  readonly slot: SlotNode;
  /** Candidates that are selected somewhere and that all dependents admit, most preferred first. */
  readonly options: readonly number[];
}

/** Candidates of a name's selected versions, through instances that are the same wherever they are used. */
function selectedCandidates(slot: SlotNode, instances: readonly InstanceNode[]): Map<number, InstanceNode> {
  const candidates = new Map<number, InstanceNode>();
  if (slot.content?.kind !== "registry") return candidates;
  const { list } = slot.content;
  for (const instance of instances) {
    const index = list.packument.list.indexOf(instance.manifest.version);
    if (index !== undefined) candidates.set(list.candidateOf(index), instance);
  }
  return candidates;
}

/** The smallest set of versions that covers all slots, greedily: those without alternative first, then the most useful. */
function cover(slots: readonly Movable[]): Set<number> {
  const kept = new Set<number>();
  let open = slots;
  for (const { options } of slots) if (options.length === 1 && options[0] !== undefined) kept.add(options[0]);
  for (;;) {
    open = open.filter(({ options }) => !options.some((option) => kept.has(option)));
    if (open.length === 0) return kept;
    const uses = new Map<number, number>();
    for (const { options } of open) for (const option of options) uses.set(option, (uses.get(option) ?? 0) + 1);
    const best = [...uses].toSorted((left, right) => right[1] - left[1] || left[0] - right[0])[0];
    if (best === undefined) return kept;
    kept.add(best[0]);
  }
}

/**
 * Takes needless versions out of an answer: where every dependent of one version admits another version that is in
 * the answer anyway, the dependents move there. Nothing new is selected, so every requirement still holds. Direct
 * requirements never move.
 */
export function mergeVersions(
  builder: ProblemBuilder,
  selection: SlotChoices,
  roots: readonly { package: PackageIndex; requirement: RequirementIndex }[],
  matches: (slot: SlotNode, requirement: RequirementIndex) => VersionSet,
  isLocked: (slot: SlotNode, candidate: number) => boolean,
): SlotChoices {
  const moved = new Map<PackageIndex, number>();
  const current: SlotChoices = { candidate: (package_) => moved.get(package_) ?? selection.candidate(package_) };
  for (let round = 0; round < maximumRounds; round++) {
    const { demands, instances } = collectDemands(builder, current, roots);
    const several = foldersWithSeveralVersions(instances);
    if (several.size === 0) break;
    let changes = 0;
    for (const [key, slots] of admittedByAll(demands, several, matches)) {
      const selected = several.get(key) ?? [];
      changes += mergeName(builder, current, moved, { slots, selected, instances, isLocked });
    }
    if (changes === 0) break;
  }
  return current;
}

/** A package under the name of its folders: what lies under an alias is found under that alone. */
function folderKey(installedAs: string, name: string): string {
  return `${installedAs} ${name}`;
}

function foldersWithSeveralVersions(
  instances: ReadonlySet<InstanceNode>,
): ReadonlyMap<string, readonly InstanceNode[]> {
  const byKey = new Map<string, InstanceNode[]>();
  for (const instance of instances) {
    const { installedAs, manifest, local } = instance;
    if (local !== undefined) continue;
    const key = folderKey(installedAs, manifest.name);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [instance]);
    else known.push(instance);
  }
  return new Map([...byKey].filter(([, group]) => hasSeveralVersions(group)));
}

function hasSeveralVersions([first, ...others]: readonly InstanceNode[]): boolean {
  return others.some(({ manifest }) => manifest.version !== first?.manifest.version);
}

/** The demands on the slots of some folders: the slots and the candidates that all their dependents admit. */
function admittedByAll(
  demands: readonly SlotDemand[],
  folders: ReadonlyMap<string, unknown>,
  matches: (slot: SlotNode, requirement: RequirementIndex) => VersionSet,
): ReadonlyMap<string, Map<SlotNode, VersionSet>> {
  const byKey = new Map<string, Map<SlotNode, VersionSet>>();
  for (const { slot, requirement } of demands) {
    if (slot.content?.kind !== "registry") continue;
    const key = folderKey(slot.name, slot.content.list.packument.name);
    if (!folders.has(key)) continue;
    const set = matches(slot, requirement);
    const slots = byKey.get(key) ?? new Map<SlotNode, VersionSet>();
    const before = slots.get(slot);
    slots.set(slot, before === undefined ? set : intersection(before, set));
    byKey.set(key, slots);
  }
  return byKey;
}

function intersection(left: VersionSet, right: VersionSet): VersionSet {
  return left.map((word, index) => word & (right[index] ?? 0));
}

function mergeName(
  builder: ProblemBuilder,
  current: SlotChoices,
  moved: Map<PackageIndex, number>,
  name: {
    /** With the candidates that all their dependents admit. */
    slots: ReadonlyMap<SlotNode, VersionSet>;
    selected: readonly InstanceNode[];
    instances: ReadonlySet<InstanceNode>;
    /** Whether a slot had the candidate in an earlier lock, and so keeps it where it does no harm. */
    isLocked: (slot: SlotNode, candidate: number) => boolean;
  },
): number {
  const movables: Movable[] = [...name.slots].map(([slot, set]) => {
    const own = current.candidate(slot.index) ?? -1;
    const { content } = slot;
    if (slot.isDirect || content === undefined) return { slot, options: [own] };
    const selected = selectedCandidates(slot, name.selected);
    const options = [...selected.keys()].filter((candidate) => {
      if (candidate === own) return true;
      if (!hasMember(set, candidate)) return false;
      // The instance that this very slot would use must be part of the answer already.
      const instance = builder.instanceFor(slot, content, candidate);
      return instance !== undefined && name.instances.has(instance);
    });
    return { slot, options: selected.has(own) ? options.toSorted((left, right) => left - right) : [own] };
  });
  const kept = cover(movables);
  let changes = 0;
  for (const { slot, options } of movables) {
    const own = current.candidate(slot.index);
    const best = options.find((option) => kept.has(option));
    if (best === undefined || best === own) continue;
    if (own !== undefined && kept.has(own) && name.isLocked(slot, own)) continue;
    moved.set(slot.index, best);
    changes += 1;
  }
  return changes;
}
