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
   * What tells its answer from others: the URL, what is accepted, the range, the derived form, whether the server learned
   * who asks (not who), and whether it may be anybody's answer because its certificate was not checked.
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
    key: keyOf(request, url.href, authorization !== undefined),
    isStorable: request.cache !== "none" && shownUrl === url.href,
    what: request.what ?? shownUrl,
  };
}

function keyOf(request: HttpRequest, href: string, hasAuthorization: boolean): string {
  const { accept = "", derive, connection } = request;
  const identifies = hasAuthorization || connection?.clientCertificateFor?.(new URL(href)) !== undefined;
  const isUnchecked = connection?.acceptsAnyCertificate === true && href.startsWith("https:");
  return JSON.stringify([
    href,
    accept,
    rangeText(request) ?? "",
    derive?.format ?? "",
    identifies,
    ...(isUnchecked ? ["unchecked"] : []),
  ]);
}

/** What may follow the last slash of a URL and stays as it is. */
const plainEnding = /^(?!(?:\.|%2e){1,2}$)[\w.~@%-]+$/i;

/** Folders of URLs as they are written in keys; `undefined` for those that hold more than a place. */
const knownFolders = new Map<string, string | undefined>();

/** The key of a request that may be stored, without preparing it; `undefined` when that takes more than a look. */
export function cacheKey(request: HttpRequest): string | undefined {
  const slash = request.url.lastIndexOf("/") + 1;
  const ending = request.url.slice(slash);
  if (request.cache === "none" || !plainEnding.test(ending)) return undefined;
  const folder = request.url.slice(0, slash);
  if (!knownFolders.has(folder)) knownFolders.set(folder, plainFolder(folder));
  const href = knownFolders.get(folder);
  return href === undefined ? undefined : keyOf(request, href + ending, request.authorization !== undefined);
}

function plainFolder(folder: string): string | undefined {
  if (!URL.canParse(folder)) return undefined;
  const { protocol, username, password, search, hash, href, pathname } = new URL(folder);
  const isPlain = /^https?:$/.test(protocol) && username + password + search + hash === "" && pathname.endsWith("/");
  return isPlain ? href : undefined;
}

function rangeText(request: HttpRequest): string | undefined {
  const { range } = request;
  if (range === undefined) return undefined;
  return "suffix" in range ? `bytes=-${range.suffix}` : `bytes=${range.start}-${range.end - 1}`;
}
