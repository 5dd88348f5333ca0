import type { Diagnostic } from "./diagnostic.ts";

/**
 * The closed list of what can go wrong; docs/errors.md explains each. An unsatisfiable problem is not an error but a
 * value.
 */
export type EnkiErrorCode =
  | "usage"
  | "invalid-manifest"
  | "invalid-configuration"
  | "invalid-lock"
  | "lock-mismatch"
  | "integrity-mismatch"
  | "network"
  | "offline"
  | "not-found"
  | "unauthorised"
  | "invalid-registry-document"
  | "limit-exceeded"
  | "unsupported"
  | "unmapped-system-dependency"
  | "aborted"
  | "internal";

/** The only error that Enki throws on purpose. */
export class EnkiError extends Error {
  readonly code: EnkiErrorCode;
  /** What the user can do about it. */
  readonly hint: string | undefined;
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    code: EnkiErrorCode,
    message: string,
    options: { hint?: string | undefined; cause?: unknown; diagnostics?: readonly Diagnostic[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "EnkiError";
    this.code = code;
    this.hint = options.hint;
    this.diagnostics = options.diagnostics ?? [];
  }
}
