import { membersOf, type VersionSet } from "../../solver/version-set.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { PackageDescription } from "../ecosystem.ts";
import type { SolverPackage } from "./solver-packages.ts";
import { compareVersions } from "./version.ts";

/** Why a candidate or a package cannot be used. */
export type UnusableReason =
  | { readonly kind: "unavailable"; readonly filter: string }
  | { readonly kind: "unreadable"; readonly diagnostic: Diagnostic | undefined }
  | {
      readonly kind: "missing";
      readonly registries: readonly string[];
      /** Names that may have been meant; worked out only when the reason is told. */
      readonly similar: readonly string[];
    }
  | { readonly kind: "crowded-class"; readonly className: string };

/** A reason in words that complete "… because it ". */
export function reasonText(reason: UnusableReason): string {
  switch (reason.kind) {
    case "unavailable":
      return `is available only if ${reason.filter}`;
    case "unreadable": {
      const diagnostic = reason.diagnostic;
      if (diagnostic === undefined) return "has an opam file that cannot be read";
      const place = diagnostic.origin === undefined ? "" : ` (line ${diagnostic.origin.line ?? 1})`;
      return `has an opam file that cannot be read: ${diagnostic.message}${place}`;
    }
    case "missing":
      return `is not in ${reason.registries.join(" or ")}`;
    case "crowded-class":
      return `shares the conflict class ${reason.className} with too many packages`;
  }
}

/** What a solver package is, and the words that name it. */
export function packageWords(package_: SolverPackage): Pick<PackageDescription, "kind" | "label"> {
  switch (package_.kind) {
    case "real":
      return { kind: "real", label: package_.name };
    case "alternative":
      return { kind: "alternative", label: package_.label };
    case "claim":
      return { kind: "claim", label: `conflict class ${package_.className}` };
  }
}

/** Words for a set of candidates of a package. */
export function versionWords(package_: SolverPackage, versions: VersionSet): string {
  switch (package_.kind) {
    case "real":
      return versionsText(
        (package_.candidates ?? []).map((candidate) => candidate.version),
        versions,
      );
    case "alternative":
      return membersOf(versions)
        .map((index) => `alternative ${index + 1}`)
        .join(" or ");
    case "claim":
      return membersOf(versions)
        .map((index) => package_.claimants[index] ?? "another package")
        .join(" or ");
  }
}

/**
 * Words for a set of versions against those that exist: runs of neighbours become `>= low & <= high`, open at the ends
 * of the list. `versions[i]` is candidate `i`.
 */
function versionsText(versions: readonly string[], set: VersionSet): string {
  const members = new Set(membersOf(set));
  if (members.size === versions.length && versions.length > 1) return "*";
  const ascending = versions
    .map((version, index) => ({ version, isMember: members.has(index) }))
    .toSorted((left, right) => compareVersions(left.version, right.version));
  const runs: { readonly first: number; last: number }[] = [];
  ascending.forEach(({ isMember }, position) => {
    if (!isMember) return;
    const run = runs[runs.length - 1];
    if (run !== undefined && run.last === position - 1) run.last = position;
    else runs.push({ first: position, last: position });
  });
  return runs
    .map(({ first, last }) => {
      const low = ascending[first]?.version ?? "";
      const high = ascending[last]?.version ?? "";
      if (first === last) return low;
      if (first === 0) return `<=${high}`;
      return last === ascending.length - 1 ? `>=${low}` : `>=${low} <=${high}`;
    })
    .join(" or ");
}
