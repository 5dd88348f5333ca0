import { setMaxListeners } from "node:events";
import { setTimeout as setTimeoutPromise } from "node:timers/promises";

import { CachingClient } from "./caching-client.ts";
import type { HttpClientOptions } from "./client-options.ts";
import { defaultConnectionsPerHost, defaultMaxBytes, defaultMemoryBytes, defaultTimeouts } from "./client-options.ts";
import { DiskCache } from "./disk-cache.ts";
import { PackCache } from "./pack-cache.ts";
import { ProgressCounter } from "./progress.ts";
import { defaultRetryPolicy } from "./retry.ts";
import { Sender } from "./sender.ts";
import { Transport } from "./transport.ts";

/** A client over undici and a cache on disk. Nothing is loaded or opened before the first request needs it. */
export function createHttpClient(options: HttpClientOptions = {}): CachingClient {
  const nowMs = options.nowMs ?? Date.now;
  // Every request under way listens to the one signal; hundreds of listeners are no leak here.
  if (options.signal !== undefined) setMaxListeners(0, options.signal);
  const progress = new ProgressCounter(options.onProgress, nowMs);
  const transport = new Transport({
    timeouts: { ...defaultTimeouts, ...options.timeouts },
    connectionsPerHost: options.connectionsPerHost ?? defaultConnectionsPerHost,
    environmentVariables: options.environmentVariables ?? {},
    ...(options.certificateAuthorities === undefined ? {} : { certificateAuthorities: options.certificateAuthorities }),
  });
  const sender = new Sender({
    transport,
    retry: { ...defaultRetryPolicy, ...options.retry },
    maxBytes: options.maxBytes ?? defaultMaxBytes,
    progress,
    signal: options.signal,
    nowMs,
    random: options.random ?? Math.random,
    sleep: options.sleep ?? sleepUnlessAborted,
  });
  const { cacheDirectory } = options;
  let hasWarned = false;
  const onTrouble = (message: string): void => {
    if (!hasWarned) options.onWarning?.(message);
    hasWarned = true;
  };
  return new CachingClient({
    sender,
    disk: cacheDirectory === undefined ? undefined : new DiskCache(cacheDirectory, onTrouble),
    packs: cacheDirectory === undefined ? undefined : new PackCache(cacheDirectory, onTrouble),
    progress,
    isOffline: options.isOffline ?? false,
    refresh: options.refresh ?? false,
    memoryBytes: options.memoryBytes ?? defaultMemoryBytes,
    userAgent: options.userAgent ?? "enki",
    signal: options.signal,
    nowMs,
  });
}

async function sleepUnlessAborted(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await setTimeoutPromise(ms, undefined, signal === undefined ? {} : { signal });
}
