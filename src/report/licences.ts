import { neutralise } from "../model/neutralise.ts";
import { compareBytewise } from "../model/order.ts";
import type { Resolution } from "../model/resolution.ts";
import type { Paint } from "./paint.ts";

/** What is written where a registry tells no licence. */
const UNKNOWN = "unknown";

/** How many packages are under each licence, the most frequent first, with the packages where there are few. */
export function renderLicences(resolution: Resolution, paint: Paint): string {
  const byLicence = new Map<string, string[]>();
  for (const { id, licence } of resolution.packages) {
    const key = licence === undefined || licence.trim() === "" ? UNKNOWN : licence.trim();
    byLicence.set(key, [...(byLicence.get(key) ?? []), id]);
  }
  const sorted = [...byLicence].toSorted(
    ([left, leftIds], [right, rightIds]) => rightIds.length - leftIds.length || compareBytewise(left, right),
  );
  const width = String(sorted[0]?.[1].length ?? 0).length;
  const lines = sorted.map(([licence, ids]) => {
    const packages = ids.length <= 3 ? ` ${paint("dim", `(${ids.map(neutralise).join(", ")})`)}` : "";
    return `${String(ids.length).padStart(width)}  ${paint("name", neutralise(licence))}${packages}`;
  });
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}
