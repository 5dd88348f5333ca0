import { minVersion } from "semver";

import { parseDependencySpec } from "./dependency-spec.ts";
import { packageManifest, type PackageManifest } from "./packument.ts";

/**
 * What stands in the lock for an optional dependency that is not to be had: a version in its range, for an operating
 * system that does not exist. npm itself leaves such a dependency out of its lock, which `npm ci` then refuses; with
 * this entry `npm ci` accepts the lock and installs nothing for it, even if somebody publishes the name later.
 * `undefined` when the dependency is not a range.
 */
export function tombstoneManifest(name: string, text: string): PackageManifest | undefined {
  const spec = parseDependencySpec(name, text);
  if (spec.kind !== "range") return undefined;
  const version = minVersion(spec.range, { loose: true })?.version;
  if (version === undefined) return undefined;
  const pin = `missing:${version}`;
  return packageManifest(spec.name, version, { os: ["none"], isMissing: true, pin });
}
