/** Words for sets of candidates. */
import { hasMember, type VersionSet } from "../../solver/version-set.ts";
import type { Candidate } from "./candidates.ts";

const MAX_PARTS = 5;

/**
 * The set against the versions that exist, lowest first: `<2.0`, `>=1.2,<2.0`, `1.4`, `1.0 or 1.2`, `*`. A run that reaches the
 * lowest or highest version has no bound there, and one that leaves out nothing but pre-releases is not cut at them.
 */
export function versionWords(candidates: readonly Candidate[], versions: VersionSet): string {
  const ascending = candidates
    .map((candidate, index) => ({ candidate, isMember: hasMember(versions, index) }))
    .toSorted((left, right) => (left.candidate.key < right.candidate.key ? -1 : 1));
  if (ascending.every(({ isMember }) => isMember))
    return ascending.length === 1 ? (ascending[0]?.candidate.text ?? "") : "*";
  const parts: string[] = [];
  for (let from = 0; from < ascending.length; from++) {
    if (ascending[from]?.isMember !== true) continue;
    let to = from;
    while (ascending[to + 1]?.isMember === true) to++;
    parts.push(runWords(ascending, from, to));
    from = to;
  }
  return parts.length <= MAX_PARTS
    ? parts.join(" or ")
    : `${parts.slice(0, MAX_PARTS - 1).join(" or ")} or ${parts.length - MAX_PARTS + 1} more ranges`;
}

function runWords(ascending: readonly { readonly candidate: Candidate }[], from: number, to: number): string {
  const text = (index: number): string => ascending[index]?.candidate.text ?? "";
  if (from === to) return text(from);
  if (from === 0) return `<${text(to + 1)}`;
  if (to === ascending.length - 1) return `>=${text(from)}`;
  return `>=${text(from)},<${text(to + 1)}`;
}
