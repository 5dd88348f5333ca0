import type { EcosystemId } from "../model/requirement.ts";
import type { Resolution } from "../model/resolution.ts";

/** The version that the roots of an ecosystem were given of a package, else any that was selected. */
export function selectedVersion(resolution: Resolution, ecosystem: EcosystemId, name: string): string | undefined {
  const direct = new Set(resolution.edges.flatMap(({ from, to }) => (from.startsWith("root:") ? [to] : [])));
  const found = resolution.packages.filter((one) => one.ecosystem === ecosystem && one.name === name);
  return (found.find(({ id }) => direct.has(id)) ?? found[0])?.version;
}
