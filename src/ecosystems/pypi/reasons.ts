/** Why a candidate can't be used: what the solver hands back in explanations, and the words for it. */

import { dayOf } from "../../model/day-of.ts";

export type UnusableReason =
  | { readonly kind: "not-found" }
  | { readonly kind: "no-versions" }
  | { readonly kind: "status"; readonly status: string }
  | {
      readonly kind: "yanked";
      readonly reason: string;
      /** When it would be used all the same. */
      readonly unless: string;
    }
  | {
      readonly kind: "python";
      readonly requires: string;
      readonly python: string;
      /** What says so when it is not requires-python: `the wheels`. */
      readonly source?: string;
    }
  | { readonly kind: "too-new"; readonly cutOff: string; /** What the date leaves. */ readonly newestBefore?: string }
  | { readonly kind: "prerelease" }
  | { readonly kind: "hash" }
  | { readonly kind: "no-file"; readonly why: string }
  | { readonly kind: "metadata"; readonly problem: string };

/** A yanked version; `reason` is what its author says, perhaps nothing. */
export function yanked(reason: string): UnusableReason {
  return { kind: "yanked", reason, unless: "a requirement with == names one" };
}

/** Completes "… because it ": `is yanked`. */
export function reasonText(reason: UnusableReason): string {
  switch (reason.kind) {
    case "not-found":
      return "does not exist in the index";
    case "no-versions":
      return "has no files in the index that name a version";
    case "status":
      return `is ${reason.status} in the index`;
    case "yanked":
      return reason.reason === "" ? "is yanked" : `is yanked (${reason.reason})`;
    case "python":
      return `needs python ${reason.requires}, which ${reason.python} is not`;
    case "too-new":
      return `was published after ${dayOf(reason.cutOff)}`;
    case "prerelease":
      return "is a pre-release, and pre-releases are not allowed";
    case "hash":
      return "has no file with a hash that the manifest names";
    case "no-file":
      return reason.why;
    default:
      return `can't be used: ${reason.problem}`;
  }
}

/** Whether a value is one of the reasons above. */
export function isUnusableReason(value: unknown): value is UnusableReason {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}
