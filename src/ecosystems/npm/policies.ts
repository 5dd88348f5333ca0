import type { ResolveOptions, SourceContext } from "../ecosystem.ts";
import { EnkiError } from "../../model/enki-error.ts";
import type { CandidatePolicy } from "./candidates.ts";
import type { NpmConfiguration } from "./npm-configuration.ts";
import { rangeHolds } from "./version-list.ts";
import type { PeerPolicy } from "./problem-builder.ts";

/** Words of nixpkgs for systems, in Node's words. */
const operatingSystems: ReadonlyMap<string, string> = new Map([
  ["linux", "linux"],
  ["darwin", "darwin"],
  ["freebsd", "freebsd"],
  ["windows", "win32"],
]);
const processors: ReadonlyMap<string, string> = new Map([
  ["x86_64", "x64"],
  ["aarch64", "arm64"],
  ["i686", "ia32"],
  ["armv7l", "arm"],
]);

/** The `os` and `cpu` by which npm knows a nixpkgs system. */
function nodePlatform(system: string): { os: string; cpu: string } {
  const [cpu = "", os = ""] = system.split("-");
  return { os: operatingSystems.get(os) ?? os, cpu: processors.get(cpu) ?? cpu };
}

/** Which version is tried first: from the options, and from `before` and `min-release-age` of npm's configuration. */
export function openCandidatePolicy(
  context: Pick<SourceContext, "options" | "target">,
  configuration: NpmConfiguration,
): CandidatePolicy {
  const given = context.options.excludeNewer ?? configuration.get("before");
  const excludeNewerMs = given === undefined ? undefined : Date.parse(given);
  if (excludeNewerMs !== undefined && Number.isNaN(excludeNewerMs)) {
    throw new EnkiError("invalid-configuration", `\`before\` is not a date: ${given ?? ""}`);
  }
  const nodeVersion = context.target.tools.get("node");
  const judged = new Map<string, boolean>();
  return {
    enginesFit(range) {
      if (nodeVersion === undefined) return true;
      const known = judged.get(range);
      if (known !== undefined) return known;
      const holds = rangeHolds(range, nodeVersion);
      judged.set(range, holds);
      return holds;
    },
    excludeNewerMs,
    versions: context.options.versions === "lowest" ? "lowest" : "highest",
    ...nodePlatform(context.target.system),
  };
}

/** How conflicting peers are dealt with: the setting `peers`, else npm's `strict-peer-deps` and `legacy-peer-deps`. */
export function openPeerPolicy(options: ResolveOptions, configuration: NpmConfiguration): PeerPolicy {
  const setting = options.settings.get("peers");
  if (setting === "strict" || setting === "npm" || setting === "legacy") return setting;
  if (setting !== undefined) {
    throw new EnkiError("usage", `\`peers\` must be strict, npm or legacy, not ${JSON.stringify(setting)}`);
  }
  if (configuration.get("legacy-peer-deps") === "true") return "legacy";
  return configuration.get("strict-peer-deps") === "true" ? "strict" : "npm";
}
