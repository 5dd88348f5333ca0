import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { Manifest } from "../model/manifest.ts";
import type { EcosystemId } from "../model/requirement.ts";
import type { Resolution, Violation } from "../model/resolution.ts";

/**
 * The independent check of a resolution. It shares no code with the solver and none with the sources that fed it: each
 * ecosystem judges its own requirements from the recorded facts, and what concerns all of them alike is judged here:
 * every edge ends at a package that exists, and every package is reached from a root.
 */
export function verifyResolution(
  resolution: Resolution,
  manifests: readonly Manifest[],
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
): readonly Violation[] {
  const violations: Violation[] = [];
  const known = new Set(resolution.packages.map((package_) => package_.id));
  const roots = new Set(resolution.roots.map((root) => root.id));
  const outgoing = new Map<string, string[]>();
  for (const edge of resolution.edges) {
    if (!known.has(edge.from) && !roots.has(edge.from)) {
      violations.push({ from: edge.from, message: `an edge to ${edge.to} starts at an unknown package` });
    }
    if (!known.has(edge.to) && !roots.has(edge.to)) {
      violations.push({ from: edge.from, message: `an edge leads to ${edge.to}, which is not part of the resolution` });
    }
    const targets = outgoing.get(edge.from);
    if (targets === undefined) outgoing.set(edge.from, [edge.to]);
    else targets.push(edge.to);
  }
  const reached = new Set(roots);
  const pending = [...roots];
  for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
    for (const to of outgoing.get(from) ?? []) {
      if (!reached.has(to)) {
        reached.add(to);
        pending.push(to);
      }
    }
  }
  for (const id of known) {
    if (!reached.has(id)) violations.push({ from: id, message: "nothing that was asked for needs this package" });
  }
  for (const ecosystem of ecosystems.values()) {
    const own = manifests.filter((manifest) => manifest.ecosystem === ecosystem.id);
    violations.push(...ecosystem.verify(resolution, own));
  }
  return violations;
}
