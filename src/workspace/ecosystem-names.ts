import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { EcosystemId } from "../model/requirement.ts";
import { didYouMean } from "../model/suggestion.ts";
import type { TableProblem } from "./table-reader.ts";

/** The prefix of toolchain names in the ecosystem that offers them. */
export const TOOL_PREFIX = "tool:";

/** The ecosystem that offers toolchains; `undefined` when none does. */
export function toolEcosystem(ecosystems: ReadonlyMap<EcosystemId, Ecosystem>): Ecosystem | undefined {
  return [...ecosystems.values()].find((ecosystem) => ecosystem.toolCandidates !== undefined);
}

/** The complaint about an ecosystem that Enki does not know. */
export function unknownEcosystem(id: string, ecosystems: ReadonlyMap<EcosystemId, Ecosystem>): TableProblem {
  const known = [...ecosystems.keys()];
  return {
    code: "unknown-ecosystem",
    message: `Enki knows no ecosystem ${JSON.stringify(id)}`,
    help: didYouMean(id, known) ?? `it knows ${known.join(", ")}`,
    part: "key",
  };
}
