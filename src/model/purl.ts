import type { EcosystemId } from "./requirement.ts";

/** A package, at one version or at any, as a package URL names it. */
export interface PackageUrl {
  readonly ecosystem: EcosystemId;
  readonly name: string;
  readonly version?: string;
}

/** `pkg:npm/%40scope/x@1.0.0` (the package-url specification; a scope is its namespace). */
export function formatPurl({ ecosystem, name, version }: PackageUrl): string {
  const path = name.split("/").map(encodeSegment).join("/");
  return `pkg:${ecosystem}/${path}${version === undefined ? "" : `@${encodeSegment(version)}`}`;
}

/** Reads a package URL without qualifiers and subpath; `undefined` when it is none. */
export function parsePurl(text: string): PackageUrl | undefined {
  const match = /^pkg:\/{0,2}([a-z][a-z0-9.+-]*)\/([^?#]+)$/i.exec(text);
  const [, type, rest] = match ?? [];
  if (type === undefined || rest === undefined) return undefined;
  // A scope may be written with a plain `@`, so only one behind the first letter separates a version.
  const at = rest.lastIndexOf("@");
  const hasVersion = at > 0 && at > rest.lastIndexOf("/") + 1;
  const name = decodeSegments(hasVersion ? rest.slice(0, at) : rest);
  const version = hasVersion ? decodeSegments(rest.slice(at + 1)) : undefined;
  if (name === undefined || name === "" || version === "") return undefined;
  const ecosystem = type.toLowerCase();
  return version === undefined ? { ecosystem, name } : { ecosystem, name, version };
}

/** Percent-encodes what the specification wants encoded; `:` stays as it is. */
function encodeSegment(segment: string): string {
  const escaped = encodeURIComponent(segment.replace(/\p{Surrogate}/gu, "\uFFFD")).replaceAll("%3A", ":");
  return escaped.replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decodeSegments(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
