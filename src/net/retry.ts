/** How often and how patiently a request is repeated. */
export interface RetryPolicy {
  /** Repetitions after the first attempt. */
  readonly retries: number;
  /** The first pause; each further one is twice as long, plus or minus half. */
  readonly baseDelayMs: number;
  /** No pause is longer, whatever the server asks for. */
  readonly maximumDelayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { retries: 3, baseDelayMs: 500, maximumDelayMs: 60_000 };

/** Answers that a later attempt may better: overload and failures of the server or of something before it. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status <= 504) || (status >= 520 && status <= 530);
}

/** Failures of the network that a later attempt may not meet. An unknown host name or a bad certificate stays what it is. */
const retryableCodes: ReadonlySet<string> = new Set([
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "EPIPE",
  "ETIMEDOUT",
  "HPE_INVALID_CONSTANT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_SOCKET",
  "UND_ERR_ABORTED",
]);

export function isRetryableCode(code: string): boolean {
  return retryableCodes.has(code);
}

/**
 * The pause in milliseconds before repetition number `repetition` (from 0): what Retry-After says, as seconds or as a
 * date (RFC 9110, section 10.2.3), else an exponential one with jitter, so that many clients do not come back at once.
 */
export function retryDelayMs(
  repetition: number,
  retryAfter: string | undefined,
  policy: RetryPolicy,
  clock: { readonly nowMs: number; readonly random: number },
): number {
  const asked = retryAfter === undefined ? undefined : retryAfterMs(retryAfter, clock.nowMs);
  const delay = asked ?? policy.baseDelayMs * 2 ** repetition * (0.5 + clock.random);
  return Math.max(0, Math.min(policy.maximumDelayMs, delay));
}

function retryAfterMs(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  if (/^\d{1,9}$/u.test(trimmed)) return Number(trimmed) * 1000;
  const date = /^[A-Z][a-z]{2,8},? /u.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  return Number.isNaN(date) ? undefined : date - nowMs;
}
