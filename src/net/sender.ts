import { EnkiError } from "../model/enki-error.ts";
import type { PreparedRequest } from "./prepared-request.ts";
import type { ProgressCounter } from "./progress.ts";
import { redactText } from "./redact.ts";
import type { FollowedResponse } from "./redirects.ts";
import { sendFollowing } from "./redirects.ts";
import type { RetryPolicy } from "./retry.ts";
import { isRetryableStatus, retryDelayMs } from "./retry.ts";
import { TransferError } from "./transfer-error.ts";
import type { Transport } from "./transport.ts";

/** What sending needs besides the request. */
export interface SenderParts {
  readonly transport: Transport;
  readonly retry: RetryPolicy;
  readonly maxBytes: number;
  readonly progress: ProgressCounter;
  readonly signal: AbortSignal | undefined;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** Statuses that mean "there is no such document" to every registry. */
const absentStatuses: ReadonlySet<number> = new Set([404, 410, 451]);

/** Asks over the network, again and again while that may help. Every message is free of secrets. */
export class Sender {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** The complete answer: 200, 206, 304 to a question with `validators`, or one that means absent. */
  async send(prepared: PreparedRequest, validators: ReadonlyMap<string, string>): Promise<FollowedResponse> {
    const { progress, signal } = this.#parts;
    const token = progress.begin(prepared.what);
    try {
      return await this.#sendPatiently(prepared, new Map([...prepared.headers, ...validators]));
    } catch (error) {
      if (signal?.aborted === true) throw new EnkiError("aborted", "the work was interrupted", { cause: error });
      throw withoutSecrets(error, prepared);
    } finally {
      progress.end(token);
    }
  }

  async close(): Promise<void> {
    await this.#parts.transport.close();
  }

  async #sendPatiently(prepared: PreparedRequest, headers: ReadonlyMap<string, string>): Promise<FollowedResponse> {
    const { retry, progress, signal, nowMs, random, sleep } = this.#parts;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(prepared, headers);
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        if (!error.isRetryable || attempt > retry.retries || signal?.aborted === true) {
          throw failure(prepared, error, attempt);
        }
        progress.retried();
        await sleep(retryDelayMs(attempt - 1, error.retryAfter, retry, { nowMs: nowMs(), random: random() }), signal);
      }
    }
  }

  async #attempt(prepared: PreparedRequest, headers: ReadonlyMap<string, string>): Promise<FollowedResponse> {
    const { transport, progress, signal, maxBytes } = this.#parts;
    const response = await sendFollowing(transport, {
      url: prepared.url,
      headers,
      maxBytes: prepared.request.maxBytes ?? maxBytes,
      connection: prepared.request.connection,
      signal,
      onBytes: (count) => progress.received(count),
    });
    const { status } = response;
    if (status === 200 || status === 206 || status === 304 || absentStatuses.has(status)) return response;
    if (status === 401 || status === 403) throw unauthorised(prepared, status, headers.has("authorization"));
    throw new TransferError(`the server answered ${status}`, {
      isRetryable: isRetryableStatus(status),
      retryAfter: response.headers.get("retry-after"),
    });
  }
}

function unauthorised(prepared: PreparedRequest, status: number, hasCredentials: boolean): EnkiError {
  const reason = hasCredentials ? "the credentials do not open it" : "it asks for credentials and none are configured";
  return new EnkiError(
    "unauthorised",
    `${prepared.what} cannot be read from ${prepared.shownUrl}: ${reason} (${status})`,
    {
      hint: "check the credentials of this registry in its own configuration",
    },
  );
}

function failure(prepared: PreparedRequest, error: TransferError, attempts: number): EnkiError {
  const count = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  return new EnkiError(
    "network",
    `${prepared.what} cannot be read from ${prepared.shownUrl}: ${error.message} (${count})`,
    {
      hint: "check the connection and the registry's address; --offline uses what is cached",
      cause: error,
    },
  );
}

function withoutSecrets(error: unknown, prepared: PreparedRequest): unknown {
  if (!(error instanceof EnkiError)) return error;
  const names = error.message.includes(prepared.shownUrl)
    ? error.message
    : `${prepared.what}: ${error.message} (${prepared.shownUrl})`;
  const message = redactText(names, prepared.secrets);
  if (message === error.message) return error;
  return new EnkiError(error.code, message, { hint: error.hint, cause: error.cause, diagnostics: error.diagnostics });
}
