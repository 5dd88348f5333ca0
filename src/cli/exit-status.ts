import type { EnkiErrorCode } from "../model/enki-error.ts";
import { EnkiError } from "../model/enki-error.ts";

/** Errors that say "no" about the service rather than "I could not": CI tells the two apart. */
const NEGATIVE_ANSWERS: ReadonlySet<EnkiErrorCode> = new Set<EnkiErrorCode>([
  "lock-mismatch",
  "integrity-mismatch",
  "unmapped-system-dependency",
  "not-found",
]);

/** 1 where the user must act on the service, 130 after an interruption, 2 for everything else. */
export function exitStatusOf(error: unknown): number {
  if (!(error instanceof EnkiError)) return 2;
  if (error.code === "aborted") return 130;
  return NEGATIVE_ANSWERS.has(error.code) ? 1 : 2;
}
