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
 * one ecosystem, or `undefined` where the registry itself may point anywhere.
 */
export function findUnknownHosts(
  resolution: Resolution,
  knownHosts: (ecosystem: EcosystemId) => ReadonlySet<string> | undefined,
): readonly UnknownHost[] {
  return resolution.packages.flatMap((resolved) => {
    const known = knownHosts(resolved.ecosystem);
    if (known === undefined) return [];
    const hosts = new Set(resolved.artifacts.flatMap((artifact) => hostOf(artifact.url) ?? []));
    return [...hosts].flatMap((host) => (known.has(host) ? [] : [{ package: resolved.id, host }]));
  });
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
