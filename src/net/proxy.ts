import type { ConnectionSettings } from "./http-client.ts";

/** The variables that name proxies; lower case wins over upper case, as with curl. */
type Environment = Readonly<Record<string, string | undefined>>;

function variable(environment: Environment, name: string): string | undefined {
  const value = environment[name.toLowerCase()] ?? environment[name];
  return value === undefined || value.trim() === "" ? undefined : value.trim();
}

/**
 * The URL of the proxy for a request: HTTPS_PROXY or HTTP_PROXY by the scheme of the URL, else ALL_PROXY, unless
 * NO_PROXY excludes the host; `connection` wins over the environment. `undefined` for a direct connection. A proxy without
 * a scheme is an HTTP one.
 */
export function proxyFor(url: URL, environment: Environment, connection: ConnectionSettings = {}): string | undefined {
  const byScheme = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = connection.proxy ?? variable(environment, byScheme) ?? variable(environment, "ALL_PROXY");
  if (proxy === undefined) return undefined;
  if (isExcluded(url, connection.noProxy ?? variable(environment, "NO_PROXY") ?? "")) return undefined;
  return /^[a-z][a-z0-9+.-]*:\/\//iu.test(proxy) ? proxy : `http://${proxy}`;
}

/** NO_PROXY: host names (with all below them), addresses, each with a port perhaps, separated by commas or spaces; `*` is all. */
function isExcluded(url: URL, exclusions: string): boolean {
  const host = url.hostname.toLowerCase();
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return exclusions
    .toLowerCase()
    .split(/[\s,]+/u)
    .some((exclusion) => {
      if (exclusion === "*") return true;
      // An address of version 6 is full of colons; with a port it stands in brackets.
      const isAddress6 = /^[\da-f]*:[\da-f]*:[\da-f:.]*$/u.test(exclusion);
      const pattern = isAddress6 ? /^(.+)$/u : /^(.+?)(?::(\d+))?$/u;
      const [, name = "", onlyPort] = pattern.exec(exclusion.replace(/^\*?\./u, "")) ?? [];
      if (name === "" || (onlyPort !== undefined && onlyPort !== port)) return false;
      return host === name || host.endsWith(`.${name}`) || host === `[${name}]`;
    });
}
