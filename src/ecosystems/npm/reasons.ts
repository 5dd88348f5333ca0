import { dayOf } from "../../model/day-of.ts";

/** Why a package or a version of npm can't be used: what the solver hands back in explanations. */
export type NpmReason =
  | { readonly kind: "not-found" }
  /** Not from a registry, or written in a way that means nothing. */
  | { readonly kind: "refused"; readonly problem: string }
  /** Its author says that it is for other systems; `problem` as above, `remedy` for hints. */
  | { readonly kind: "wrong-platform"; readonly problem: string; readonly remedy: string }
  | {
      readonly kind: "too-new";
      readonly cutOff: string;
      /** What the cut-off date leaves. */ readonly newestBefore?: string;
    };

/** A requirement that can't be followed; `problem` completes "… because it ". */
export function refused(problem: string): NpmReason {
  return { kind: "refused", problem };
}

/** Completes "… because it ". */
export function reasonText(reason: NpmReason): string {
  switch (reason.kind) {
    case "not-found":
      return "is not in the registry";
    case "refused":
    case "wrong-platform":
      return reason.problem;
    default:
      return `was published after ${dayOf(reason.cutOff)}`;
  }
}
