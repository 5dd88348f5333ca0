import type { ResolveRequest } from "./request.ts";
import type { Ecosystem, ToolCandidate } from "../ecosystems/ecosystem.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { EcosystemId, ForeignRequirement } from "../model/requirement.ts";

/** One settled version per toolchain. */
export type ToolAssignment = ReadonlyMap<string, string>;

/** The prefix under which the ecosystem of toolchains knows them. */
const toolPrefix = "tool:";

/**
 * The toolchain versions to try, most preferred first. Markers and preferences of some ecosystems depend on the exact
 * version of a toolchain, so it is settled before a solve; there are few candidates, and a solve that fails because of
 * the settled version is repeated with the next.
 *
 * @param required Requirements on toolchains that hold whatever is selected; candidates outside them are not tried
 *   unless nothing else is left (the solver then explains why not).
 */
export function toolAssignments(
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  used: ReadonlySet<EcosystemId>,
  required: readonly ForeignRequirement[],
  request: Pick<ResolveRequest, "options" | "settings" | "files" | "projectDirectory">,
): readonly ToolAssignment[] {
  const offering = [...ecosystems.values()].find((ecosystem) => ecosystem.toolCandidates !== undefined);
  const own = offering === undefined ? undefined : request.settings?.get(offering.id);
  const options = { ...request.options, settings: new Map([...request.options.settings, ...(own ?? [])]) };
  const tools = new Set<string>();
  for (const ecosystem of ecosystems.values()) {
    if (used.has(ecosystem.id)) for (const tool of ecosystem.requiredTools) tools.add(tool);
  }
  let assignments: ToolAssignment[] = [new Map()];
  for (const tool of [...tools].toSorted()) {
    const candidates = offering?.toolCandidates?.(tool, options, request) ?? [];
    const admitted = candidates.filter((candidate) => isAdmitted(ecosystems, tool, candidate, required));
    const usable = admitted.length > 0 ? admitted : candidates;
    if (usable.length === 0) continue;
    assignments = assignments.flatMap((assignment) =>
      usable.map((candidate) => new Map(assignment).set(tool, candidate.version)),
    );
  }
  return assignments;
}

function isAdmitted(
  ecosystems: ReadonlyMap<EcosystemId, Ecosystem>,
  tool: string,
  candidate: ToolCandidate,
  required: readonly ForeignRequirement[],
): boolean {
  return required.every((requirement) => {
    if (requirement.name !== `${toolPrefix}${tool}`) return true;
    const syntax = ecosystems.get(requirement.rangeSyntax ?? requirement.ecosystem);
    if (syntax === undefined) throw new EnkiError("internal", `no range language ${requirement.rangeSyntax ?? ""}`);
    return syntax.rangeAdmits(requirement.range, candidate.version);
  });
}
