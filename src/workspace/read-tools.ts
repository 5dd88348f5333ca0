import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { EcosystemId, ForeignRequirement } from "../model/requirement.ts";
import { TOOL_PREFIX, toolEcosystem } from "./ecosystem-names.ts";
import type { TableReader } from "./table-reader.ts";

/** Reads `[tools]`: `python = ">=3.11"`. The ranges are checked when they are used, by the ecosystem that offers toolchains. */
export function readTools(
  table: TableReader | undefined,
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
): readonly ForeignRequirement[] {
  const offering = toolEcosystem(ecosystems);
  if (table === undefined || offering === undefined) return [];
  return table.keys().flatMap((tool) => {
    const range = table.string(tool);
    if (range === undefined) return [];
    return [toolRequirement(offering.id, tool, range, { why: "[tools] in enki.toml", origin: table.origin([tool]) })];
  });
}

/** The requirement of the whole service on a toolchain. */
export function toolRequirement(
  ecosystem: EcosystemId,
  tool: string,
  range: string,
  source: Pick<ForeignRequirement, "why" | "origin">,
): ForeignRequirement {
  return { ecosystem, name: `${TOOL_PREFIX}${tool}`, range, kind: "tool", ...source };
}
