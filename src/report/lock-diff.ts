import { neutralise } from "../model/neutralise.ts";
import { compareBytewise } from "../model/order.ts";
import type { ResolvedPackage, Resolution } from "../model/resolution.ts";
import type { Paint } from "./paint.ts";

/** How one package differs between two locks. A package of which several versions are held has several in each list. */
export interface PackageChange {
  readonly ecosystem: string;
  readonly name: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What changed from one resolution to another, sorted by ecosystem and name. Without `before`, everything is new. */
export function diffResolutions(before: Resolution | undefined, after: Resolution): readonly PackageChange[] {
  const changes = new Map<string, { ecosystem: string; name: string; before: string[]; after: string[] }>();
  const collect = (packages: readonly ResolvedPackage[], side: "before" | "after"): void => {
    for (const { ecosystem, name, version } of packages) {
      const key = `${ecosystem}\n${name}`;
      const change = changes.get(key) ?? { ecosystem, name, before: [], after: [] };
      change[side].push(version);
      changes.set(key, change);
    }
  };
  collect(before?.packages ?? [], "before");
  collect(after.packages, "after");
  return [...changes.values()]
    .map((change) => ({
      ...change,
      before: change.before.filter((version) => !change.after.includes(version)),
      after: change.after.filter((version) => !change.before.includes(version)),
    }))
    .filter((change) => change.before.length > 0 || change.after.length > 0)
    .toSorted(
      (left, right) => compareBytewise(left.ecosystem, right.ecosystem) || compareBytewise(left.name, right.name),
    );
}

/** One line for each change: `+ npm express 5.1.0`, `- npm ms 2.0.0`, `~ npm debug 4.3.0 -> 4.4.1`. */
export function renderChanges(changes: readonly PackageChange[], paint: Paint): readonly string[] {
  return changes.map(({ ecosystem, name, before, after }) => {
    const label = `${paint("ecosystem", neutralise(ecosystem))} ${paint("name", neutralise(name))}`;
    const versions = (list: readonly string[]): string => paint("version", list.map(neutralise).join(", "));
    if (before.length === 0) return `${paint("good", "+")} ${label} ${versions(after)}`;
    if (after.length === 0) return `${paint("error", "-")} ${label} ${versions(before)}`;
    return `${paint("warning", "~")} ${label} ${versions(before)} -> ${versions(after)}`;
  });
}
