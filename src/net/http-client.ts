import type { DerivedForm } from "./derived-form.ts";

/** A certificate that says who asks, and its key, as PEM texts. */
export interface ClientCertificate {
  /** For what it was configured, for messages; no two certificates of a connection have the same. */
  readonly place: string;
  readonly certificate: string;
  readonly key: string;
}

/** How servers are reached, where that is not the way of the run as a whole. */
export interface ConnectionSettings {
  /** The proxy for every URL, whatever its scheme; as the environment says when absent. */
  readonly proxy?: string;
  /** What the proxy is not for, in the words of NO_PROXY; as the environment says when absent. */
  readonly noProxy?: string;
  /** The only certificate authorities to trust, as PEM texts. */
  readonly certificateAuthorities?: readonly string[];
  /** Whether servers (and proxies) are believed whatever certificate they show. */
  readonly acceptsAnyCertificate?: boolean;
  /** What a server is shown at a URL, redirects included. */
  readonly clientCertificateFor?: (url: URL) => ClientCertificate | undefined;
}

/** What to fetch, and how it may be cached. */
export interface HttpRequest {
  readonly url: string;
  /** The `Accept` header. */
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The value of the `Authorization` header. Never stored, never sent to another host after a redirect. */
  readonly authorization?: string;
  /**
   * `revalidate`: keep the body, ask again with its validators (and not at all while `max-age` lasts);
   * `immutable`: content-addressed, never asked again; `none`: do not keep.
   */
  readonly cache: "revalidate" | "immutable" | "none";
  /** Limit of the decoded body; 64 MiB when absent. */
  readonly maxBytes?: number;
  /** A byte range, `end` excluded. `suffix` asks for the last bytes. The answer has status 206 when the server honours it. */
  readonly range?: { readonly start: number; readonly end: number } | { readonly suffix: number };
  /** Refuse the body unless it has this SHA-256 (lower-case hexadecimal). */
  readonly sha256?: string;
  /**
   * A compact form that is kept **instead of** the body and returned in its place: parse a big document once, when it
   * arrives. `format` names the form and its version and is part of the cache key. `compute` may use up the body.
   */
  readonly derive?: { readonly format: string; compute(body: Uint8Array): Uint8Array | Promise<Uint8Array> };
  /** One object for all requests that go the same way. */
  readonly connection?: ConnectionSettings;
  /** For messages: which package is being asked for. */
  readonly what?: string;
}

/** What came back. Statuses other than 200, 206 and those in `absentStatuses` (404, 410, 451) throw an EnkiError. */
export interface HttpDocument {
  /** 200, 206, or 404 for "absent" (404, 410 and 451 alike). */
  readonly status: 200 | 206 | 404;
  /** After redirects. */
  readonly url: string;
  /** Decoded (gunzipped) body, or the derived form when one was asked for. Empty when absent. */
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly etag?: string;
  /** The whole length that a 206 answer names in Content-Range. */
  readonly totalBytes?: number;
  /** Whether no byte of the body came over the network (a 304 counts as cached). */
  readonly isFromCache: boolean;
}

/** A derived form from the cache. */
export interface KeptForm {
  /** 404 for "absent"; then the form is empty. */
  readonly status: number;
  readonly form: DerivedForm;
}

/** The only way to the network. Each URL is asked at most once per run; concurrent calls share the answer. */
export interface HttpClient {
  fetch(request: HttpRequest): Promise<HttpDocument>;
  /**
   * The answer to a request for a derived form, if it is at hand and may be used without asking anybody: then without
   * waiting. It can be looked at until the client is closed. Absent in clients that keep nothing.
   */
  kept?(request: HttpRequest): KeptForm | undefined;
}
