import { LRUCache } from "lru-cache";

import { EnkiError } from "../model/enki-error.ts";
import { digestOf } from "../formats/integrity.ts";
import type { CacheEntry, DiskCache } from "./disk-cache.ts";
import { freshnessOf } from "./freshness.ts";
import type { HttpClient, HttpDocument, HttpRequest, KeptForm } from "./http-client.ts";
import type { PreparedRequest } from "./prepared-request.ts";
import { cacheKey, prepareRequest } from "./prepared-request.ts";
import type { PackCache, PackedEntry } from "./pack-cache.ts";
import type { HttpProgress, ProgressCounter } from "./progress.ts";
import { redactUrl } from "./redact.ts";
import type { FollowedResponse } from "./redirects.ts";
import type { Sender } from "./sender.ts";

/** What a caching client needs, all of it decided. */
export interface CachingClientParts {
  readonly sender: Sender;
  readonly disk: DiskCache | undefined;
  /** Where derived forms are kept: there are many, and they are small. */
  readonly packs: PackCache | undefined;
  readonly progress: ProgressCounter;
  readonly isOffline: boolean;
  readonly refresh: boolean;
  readonly memoryBytes: number;
  readonly userAgent: string;
  readonly signal: AbortSignal | undefined;
  readonly nowMs: () => number;
}

/** An HTTP client that asks for each document at most once, and not at all when a kept answer will do. */
export class CachingClient implements HttpClient {
  readonly #parts: CachingClientParts;
  readonly #pending = new Map<string, Promise<HttpDocument>>();
  readonly #memory: LRUCache<string, HttpDocument>;
  /** Keys that the network has answered in this run: what the disk holds for them needs no second question. */
  readonly #confirmed = new Set<string>();
  readonly #missing = new Set<string>();
  #usableUntilMs = Infinity;

  constructor(parts: CachingClientParts) {
    this.#parts = parts;
    this.#memory = new LRUCache({
      maxSize: parts.memoryBytes,
      sizeCalculation: (document) => document.body.length + 512,
    });
  }

  /** How far everything is. */
  get progress(): HttpProgress {
    return this.#parts.progress.snapshot();
  }

  /** The moment, in milliseconds since 1970, from which on some answer of this run would have to be asked for again. */
  get usableUntilMs(): number {
    return this.#usableUntilMs;
  }

  /** The URLs, fit for showing, that offline mode could not serve. */
  get missing(): readonly string[] {
    return [...this.#missing].toSorted();
  }

  async fetch(request: HttpRequest): Promise<HttpDocument> {
    const prepared = prepareRequest(request, this.#parts.userAgent);
    // The same document with another demanded hash is another question.
    const identity = `${prepared.key} ${request.sha256 ?? ""}`;
    const known = this.#memory.get(identity) ?? this.#pending.get(identity);
    if (known !== undefined) return known;
    const answer = this.#answer(prepared);
    this.#pending.set(identity, answer);
    try {
      const document = await answer;
      this.#memory.set(identity, document);
      return document;
    } finally {
      this.#pending.delete(identity);
    }
  }

  /** A derived form that may be used without asking, read at once: many of them cost less this way. */
  kept(request: HttpRequest): KeptForm | undefined {
    const { packs, signal, progress } = this.#parts;
    if (packs === undefined || request.derive === undefined || signal?.aborted === true) return undefined;
    const key = cacheKey(request);
    const entry = key === undefined ? undefined : packs.open(key);
    if (key === undefined || entry === undefined || !this.#isUsable({ key, request }, entry)) return undefined;
    this.#noteUse(request, entry);
    progress.cached();
    return entry;
  }

  /** Writes what waits for the disk, which else takes a moment. */
  flush(): void {
    this.#parts.packs?.flush();
  }

  /** Closes the connections, and writes what waits for the disk; requests that are under way fail. */
  async close(): Promise<void> {
    this.#parts.packs?.close();
    await this.#parts.sender.close();
  }

  async #answer(prepared: PreparedRequest): Promise<HttpDocument> {
    if (this.#parts.signal?.aborted === true) throw new EnkiError("aborted", "the work was interrupted");
    const kept = this.#kept(prepared);
    if (kept !== undefined && this.#isUsable(prepared, kept)) {
      this.#noteUse(prepared.request, kept);
      this.#parts.progress.cached();
      return fromCache(kept);
    }
    if (this.#parts.isOffline) throw this.#offlineError(prepared);
    const response = await this.#parts.sender.send(prepared, validatorsOf(kept));
    this.#confirmed.add(prepared.key);
    if (response.status === 304) return this.#confirm(prepared, kept, response);
    return this.#accept(prepared, response, kept);
  }

  #kept(prepared: PreparedRequest): CacheEntry | undefined {
    if (!prepared.isStorable) return undefined;
    const entry = this.#storeFor(prepared)?.read(prepared.key);
    const { sha256 } = prepared.request;
    return sha256 !== undefined && entry?.status !== 404 && entry?.sha256 !== sha256 ? undefined : entry;
  }

  #storeFor({ request }: PreparedRequest): DiskCache | PackCache | undefined {
    return request.derive === undefined ? this.#parts.disk : this.#parts.packs;
  }

  #isUsable(
    prepared: Pick<PreparedRequest, "key" | "request">,
    entry: Pick<PackedEntry, "status" | "confirmedMs" | "freshMs">,
  ): boolean {
    if (this.#parts.isOffline || this.#confirmed.has(prepared.key)) return true;
    if (prepared.request.cache === "immutable" && entry.status !== 404) return true;
    const ageMs = this.#parts.nowMs() - entry.confirmedMs;
    return !this.#parts.refresh && ageMs >= 0 && ageMs < entry.freshMs;
  }

  /** The server says that the kept answer still holds. */
  #confirm(prepared: PreparedRequest, kept: CacheEntry | undefined, response: FollowedResponse): HttpDocument {
    if (kept === undefined) {
      throw new EnkiError("network", `${prepared.shownUrl} answered "not modified" to a question without a condition`);
    }
    const { freshMs } = freshnessOf(response.headers);
    const confirmedMs = this.#parts.nowMs();
    this.#noteUse(prepared.request, { status: kept.status, freshMs, confirmedMs });
    this.#storeFor(prepared)?.confirm(prepared.key, { ...kept, freshMs, confirmedMs });
    return fromCache(kept);
  }

  async #accept(
    prepared: PreparedRequest,
    response: FollowedResponse,
    kept: CacheEntry | undefined,
  ): Promise<HttpDocument> {
    const { request } = prepared;
    const isAbsent = response.status !== 200 && response.status !== 206;
    if (!isAbsent) checkDigest(prepared, response.body);
    const body = isAbsent || request.derive === undefined ? response.body : await request.derive.compute(response.body);
    const etag = response.headers.get("etag");
    const totalBytes = totalOf(response.headers.get("content-range"));
    const document: HttpDocument = {
      status: isAbsent ? 404 : response.status === 206 ? 206 : 200,
      url: response.url.href,
      body,
      contentType: response.headers.get("content-type") ?? "",
      isFromCache: false,
      ...(etag === undefined ? {} : { etag }),
      ...(totalBytes === undefined ? {} : { totalBytes }),
    };
    const { freshMs, mayBeStored } = freshnessOf(response.headers);
    const lastModified = response.headers.get("last-modified");
    const confirmedMs = this.#parts.nowMs();
    this.#noteUse(request, { status: document.status, confirmedMs, freshMs });
    // That something is still absent is no news, and it is asked again each time.
    if (mayBeStored && (!isAbsent || kept?.status !== 404)) {
      this.#store(prepared, document, { freshMs, confirmedMs, lastModified });
    }
    return document;
  }

  /** An answer that may be used without asking for some time, or for ever. */
  #noteUse(request: HttpRequest, entry: Pick<PackedEntry, "status" | "confirmedMs" | "freshMs">): void {
    if (request.cache === "immutable" && entry.status !== 404) return;
    const freshMs = request.cache === "none" ? 0 : entry.freshMs;
    this.#usableUntilMs = Math.min(this.#usableUntilMs, entry.confirmedMs + freshMs);
  }

  #store(
    prepared: PreparedRequest,
    document: HttpDocument,
    {
      freshMs,
      confirmedMs,
      lastModified,
    }: Pick<CacheEntry, "freshMs" | "confirmedMs"> & { lastModified?: string | undefined },
  ): void {
    if (!prepared.isStorable) return;
    const { isFromCache: _, ...kept } = document;
    const { sha256 } = prepared.request;
    this.#storeFor(prepared)?.write(prepared.key, {
      ...kept,
      // A signed address of a storage service must not reach the disk.
      url: redactUrl(document.url),
      confirmedMs,
      freshMs,
      ...(lastModified === undefined ? {} : { lastModified }),
      ...(sha256 === undefined || document.status === 404 ? {} : { sha256 }),
    });
  }

  #offlineError(prepared: PreparedRequest): EnkiError {
    this.#missing.add(prepared.shownUrl);
    return new EnkiError(
      "offline",
      `${prepared.what} is not in the cache (${prepared.shownUrl}) and the network is off`,
      {
        hint: "run once without --offline, or give a registry on disk",
      },
    );
  }
}

function fromCache(entry: CacheEntry): HttpDocument {
  return {
    status: entry.status,
    url: entry.url,
    body: entry.body,
    contentType: entry.contentType,
    isFromCache: true,
    ...(entry.etag === undefined ? {} : { etag: entry.etag }),
    ...(entry.totalBytes === undefined ? {} : { totalBytes: entry.totalBytes }),
  };
}

function validatorsOf(entry: CacheEntry | undefined): ReadonlyMap<string, string> {
  const validators = new Map<string, string>();
  if (entry === undefined || entry.status === 404) return validators;
  if (entry.etag !== undefined) validators.set("if-none-match", entry.etag);
  else if (entry.lastModified !== undefined) validators.set("if-modified-since", entry.lastModified);
  return validators;
}

function checkDigest(prepared: PreparedRequest, body: Uint8Array): void {
  const expected = prepared.request.sha256;
  if (expected === undefined) return;
  const actual = digestOf("sha256", body).hex;
  if (actual === expected) return;
  throw new EnkiError(
    "integrity-mismatch",
    `${prepared.what} from ${prepared.shownUrl} has SHA-256 ${actual}, expected ${expected}`,
    { hint: "the file was changed or damaged on its way; do not use it before you know why" },
  );
}

/** `bytes 0-99/1234` -> 1234 (RFC 9110, section 14.4). */
function totalOf(contentRange: string | undefined): number | undefined {
  const total = /^bytes \d+-\d+\/(\d{1,15})$/u.exec(contentRange ?? "")?.[1];
  return total === undefined ? undefined : Number(total);
}
