import type { Unavailable, UnavailableCandidates } from "../../solver/provider.ts";
import type { VersionSet } from "../../solver/version-set.ts";
import type { Objection, Selection } from "../ecosystem.ts";
import type { CandidateList } from "./candidates.ts";
import { firstUnservable, type ProjectLayout } from "./layout.ts";
import { type NodePlatform, platformLists } from "./node-platform.ts";
import { listsOf, platformMisfits, wrongPlatform } from "./platform-misfits.ts";
import type { ProblemBuilder } from "./problem-builder.ts";
import type { ChoiceNode, InstanceNode, SlotNode } from "./problem-nodes.ts";
import type { ProjectGraph } from "./selected-graph.ts";
import { type NpmReason, refused } from "./reasons.ts";

/**
 * What is the peer of a package for which overrides are in force is subject to them itself, as npm has it, also where
 * somebody else depends on it outside of them. Returns the names of peers for which that is news.
 */
function narrowOverrides(graph: ProjectGraph, builder: ProblemBuilder): readonly string[] {
  const names: string[] = [];
  for (const { instance } of graph.nodes) {
    if (instance?.scope.rule === undefined) continue;
    for (const { name, rule } of builder.instancePeers(instance)) {
      const provider = instance.scope.peers.get(name);
      if (provider?.kind !== "slot" || rule?.isWithin(provider.slot.rule) !== true) continue;
      provider.slot.rule = rule;
      provider.slot.instances.clear();
      names.push(name);
    }
  }
  return names;
}

/** What selections showed that facts alone did not: that some part of them can't be installed. */
export class Lessons {
  readonly #platform: NodePlatform;
  /** What has to be for the platform: something needs it that is not optional itself. */
  readonly #needed = new Set<SlotNode>();
  /** What can't be part of an answer. */
  readonly #unfit = new Map<InstanceNode | ChoiceNode, NpmReason>();

  constructor(platform: NodePlatform) {
    this.#platform = platform;
  }

  /** Notes what is wrong with a selection that was laid out; `undefined` when nothing new is. */
  learn(layouts: readonly ProjectLayout[], selection: Selection, builder: ProblemBuilder): Objection | undefined {
    const narrowed = layouts.flatMap(({ graph }) => narrowOverrides(graph, builder));
    if (narrowed.length > 0) return { names: narrowed, isTolerable: true };
    const misfits = layouts.flatMap(({ graph }) => platformMisfits(graph, this.#platform));
    for (const { instance, slot } of misfits) {
      // All versions that are not for the platform at once: some packages have hundreds.
      if (slot?.content?.kind === "registry") this.#needed.add(slot);
      else this.#unfit.set(instance, wrongPlatform(listsOf(instance.manifest), this.#platform));
    }
    const unservable = firstUnservable(layouts, selection);
    const isNews = unservable !== undefined && !this.#unfit.has(unservable.node);
    if (isNews) {
      const problem = `cannot lie where it would find the ${unservable.peer} that it needs`;
      this.#unfit.set(unservable.node, refused(problem));
    }
    if (misfits.length === 0 && !isNews) return undefined;
    if (misfits.length === 0) return { names: [unservable?.peer ?? ""], isTolerable: true };
    return { names: misfits.map(({ instance }) => instance.manifest.name), isTolerable: false };
  }

  /** Why an instance, or a copy of its own, can't be part of an answer. */
  against(node: InstanceNode | ChoiceNode): Unavailable | undefined {
    const reason = this.#unfit.get(node);
    return reason === undefined ? undefined : { kind: "unavailable", reason };
  }

  /** The candidates of a slot that are not for the platform, where they have to be, and why. */
  unavailable(slot: SlotNode, list: CandidateList): readonly UnavailableCandidates[] {
    if (!this.#needed.has(slot)) return [];
    return [...list.misfits].map(([platform, candidates]) => ({
      candidates,
      reason: wrongPlatform(platformLists(platform), this.#platform),
    }));
  }

  /** What is admitted for a slot without what is not for the platform, where it has to be. */
  usable(slot: SlotNode, admitted: VersionSet): VersionSet {
    if (!this.#needed.has(slot) || slot.content?.kind !== "registry") return admitted;
    const usable = Int32Array.from(admitted);
    for (const misfits of slot.content.list.misfits.values()) {
      for (let word = 0; word < usable.length; word++) usable[word] = (usable[word] ?? 0) & ~(misfits[word] ?? 0);
    }
    return usable;
  }
}
