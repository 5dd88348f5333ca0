import type { Dispatcher } from "undici";

import { AnswerReceiver, type RawAnswer, type ReceivedRequest } from "./answer-receiver.ts";
import { decodeBody } from "./decode-body.ts";
import type { ClientCertificate, ConnectionSettings } from "./http-client.ts";
import { proxyFor } from "./proxy.ts";
import { isRetryableCode } from "./retry.ts";
import { tlsOptions } from "./tls-options.ts";
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
export interface WireRequest extends ReceivedRequest {
  readonly url: URL;
  readonly headers: ReadonlyMap<string, string>;
  readonly connection?: ConnectionSettings | undefined;
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
  /** By how servers are reached, and by scheme, proxy and the certificate that is shown. */
  readonly #dispatchers = new Map<ConnectionSettings | undefined, Map<string, Dispatcher>>();
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
      const dispatcher = this.#dispatcherFor(request, undici);
      const { status, headers, body } = await this.#dispatch(dispatcher, request);
      const encoding = headers.get("content-encoding") ?? "";
      return { status, headers, body: body.length === 0 ? body : await decodeBody(body, encoding, request.maxBytes) };
    } catch (error) {
      throw transferError(error);
    }
  }

  #dispatch(dispatcher: Dispatcher, request: WireRequest): Promise<RawAnswer> {
    const { url, headers } = request;
    return new Promise((resolve, reject) => {
      const receiver = new AnswerReceiver(request, resolve, reject);
      try {
        dispatcher.dispatch(
          {
            origin: url.origin,
            path: url.pathname + url.search,
            method: "GET",
            headers: Object.fromEntries(headers),
            headersTimeout: this.#options.timeouts.headersMs,
            bodyTimeout: this.#options.timeouts.bodyMs,
          },
          receiver,
        );
      } catch (error) {
        receiver.fail(error);
      }
    });
  }

  /** Closes every connection at once. */
  async close(): Promise<void> {
    const all = [...this.#dispatchers.values()].flatMap((dispatchers) => [...dispatchers.values()]);
    await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
    this.#dispatchers.clear();
  }

  #dispatcherFor({ url, connection }: WireRequest, undici: Undici): Dispatcher {
    const proxy = proxyFor(url, this.#options.environmentVariables, connection);
    let dispatchers = this.#dispatchers.get(connection);
    if (dispatchers === undefined) this.#dispatchers.set(connection, (dispatchers = new Map<string, Dispatcher>()));
    const shown = connection?.clientCertificateFor?.(url);
    const key = JSON.stringify([url.protocol, proxy, shown?.place]);
    const known = dispatchers.get(key);
    if (known !== undefined) return known;
    const { certificateAuthorities, connectionsPerHost, timeouts } = this.#options;
    const reach = (protocol: string | undefined, shownThere?: ClientCertificate): object => ({
      timeout: timeouts.connectMs,
      ...(protocol === "https:" && tlsOptions(connection, certificateAuthorities, shownThere)),
    });
    const common = { connections: connectionsPerHost, pipelining: 1, connect: reach(url.protocol, shown) };
    const dispatcher =
      proxy === undefined
        ? new undici.Agent(common)
        : new undici.ProxyAgent({
            ...common,
            uri: proxy,
            requestTls: common.connect,
            // Who asks is the registry's business, not the proxy's.
            proxyTls: reach(new URL(proxy).protocol),
            proxyTunnel: false,
          });
    dispatchers.set(key, dispatcher);
    return dispatcher;
  }
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
