import type { HttpProgress } from "./progress.ts";
import type { RetryPolicy } from "./retry.ts";
import type { Timeouts } from "./transport.ts";

/** What a client is made of; everything has a default but the environment. */
export interface HttpClientOptions {
  /** Where answers are kept between runs; nowhere when absent. */
  readonly cacheDirectory?: string;
  /** Ask the network for nothing: what is not cached throws `offline`. */
  readonly isOffline?: boolean;
  /** Ask again for every document that may have changed, even within its `max-age`. */
  readonly refresh?: boolean;
  /** HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY are looked up here. */
  readonly environmentVariables?: Readonly<Record<string, string | undefined>>;
  /** Certificate authorities to trust besides the built-in ones, as PEM texts. */
  readonly certificateAuthorities?: readonly string[];
  /** Connections that are open to one host at the same time; 16 when absent. */
  readonly connectionsPerHost?: number;
  readonly timeouts?: Partial<Timeouts>;
  readonly retry?: Partial<RetryPolicy>;
  /** Limit of decoded bodies for requests that name none; 64 MiB when absent. */
  readonly maxBytes?: number;
  /** Bodies kept in memory, in bytes; 256 MiB when absent. */
  readonly memoryBytes?: number;
  /** Ends every request; they throw `aborted`. */
  readonly signal?: AbortSignal;
  readonly userAgent?: string;
  /** Called after every change, often; the listener decides how often to draw. */
  readonly onProgress?: (progress: HttpProgress) => void;
  /** Called at most once, when the cache cannot be written. */
  readonly onWarning?: (message: string) => void;
  /** Milliseconds since 1970. */
  readonly nowMs?: () => number;
  /** From 0 (inclusive) to 1. */
  readonly random?: () => number;
  /** Waits; rejects when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

export const defaultTimeouts: Timeouts = { connectMs: 10_000, headersMs: 30_000, bodyMs: 30_000 };
export const defaultMaxBytes: number = 64 * 1024 * 1024;
export const defaultMemoryBytes: number = 256 * 1024 * 1024;
/** With 40 ms to a registry, a run over a thousand documents takes half of the time that it takes over 16, and a tenth more than over 64. */
export const defaultConnectionsPerHost = 48;
