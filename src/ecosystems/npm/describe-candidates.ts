import { hasMember, type VersionSet } from "../../solver/version-set.ts";
import { absentCandidate, type SlotContent } from "./problem-nodes.ts";

/** How many versions are named one by one. */
const maximumListed = 3;

/**
 * Words for a set of candidates of a slot, against the versions that exist: `>=1.2.0 <2.0.0`, `1.0.0 or 1.0.2`, `*`.
 * Empty when the set holds nothing but "absent".
 */
export function describeCandidates(content: SlotContent, versions: VersionSet): string {
  if (content.kind === "missing") return "no version";
  if (content.kind !== "registry") {
    if (!hasMember(versions, 0)) return "nothing";
    return content.kind === "local" ? content.local.version : content.manifest.version;
  }
  const { list } = content;
  const texts = list.packument.list.versions;
  // Ascending runs of versions that are in the set.
  const runs: { from: number; to: number }[] = [];
  let count = 0;
  texts.forEach((_, index) => {
    if (!hasMember(versions, list.candidateOf(index))) return;
    count += 1;
    const last = runs.at(-1);
    if (last !== undefined && last.to === index) last.to = index + 1;
    else runs.push({ from: index, to: index + 1 });
  });
  if (count === 0) return hasMember(versions, absentCandidate(content)) ? "" : "no version";
  if (count === texts.length && count > 1) return "*";
  if (count <= maximumListed) {
    return runs.flatMap(({ from, to }) => texts.slice(from, to)).join(" or ");
  }
  return runs.map((run) => describeRun(texts, run)).join(" || ");
}

function describeRun(texts: readonly string[], { from, to }: { from: number; to: number }): string {
  const first = texts[from] ?? "";
  if (to - from === 1) return first;
  const next = texts[to];
  if (next === undefined) return `>=${first}`;
  return from === 0 ? `<${next}` : `>=${first} <${next}`;
}
