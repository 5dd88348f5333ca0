import { formatLock } from "../lockfile/write-lock.ts";
import type { Resolution } from "../model/resolution.ts";
import type { Settings } from "../workspace/settings.ts";

/**
 * Whether two locks say the same but for the state of the registries that they were made from: then the one on disk stays,
 * so that registries and a cut-off date that move on without touching this service make no change to review.
 */
export function isUnchanged(onDisk: Resolution, solved: Resolution, settings: Settings): boolean {
  return isSame({ ...solved, ...circumstances(onDisk, solved, settings) }, onDisk);
}

/** The same, content hashes of manifests aside: a comment in a manifest is no reason for CI to fail. */
export function saysTheSame(onDisk: Resolution, solved: Resolution, settings: Settings): boolean {
  const shaOf = new Map(onDisk.roots.map((root) => [root.id, root.sha256]));
  const roots = solved.roots.map((root) => ({ ...root, sha256: shaOf.get(root.id) ?? root.sha256 }));
  return isUnchanged(onDisk, { ...solved, roots }, settings);
}

/** When and from what a lock was made, where that alone is no reason to write another. */
function circumstances(onDisk: Resolution, solved: Resolution, settings: Settings): Partial<Resolution> {
  const { provenance, excludeNewer } = onDisk;
  // Counted back from today, the cut-off is another one each time; what was old enough for an earlier one still is.
  const isOldEnough =
    settings.cutOffSpan !== undefined && excludeNewer !== undefined && excludeNewer <= (solved.excludeNewer ?? "");
  return { provenance, ...(isOldEnough && { excludeNewer }) };
}

function isSame(left: Resolution, right: Resolution): boolean {
  return formatLock(left) === formatLock(right);
}
