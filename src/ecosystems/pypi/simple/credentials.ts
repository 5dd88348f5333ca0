/** Credentials for indexes whose URL has none: from the environment, then from netrc. They never reach a lock. */
import { join } from "node:path";
import type { FileSystem } from "../../../model/file-system.ts";

/** A user with a password or token. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Where credentials are looked up. */
export interface CredentialSources {
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly files: FileSystem;
}

/** The value of the `Authorization` header for an index, when there are credentials for it. */
export function authorizationFor(url: URL, name: string | undefined, sources: CredentialSources): string | undefined {
  const found = fromEnvironment(name, sources) ?? fromNetrc(url.hostname, sources);
  if (found === undefined) return undefined;
  return `Basic ${Buffer.from(`${found.user}:${found.password}`).toString("base64")}`;
}

/** `UV_INDEX_<NAME>_USERNAME` and `…_PASSWORD`, which users of uv have set already. */
function fromEnvironment(
  name: string | undefined,
  { environmentVariables }: CredentialSources,
): Credentials | undefined {
  if (name === undefined) return undefined;
  const prefix = `UV_INDEX_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
  const user = environmentVariables[`${prefix}_USERNAME`];
  const password = environmentVariables[`${prefix}_PASSWORD`];
  return user === undefined && password === undefined ? undefined : { user: user ?? "", password: password ?? "" };
}

function fromNetrc(host: string, { environmentVariables, files }: CredentialSources): Credentials | undefined {
  const home = environmentVariables["HOME"];
  const path = environmentVariables["NETRC"] ?? (home === undefined ? undefined : join(home, ".netrc"));
  const body = path === undefined ? undefined : files.readFile(path);
  return body === undefined ? undefined : readNetrc(new TextDecoder().decode(body), host);
}

/** The entry of a host in a netrc file, or the default entry. Macros are passed over. */
export function readNetrc(text: string, host: string): Credentials | undefined {
  const withoutMacros = text.replace(/^macdef[^\n]*\n(?:[^\n]+\n)*/gm, "").replace(/(?:^|\s)#[^\n]*/g, "");
  const words = withoutMacros.split(/\s+/).filter((word) => word !== "");
  let isWanted = false;
  let user: string | undefined;
  let password: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === "machine" || word === "default") {
      if (isWanted && password !== undefined) break;
      isWanted = word === "default" || words[at + 1] === host;
      user = undefined;
      password = undefined;
      if (word === "machine") at++;
    } else if (word === "login") {
      user = words[++at];
    } else if (word === "password") {
      password = words[++at];
    } else if (word === "account") {
      at++;
    }
  }
  return isWanted && password !== undefined ? { user: user ?? "", password } : undefined;
}
