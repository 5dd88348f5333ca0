import { neutralise } from "../model/neutralise.ts";
import type { EcosystemId } from "../model/requirement.ts";
import type { Resolution } from "../model/resolution.ts";
import { DependencyGraph } from "./graph.ts";

/** One version of a package in a resolution, and what asks for it. */
export interface Copy {
  readonly version: string;
  readonly askers: readonly {
    /** A package with its version, or the path of a manifest. */
    readonly from: string;
    readonly ranges: readonly string[];
  }[];
}

/** The versions of a package that a resolution holds, in the order of the lock. */
export function copiesOf(resolution: Resolution, ecosystem: EcosystemId, name: string): readonly Copy[] {
  const graph = new DependencyGraph(resolution);
  return graph.packages
    .filter((node) => node.ecosystem === ecosystem && node.name === name)
    .map((node) => ({
      version: node.version ?? "",
      askers: graph.dependents(node).map(({ from, ranges }) => ({
        from: from.isRoot || from.version === undefined ? from.name : `${from.name} ${from.version}`,
        ranges: ranges.filter((range) => range !== "" && range !== "*"),
      })),
    }));
}

/** How many of those who ask for one version are named. */
const MAXIMUM_ASKERS = 8;

/** One line for each asker: `body-parser 1.20.3 requires debug 2.6.9`. */
export function askerLines(name: string, copies: readonly Copy[]): readonly string[] {
  return copies.flatMap(({ version, askers }) => {
    const lines = askers.map(({ from, ranges }) =>
      neutralise(
        `${from} requires ${name}${ranges.length === 0 ? "" : ` ${ranges.join(" and ")}`}, which gets ${version}`,
      ),
    );
    if (lines.length <= MAXIMUM_ASKERS) return lines;
    const more = `and ${String(lines.length - MAXIMUM_ASKERS + 1)} others require it, which get ${version}`;
    return [...lines.slice(0, MAXIMUM_ASKERS - 1), neutralise(more)];
  });
}
