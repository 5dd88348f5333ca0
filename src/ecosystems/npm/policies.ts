import type { ResolveOptions, SourceContext } from "../ecosystem.ts";
import { EnkiError } from "../../model/enki-error.ts";
import type { CandidatePolicy } from "./candidates.ts";
import { nodePlatform } from "./node-platform.ts";
import type { NpmConfiguration } from "./npm-configuration.ts";
import { rangeHolds } from "./version-range.ts";
import type { PeerPolicy } from "./problem-builder.ts";

const MILLISECONDS_PER_DAY = 86_400_000;

/** Which version is tried first: from the options, and from `before` and `min-release-age` of npm's configuration. */
export function openCandidatePolicy(
  context: Pick<SourceContext, "options" | "target" | "nowMs">,
  configuration: NpmConfiguration,
): CandidatePolicy {
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
    ...ageGate(context, configuration),
    versions: context.options.versions === "lowest" ? "lowest" : "highest",
    platform: nodePlatform(context.target.system),
  };
}

/**
 * The cut-off date: an option of this run, npm's `before`, or its `min-release-age` in days; and which names
 * `min-release-age-exclude` exempts from it.
 */
function ageGate(
  { options, nowMs }: Pick<SourceContext, "options" | "nowMs">,
  configuration: NpmConfiguration,
): Pick<CandidatePolicy, "excludeNewerMs" | "isExempt"> {
  const exempt = (configuration.get("min-release-age-exclude") ?? "").split(",").map(patternOf);
  // The option is Enki's own and holds for all ecosystems alike.
  const isExempt = (name: string): boolean =>
    options.excludeNewer === undefined && exempt.some((pattern) => pattern.test(name));
  return { excludeNewerMs: cutOffMs(options.excludeNewer, nowMs, configuration), isExempt };
}

function cutOffMs(
  excludeNewer: string | undefined,
  nowMs: number,
  configuration: NpmConfiguration,
): number | undefined {
  const date = excludeNewer ?? configuration.get("before");
  if (date !== undefined && date !== "" && date !== "null") {
    const excludeNewerMs = Date.parse(date);
    if (!Number.isNaN(excludeNewerMs)) return excludeNewerMs;
    throw new EnkiError("invalid-configuration", `\`before\` is not a date: ${date}`);
  }
  const days = configuration.get("min-release-age");
  if (days === undefined || days === "" || days === "null") return undefined;
  if (!/^\d{1,5}(?:\.\d{1,9})?$/.test(days)) {
    throw new EnkiError("invalid-configuration", `\`min-release-age\` is not a number of days: ${days}`);
  }
  return Number(days) === 0 ? undefined : nowMs - Number(days) * MILLISECONDS_PER_DAY;
}

/** A package name in which `*` stands for anything but a slash: `@scope/*`. */
function patternOf(text: string): RegExp {
  const parts = text
    .trim()
    .split("*")
    .map((part) => part.replaceAll(/[$()+.?[\\\]^{|}]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^/]*")}$`);
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
