import type { Ecosystem, RegistryLocation, ResolveOptions } from "../ecosystems/ecosystem.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { JsonValue } from "../model/json.ts";
import type { EcosystemId, ForeignRequirement } from "../model/requirement.ts";
import { didYouMean } from "../model/suggestion.ts";
import type { SystemName } from "../model/target.ts";
import type { Configuration } from "./configuration.ts";
import { KNOWN_SYSTEMS, PRERELEASE_POLICIES, VERSION_POLICIES } from "./configuration.ts";
import { isCutOffSpan, parseCutOff } from "./cut-off.ts";
import { toolEcosystem } from "./ecosystem-names.ts";
import { parseRegistry } from "./read-registries.ts";
import { registryVariable, SETTING_VARIABLES } from "./setting-variables.ts";
import { toolRequirement } from "./read-tools.ts";

/** What the command line says; each is absent when the flag is. */
export interface SettingFlags {
  readonly system?: readonly string[];
  /** `ECO=URL|PATH`. */
  readonly registry?: readonly string[];
  /** Toolchain to range: `python` to `3.12`. */
  readonly tools?: ReadonlyMap<string, string>;
  readonly resolution?: string;
  readonly prerelease?: string;
  readonly excludeNewer?: string;
  readonly strictEngines?: boolean;
  readonly peers?: string;
  readonly maxSteps?: string;
  readonly timeout?: string;
}

/** What a resolution is asked for, after flags, environment, enki.toml and defaults were laid over each other. */
export interface Settings {
  readonly systems: readonly SystemName[];
  readonly registries: ReadonlyMap<EcosystemId, readonly RegistryLocation[]>;
  readonly options: ResolveOptions;
  /** The duration that the cut-off of {@link options} was counted back by, as written; absent for a date. */
  readonly cutOffSpan?: string;
  readonly settings: ReadonlyMap<EcosystemId, ReadonlyMap<string, JsonValue>>;
  readonly serviceRequirements: readonly ForeignRequirement[];
  readonly maxSteps?: number;
  readonly maxTimeMs?: number;
}

/** What settings are read from besides the flags. */
export interface SettingSources {
  readonly configuration: Configuration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly ecosystems: ReadonlyMap<EcosystemId, Ecosystem>;
  /** Relative paths in flags and variables count from here. */
  readonly directory: string;
  /** The system that is resolved for when nothing names one. */
  readonly hostSystem: SystemName;
  readonly nowMs: number;
}

/** Toolchains as flags, variables and nixpkgs call them. */
export const TOOL_FLAGS: ReadonlyMap<string, string> = new Map([
  ["python", "python"],
  ["node", "node"],
  ["rust", "rustc"],
  ["ocaml", "ocaml"],
]);

/** Lays flags over `ENKI_*` variables over enki.toml over the defaults. Throws an EnkiError (`usage`) for bad values. */
export function mergeSettings(flags: SettingFlags, sources: SettingSources): Settings {
  const { configuration, environment } = sources;
  const policy = configuration.resolution;
  const variable = (setting: string): string | undefined => nonEmpty(environment[SETTING_VARIABLES.get(setting) ?? ""]);
  const versions = flags.resolution ?? variable("resolution.versions") ?? policy.versions;
  const prerelease = flags.prerelease ?? variable("resolution.prerelease") ?? policy.prerelease;
  const excludeNewer = flags.excludeNewer ?? variable("resolution.exclude-newer") ?? policy.excludeNewer;
  const strictEngines =
    flags.strictEngines ??
    booleanVariable(environment, SETTING_VARIABLES.get("resolution.strict-engines") ?? "") ??
    policy.strictEngines;
  const limits = runLimits(flags, environment, policy);
  const systems = flags.system ??
    variable("targets.systems")?.split(",") ??
    configuration.systems ?? [sources.hostSystem];
  for (const system of systems) oneOf("system", system, KNOWN_SYSTEMS);
  return {
    systems: [...new Set(systems)],
    registries: mergeRegistries(flags, sources),
    options: {
      settings: new Map(),
      ...(versions === undefined ? {} : { versions: oneOf("resolution", versions, VERSION_POLICIES) }),
      ...(prerelease === undefined ? {} : { prerelease: oneOf("prerelease", prerelease, PRERELEASE_POLICIES) }),
      ...(excludeNewer === undefined ? {} : { excludeNewer: parseCutOff(excludeNewer, sources.nowMs) }),
      ...(strictEngines === undefined ? {} : { strictEngines }),
    },
    ...(excludeNewer !== undefined && isCutOffSpan(excludeNewer) && { cutOffSpan: excludeNewer.trim() }),
    settings: mergeEcosystemSettings(flags, sources),
    serviceRequirements: mergeTools(flags, sources),
    ...limits,
  };
}

/** How long a solve may go on: flags, then the environment, then `[policy]` of enki.toml. */
export function runLimits(
  flags: Pick<SettingFlags, "maxSteps" | "timeout">,
  environment: Readonly<Record<string, string | undefined>>,
  policy: { readonly maxSteps?: number | undefined; readonly timeoutSeconds?: number | undefined } = {},
): Pick<Settings, "maxSteps" | "maxTimeMs"> {
  const variable = (setting: string): string | undefined => nonEmpty(environment[SETTING_VARIABLES.get(setting) ?? ""]);
  const maxSteps = countOf("--max-steps", flags.maxSteps ?? variable("resolution.max-steps")) ?? policy.maxSteps;
  const timeoutSeconds = secondsOf(flags.timeout ?? variable("resolution.timeout")) ?? policy.timeoutSeconds;
  return {
    ...(maxSteps === undefined ? {} : { maxSteps }),
    ...(timeoutSeconds === undefined ? {} : { maxTimeMs: timeoutSeconds * 1000 }),
  };
}

/** A variable that is a switch: `1`, `true`, `yes` and `on` turn it on; `0`, `false`, `no`, `off` and nothing do not. */
export function booleanVariable(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): boolean | undefined {
  const text = nonEmpty(environment[name])?.toLowerCase();
  if (text === undefined) return undefined;
  if (["1", "true", "yes", "on"].includes(text)) return true;
  if (["0", "false", "no", "off"].includes(text)) return false;
  throw new EnkiError("usage", `${name} must be 1 or 0, not ${JSON.stringify(text)}`);
}

/** Settings of one ecosystem that have a flag and a variable too. */
const ECOSYSTEM_FLAGS = [{ flag: "peers", ecosystem: "npm", setting: "peers" }] as const;

function mergeEcosystemSettings(
  flags: SettingFlags,
  { configuration, environment, ecosystems }: SettingSources,
): Settings["settings"] {
  const settings = new Map(configuration.settings);
  for (const { flag, ecosystem, setting } of ECOSYSTEM_FLAGS) {
    const text = flags[flag] ?? nonEmpty(environment[SETTING_VARIABLES.get(`${ecosystem}.${setting}`) ?? ""]);
    if (text === undefined) continue;
    const choices = ecosystems.get(ecosystem)?.settings?.find(({ name }) => name === setting)?.values;
    if (choices !== undefined) oneOf(flag, text, choices);
    settings.set(ecosystem, new Map([...(settings.get(ecosystem) ?? []), [setting, text]]));
  }
  return settings;
}

function mergeRegistries(
  flags: SettingFlags,
  { configuration, environment, ecosystems, directory }: SettingSources,
): ReadonlyMap<EcosystemId, readonly RegistryLocation[]> {
  const registries = new Map(configuration.registries);
  for (const id of ecosystems.keys()) {
    const text = nonEmpty(environment[registryVariable(id)]);
    if (text !== undefined) registries.set(id, [parseRegistry(text, directory)]);
  }
  const fromFlags = new Map<EcosystemId, RegistryLocation[]>();
  for (const flag of flags.registry ?? []) {
    const equals = flag.indexOf("=");
    const id = flag.slice(0, Math.max(0, equals));
    const location = flag.slice(equals + 1);
    if (equals < 1 || location === "") {
      throw new EnkiError("usage", `--registry needs ECOSYSTEM=URL or ECOSYSTEM=PATH, not ${JSON.stringify(flag)}`, {
        hint: "for example --registry opam=../opam-repository",
      });
    }
    oneOf("ecosystem", id, [...ecosystems.keys()]);
    fromFlags.set(id, [...(fromFlags.get(id) ?? []), parseRegistry(location, directory)]);
  }
  for (const [id, locations] of fromFlags) registries.set(id, locations);
  return registries;
}

/** A flag or a variable replaces what enki.toml requires of the same toolchain. */
function mergeTools(
  flags: SettingFlags,
  { configuration, environment, ecosystems }: SettingSources,
): readonly ForeignRequirement[] {
  const offering = toolEcosystem(ecosystems);
  if (offering === undefined) return configuration.tools;
  const chosen = [...TOOL_FLAGS].flatMap(([flag, tool]) => {
    const range = flags.tools?.get(flag);
    const variableName = SETTING_VARIABLES.get(`tools.${tool}`) ?? "";
    const text = range ?? nonEmpty(environment[variableName]);
    if (text === undefined) return [];
    return [toolRequirement(offering.id, tool, text, { why: range === undefined ? variableName : `--${flag}` })];
  });
  const replaced = new Set(chosen.map(({ name }) => name));
  return [...configuration.tools.filter(({ name }) => !replaced.has(name)), ...chosen];
}

function oneOf<T extends string>(what: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === text);
  if (choice !== undefined) return choice;
  const expected = `expected one of ${choices.join(", ")}`;
  const suggestion = didYouMean(text, choices);
  const hint = suggestion === undefined ? expected : `${suggestion} (${expected})`;
  throw new EnkiError("usage", `there is no ${what} ${JSON.stringify(text)}`, { hint });
}

function countOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text);
  throw new EnkiError("usage", `${flag} must be a whole number above zero, not ${JSON.stringify(text)}`);
}

function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number, unit = "s"] = /^([0-9]{1,6}(?:\.[0-9]{1,3})?)(s|m|h)?$/.exec(text) ?? [];
  const seconds = Number(number) * ({ s: 1, m: 60, h: 3600 }[unit] ?? Number.NaN);
  if (seconds > 0) return seconds;
  throw new EnkiError(
    "usage",
    `--timeout must be seconds or a duration such as 90s or 5m, not ${JSON.stringify(text)}`,
  );
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
