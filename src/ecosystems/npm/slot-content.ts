import type { SourceContext } from "../ecosystem.ts";
import type { PackumentStore } from "./packument-store.ts";
import type { SlotContent, SlotNode } from "./problem-nodes.ts";
import { fetchPinnedPackage } from "./pinned-package.ts";

/** How many versions that lack a platform's binaries are passed over before giving up on a better one. */
const maximumDemotions = 40;

/** The name under which the registry knows the package of a slot; `undefined` when it comes from elsewhere. */
export function slotRegistryName(slot: SlotNode): string | undefined {
  return slot.spec.kind === "range" || slot.spec.kind === "tag" ? slot.spec.name : undefined;
}

/**
 * The candidates of a slot, or `undefined` while packuments are missing (then named in `slot.waitingFor`). A version
 * whose exactly pinned optional dependencies the registry lacks is tried last: npm would write a lock without them
 * that `npm ci` then refuses.
 */
export function fillSlot(slot: SlotNode, store: PackumentStore): SlotContent | undefined {
  if (slot.content !== undefined) return slot.content;
  const name = slotRegistryName(slot);
  if (name === undefined || !store.isAtHand(name)) return undefined;
  const packument = store.get(name);
  if (packument === undefined || packument.list.count === 0) {
    slot.content = { kind: "missing", reason: { kind: "not-found" } };
    return slot.content;
  }
  const demoted = new Set<number>();
  let list = store.candidates(packument);
  while (demoted.size < maximumDemotions) {
    const candidate = list.preferred(slot.spec);
    const index = candidate === undefined ? undefined : list.versionIndex(candidate);
    if (index === undefined || demoted.has(index)) break;
    const { unknown, lacksOne } = store.pinnedOptionals(packument.manifest(index));
    if (unknown.length > 0) {
      slot.waitingFor = unknown;
      return undefined;
    }
    if (!lacksOne) break;
    demoted.add(index);
    list = store.candidates(packument, demoted);
  }
  store.guess(name, slot.spec);
  // Every version lacks something: then the newest is as good as any.
  const isHopeless = demoted.size > 0 && demoted.has(list.versionIndex(list.preferred(slot.spec) ?? -1) ?? -1);
  slot.content = { kind: "registry", list: isHopeless ? store.candidates(packument) : list };
  return slot.content;
}

/** Fetches until {@link fillSlot} has an answer. */
export async function loadSlot(
  slot: SlotNode,
  store: PackumentStore,
  context: SourceContext,
  signal: AbortSignal,
): Promise<void> {
  const name = slotRegistryName(slot);
  if (name === undefined) {
    slot.content ??= await fetchPinnedPackage(slot, context, signal);
    return;
  }
  await store.crawl(name, slot.spec, signal);
  await store.load(name);
  while (fillSlot(slot, store) === undefined && !signal.aborted) {
    await Promise.all(slot.waitingFor.map((optional) => store.load(optional)));
  }
}
