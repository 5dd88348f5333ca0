import { EnkiError } from "../model/enki-error.ts";
import { takeCredentials } from "./credentials.ts";
import type { HttpRequest } from "./http-client.ts";
import { redactUrl, secretsOfAuthorization } from "./redact.ts";

/** A request with its URL parsed, its credentials apart, and its name in the caches. */
export interface PreparedRequest {
  readonly request: HttpRequest;
  /** Without user name and password. */
  readonly url: URL;
  /** Fit for messages. */
  readonly shownUrl: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly secrets: readonly string[];
  /**
   * What tells its answer from others: the URL, what is accepted, the range, the derived form, and whether credentials
   * were sent (not which).
   */
  readonly key: string;
  /** Whether the answer may go to disk: not when a secret is part of the URL, because keys are written there. */
  readonly isStorable: boolean;
  /** For messages: the package, or the URL. */
  readonly what: string;
}

/** Reads the URL and the headers of a request. Credentials in the URL become an Authorization header. */
export function prepareRequest(request: HttpRequest, userAgent: string): PreparedRequest {
  if (!URL.canParse(request.url)) throw new EnkiError("network", `${redactUrl(request.url)} is not a URL`);
  const url = new URL(request.url);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new EnkiError("network", `${redactUrl(request.url)} is not an http or https URL`);
  }
  const inUrl = takeCredentials(url);
  const authorization = request.authorization ?? inUrl;
  url.hash = "";
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name.toLowerCase(), value);
  headers.set("user-agent", userAgent);
  headers.set("accept", request.accept ?? "*/*");
  // Whoever wants a part, or bytes with a known hash, wants the bytes themselves.
  const isExact = request.range !== undefined || request.sha256 !== undefined;
  headers.set("accept-encoding", isExact ? "identity" : "gzip, br");
  if (authorization !== undefined) headers.set("authorization", authorization);
  const range = rangeText(request);
  if (range !== undefined) headers.set("range", range);
  const shownUrl = redactUrl(url.href);
  const secrets = [...headers]
    .filter(([name]) => !["user-agent", "accept", "accept-encoding", "range"].includes(name))
    .flatMap(([name, value]) => (name === "authorization" ? secretsOfAuthorization(value) : [value]));
  return {
    request,
    url,
    shownUrl,
    headers,
    secrets,
    key: JSON.stringify([
      url.href,
      request.accept ?? "",
      range ?? "",
      request.derive?.format ?? "",
      authorization !== undefined,
    ]),
    isStorable: request.cache !== "none" && shownUrl === url.href,
    what: request.what ?? shownUrl,
  };
}

function rangeText(request: HttpRequest): string | undefined {
  const { range } = request;
  if (range === undefined) return undefined;
  return "suffix" in range ? `bytes=-${range.suffix}` : `bytes=${range.start}-${range.end - 1}`;
}
