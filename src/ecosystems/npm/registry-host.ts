import { npmDefaultRegistry } from "./default-registry.ts";
import type { NpmConfiguration } from "./npm-configuration.ts";

/**
 * Where a tarball is to be fetched whose registry says that it is at `url`: npm's `replace-registry-host`. By default what
 * a registry says to lie in the public one lies in the registry itself: mirrors hand on documents as they are. `always`
 * means that whatever the host, `never` that registries are taken at their word; else it is the host, or the beginning of
 * the address, that is replaced.
 */
export function tarballAddress(url: string, registry: string, configuration: NpmConfiguration): string {
  if (!URL.canParse(url) || !URL.canParse(registry)) return url;
  const [address, mirror] = [new URL(url), new URL(registry)];
  if (!/^https?:$/u.test(address.protocol) || address.host === mirror.host) return url;
  const replaced = replacedPart(configuration.get("replace-registry-host"));
  if (replaced === undefined) return url;
  if (replaced !== "always" && replaced.hostname !== address.hostname) return url;
  const before = replaced === "always" ? "" : replaced.path;
  if (before !== "" && !isBelow(address.pathname, before)) return url;
  address.protocol = mirror.protocol;
  address.hostname = mirror.hostname;
  address.port = mirror.port;
  const folder = mirror.pathname.replace(/\/$/u, "");
  const isThere = before === "" && isBelow(address.pathname, folder);
  if (!isThere) address.pathname = folder + address.pathname.slice(before.length);
  return address.href;
}

/** The hosts that a configuration names as those whose tarballs may be meant: a lock may speak of them. */
export function replacedHosts(configuration: NpmConfiguration): readonly string[] {
  const setting = configuration.get("replace-registry-host");
  if (setting === undefined || setting === "always") return [];
  const replaced = replacedPart(setting === "never" ? undefined : setting);
  return replaced === undefined || replaced === "always" ? [] : [replaced.host];
}

interface ReplacedPart {
  readonly hostname: string;
  readonly host: string;
  /** Without the slash at its end; empty where any will do. */
  readonly path: string;
}

function replacedPart(setting: string | undefined): ReplacedPart | "always" | undefined {
  if (setting === "never") return undefined;
  if (setting === "always") return "always";
  const isDefault = setting === undefined || setting === "" || setting === "npmjs";
  const text = isDefault ? new URL(npmDefaultRegistry()).host : setting;
  if (!URL.canParse(text) || !text.includes("://")) return { hostname: text, host: text, path: "" };
  const { hostname, host, pathname } = new URL(text);
  return { hostname, host, path: pathname.replace(/\/$/u, "") };
}

function isBelow(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}
