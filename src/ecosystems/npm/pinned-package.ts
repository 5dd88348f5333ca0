import type { SourceContext } from "../ecosystem.ts";
import type { SlotContent, SlotNode } from "./problem-nodes.ts";

/** Fetches what a git, tarball or file specification means and pins it. */
export function fetchPinnedPackage(
  slot: SlotNode,
  _context: SourceContext,
  _signal: AbortSignal,
): Promise<SlotContent> {
  return Promise.resolve({ kind: "missing", reason: `is not in a registry (${slot.name})` });
}
