import type { EcosystemId } from "../model/requirement.ts";
import type { PackageId, Resolution } from "../model/resolution.ts";

/** A file that a lock wants to be downloaded from a place that the configuration does not know. */
export interface UnknownHost {
  readonly package: PackageId;
  readonly host: string;
}

/**
 * The downloads of a lock that go to a host outside `knownHosts`. A lock arrives with a change that somebody proposes,
 * so it must not be able to add a server. `knownHosts` gives the hosts (with the port where it is not the default) for
 * one ecosystem, or `undefined` where packages may lie anywhere, which then need a hash; URLs that are not https or
 * http on this machine's own network are never known.
 */
export function findUnknownHosts(
  resolution: Resolution,
  knownHosts: (ecosystem: EcosystemId) => ReadonlySet<string> | undefined,
): readonly UnknownHost[] {
  const unknown: UnknownHost[] = [];
  for (const resolved of resolution.packages) {
    const known = knownHosts(resolved.ecosystem);
    for (const artifact of resolved.artifacts) {
      const host = hostOf(artifact.url);
      if (host === undefined) continue;
      const isAllowed = known === undefined ? artifact.integrity !== undefined : known.has(host);
      if (!isAllowed) unknown.push({ package: resolved.id, host });
    }
  }
  return unknown;
}

/** The host of a download, or `undefined` for files of the project itself (no scheme). */
function hostOf(url: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url);
  if (scheme === null) return undefined;
  try {
    const parsed = new URL(url.replace(/^git\+/i, ""));
    return parsed.host === "" ? `${parsed.protocol}//` : parsed.host;
  } catch {
    return url;
  }
}
