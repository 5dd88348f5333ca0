/** One attempt that failed, before it is known whether another one follows. */
export class TransferError extends Error {
  /** Whether another attempt may succeed. */
  readonly isRetryable: boolean;
  /** The Retry-After header of the answer, if there was one. */
  readonly retryAfter: string | undefined;

  constructor(message: string, options: { isRetryable: boolean; retryAfter?: string | undefined; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "TransferError";
    this.isRetryable = options.isRetryable;
    this.retryAfter = options.retryAfter;
  }
}

/** The `code` of an error of Node or undici, or of what caused it. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return errorCode(error.cause);
}
