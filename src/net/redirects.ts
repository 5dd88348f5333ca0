import { EnkiError } from "../model/enki-error.ts";
import type { ConnectionSettings } from "./http-client.ts";
import { redactUrl } from "./redact.ts";
import type { Transport, WireResponse } from "./transport.ts";

const maximumRedirects = 10;

/** The only headers that follow a redirect to another origin: nothing else is certain to hold no secret. */
const harmlessHeaders: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "if-modified-since",
  "if-none-match",
  "range",
  "user-agent",
]);

/** A request whose redirects are followed. */
export interface FollowedRequest {
  readonly url: URL;
  readonly headers: ReadonlyMap<string, string>;
  readonly maxBytes: number;
  readonly connection?: ConnectionSettings | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onBytes: (count: number) => void;
}

/** The last answer, and where it came from. */
export interface FollowedResponse extends WireResponse {
  readonly url: URL;
}

/**
 * Sends a request and follows at most ten redirects. A loop and a step from https to http are refused; with another
 * origin every header that may hold a credential is dropped, for good.
 */
export async function sendFollowing(transport: Transport, request: FollowedRequest): Promise<FollowedResponse> {
  const seen = new Set<string>();
  let { url, headers } = request;
  for (;;) {
    if (seen.has(url.href)) throw refused(url, "the redirects go round in a circle");
    if (seen.size > maximumRedirects) throw refused(url, `there are more than ${maximumRedirects} redirects`);
    seen.add(url.href);
    const response = await transport.send({ ...request, url, headers });
    const next = redirectTarget(response, url);
    if (next === undefined) return { ...response, url };
    if (next.protocol !== "http:" && next.protocol !== "https:") throw refused(next, "a redirect leaves HTTP");
    if (url.protocol === "https:" && next.protocol === "http:")
      throw refused(next, "a redirect goes from https to http");
    // A redirect must not bring credentials of its own either.
    next.username = "";
    next.password = "";
    if (next.origin !== url.origin) headers = new Map([...headers].filter(([name]) => harmlessHeaders.has(name)));
    url = next;
  }
}

function redirectTarget(response: WireResponse, from: URL): URL | undefined {
  const isRedirect = [301, 302, 303, 307, 308].includes(response.status);
  const location = response.headers.get("location");
  if (!isRedirect || location === undefined || !URL.canParse(location, from.href)) return undefined;
  const target = new URL(location, from.href);
  target.hash = "";
  return target;
}

function refused(url: URL, reason: string): EnkiError {
  return new EnkiError("network", `${reason} (at ${redactUrl(url.href)})`);
}
