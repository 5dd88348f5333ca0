import { rootCertificates } from "node:tls";
import type { Dispatcher } from "undici";

import { decodeBody, tooLarge } from "./decode-body.ts";
import { proxyFor } from "./proxy.ts";
import { isRetryableCode } from "./retry.ts";
import { errorCode, TransferError } from "./transfer-error.ts";

/** How long each step of a request may take, in milliseconds. */
export interface Timeouts {
  readonly connectMs: number;
  /** From the request to the end of the answer's headers. */
  readonly headersMs: number;
  /** Between two pieces of the body. */
  readonly bodyMs: number;
}

export interface TransportOptions {
  readonly timeouts: Timeouts;
  /** Connections that are open to one host at the same time. */
  readonly connectionsPerHost: number;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** Certificate authorities to trust besides the built-in ones, as PEM texts. */
  readonly certificateAuthorities?: readonly string[];
}

/** One request on the wire, redirects not followed. */
export interface WireRequest {
  readonly url: URL;
  readonly headers: ReadonlyMap<string, string>;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
  readonly onBytes: (count: number) => void;
}

/** One answer, its body complete and decoded; answers that are no success have none. */
export interface WireResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

type Undici = (typeof import("undici"))["default"];

/** Sends single requests over kept-alive connections. undici is loaded with the first one. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #dispatchers = new Map<string, Dispatcher>();
  #undici: Promise<Undici> | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Throws a {@link TransferError}, or an EnkiError `limit-exceeded`. */
  async send(request: WireRequest): Promise<WireResponse> {
    // Bundlers know no single names of a CommonJS module, but its default export.
    this.#undici ??= import("undici").then((loaded) => loaded.default);
    const undici = await this.#undici;
    try {
      const response = await undici.request(request.url, {
        method: "GET",
        headers: Object.fromEntries(request.headers),
        dispatcher: this.#dispatcherFor(request.url, undici),
        headersTimeout: this.#options.timeouts.headersMs,
        bodyTimeout: this.#options.timeouts.bodyMs,
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      return await receive(response, request);
    } catch (error) {
      throw transferError(error);
    }
  }

  /** Closes every connection at once. */
  async close(): Promise<void> {
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    this.#dispatchers.clear();
  }

  #dispatcherFor(url: URL, undici: Undici): Dispatcher {
    const proxy = proxyFor(url, this.#options.environmentVariables);
    const known = this.#dispatchers.get(proxy ?? "");
    if (known !== undefined) return known;
    const { certificateAuthorities, connectionsPerHost, timeouts } = this.#options;
    const tls = certificateAuthorities === undefined ? {} : { ca: [...rootCertificates, ...certificateAuthorities] };
    const common = { connections: connectionsPerHost, pipelining: 1, connect: { timeout: timeouts.connectMs, ...tls } };
    const dispatcher =
      proxy === undefined
        ? new undici.Agent(common)
        : new undici.ProxyAgent({
            ...common,
            uri: proxy,
            requestTls: common.connect,
            proxyTls: common.connect,
            proxyTunnel: false,
          });
    this.#dispatchers.set(proxy ?? "", dispatcher);
    return dispatcher;
  }
}

async function receive(response: Dispatcher.ResponseData, request: WireRequest): Promise<WireResponse> {
  const headers = headerMap(response.headers);
  const status = response.statusCode;
  if (status !== 200 && status !== 206) {
    // A short body is read to its end so that the connection can be used again; nobody looks at it.
    await response.body.dump({ limit: 64 * 1024 }).catch(() => undefined);
    return { status, headers, body: new Uint8Array() };
  }
  const announced = Number(headers.get("content-length") ?? Number.NaN);
  const encoding = headers.get("content-encoding") ?? "";
  if (announced > request.maxBytes) return refuse(response, request);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body) {
    if (!(piece instanceof Uint8Array)) continue;
    length += piece.length;
    request.onBytes(piece.length);
    if (length > request.maxBytes) return refuse(response, request);
    pieces.push(piece);
  }
  return { status, headers, body: await decodeBody(Buffer.concat(pieces, length), encoding, request.maxBytes) };
}

function refuse(response: Dispatcher.ResponseData, request: WireRequest): never {
  // The stream reports its own destruction; that error is ours and expected.
  response.body.on("error", () => undefined);
  response.body.destroy();
  throw tooLarge(request.maxBytes);
}

function headerMap(headers: Dispatcher.ResponseData["headers"]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name.toLowerCase(), typeof value === "string" ? value : value.join(", "));
  }
  return map;
}

const reasons: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "the connection was refused"],
  ["ECONNRESET", "the connection was reset"],
  ["EAI_AGAIN", "the host name could not be looked up"],
  ["ENOTFOUND", "the host name is unknown"],
  ["UND_ERR_CONNECT_TIMEOUT", "no connection within the time limit"],
  ["UND_ERR_HEADERS_TIMEOUT", "no answer within the time limit"],
  ["UND_ERR_BODY_TIMEOUT", "the answer stalled"],
  ["UND_ERR_SOCKET", "the connection broke off"],
  ["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "the answer was cut off"],
]);

function transferError(error: unknown): Error {
  if (error instanceof TransferError || (error instanceof Error && error.name === "EnkiError")) return error;
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : String(error);
  return new TransferError(reasons.get(code) ?? message, { isRetryable: isRetryableCode(code), cause: error });
}
