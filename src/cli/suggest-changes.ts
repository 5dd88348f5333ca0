import type { ManifestRequirement, ForeignRequirement } from "../model/requirement.ts";
import { neutralise } from "../model/neutralise.ts";
import type { Origin } from "../model/origin.ts";
import type { Resolution } from "../model/resolution.ts";
import { suggestWord } from "../model/suggestion.ts";
import type { Unresolvable } from "../resolve/request.ts";
import { CONFIGURATION_FILE_NAME } from "../workspace/configuration.ts";
import { rangeForAdd, rangeToGet } from "./command-ranges.ts";
import { fileOf } from "./manifest-texts.ts";
import type { Service } from "./service.ts";
import { quoted } from "./shell-word.ts";
import {
  type BlamedRequirement,
  blamedRequirements,
  blamedTools,
  type FailedAttempt,
  GROUPS,
  isSame,
  requirementsOf,
  Trial,
} from "./suggestion-trial.ts";

/** At most so many requirements are tried, and so many pairs of them. */
const MAXIMUM_REQUIREMENTS = 8;
const MAXIMUM_PAIRS = 10;

/** A change to the manifests after which there is an answer. */
export interface Suggestion {
  /** The requirements to change: one with `version`, else those to remove. */
  readonly requirements: readonly {
    readonly ecosystem: string;
    readonly name: string;
    readonly range: string;
    readonly place: Origin;
  }[];
  /** The version that agrees with everything else. */
  readonly version?: string;
  /** The setting of enki.toml to change instead. */
  readonly setting?: { readonly ecosystem: string; readonly name: string; readonly value: string };
  /** The command that makes the change; a setting is changed by hand. */
  readonly command?: string;
  /** The same for people. */
  readonly text: string;
}

/**
 * Searches for the smallest changes that give an answer, by resolving again: each requirement that the proof rests on
 * with any version at all, which tells the version that agrees with everything else; else without it; else without two.
 * Bounded by counts, not by time, so that the same input gives the same suggestions.
 */
export async function suggestChanges(failed: FailedAttempt, result: Unresolvable): Promise<readonly Suggestion[]> {
  const blamed = blamedRequirements(failed.service, result).slice(0, MAXIMUM_REQUIREMENTS);
  const trial = new Trial(failed);
  const found: Suggestion[] = await otherSettings(failed, result, trial);
  for (const tool of blamedTools(failed.service, failed.settings, result)) {
    const version = await trial.toolVersionWithout(tool);
    if (version !== undefined) found.push(toolSuggestion(tool, version));
  }
  const pairs: (readonly [BlamedRequirement, BlamedRequirement])[] = [];
  for (const one of blamed) {
    const version = await trial.versionWithAnyRange(one);
    if (version !== undefined) {
      found.push(versionSuggestion(failed, one, version));
      continue;
    }
    const { resolution, nextBlamed } = await trial.without([one]);
    const meant = resolution === undefined ? undefined : nameMeant(one, result, resolution);
    if (meant !== undefined) found.push(nameSuggestion(failed.service, one, meant));
    // That everything is fine without the only requirement there is helps nobody.
    else if (resolution !== undefined && blamed.length > 1) found.push(removalSuggestion(failed.service, [one]));
    for (const other of nextBlamed) {
      const isKnown = pairs.some(([first, second]) => isSame(first, other) && isSame(second, one));
      if (!isKnown) pairs.push([one, other]);
    }
  }
  if (found.length > 0) return found;
  const known = requirementsOf(failed.service);
  for (const pair of pairs.slice(0, MAXIMUM_PAIRS)) {
    const { resolution } = await trial.without(pair);
    // As the manifests are now, not as they were without the first of the two.
    if (resolution !== undefined)
      found.push(
        removalSuggestion(
          failed.service,
          known.filter((one) => pair.some((other) => isSame(one, other))),
        ),
      );
  }
  return found;
}

/** Settings under which everything agrees as it is: the nearest newer release of nixpkgs, when the proof is about it. */
async function otherSettings(
  { service, settings }: FailedAttempt,
  { derivation, narrator }: Unresolvable,
  trial: Trial,
): Promise<Suggestion[]> {
  const concerned = new Set<string>();
  for (const node of derivation.nodes) {
    if (node.kind !== "fact" || node.fact.kind !== "dependency") continue;
    concerned.add(narrator.describe(node.fact.dependency.package).ecosystem);
  }
  for (const { id, title, otherSettings: others } of service.ecosystems.values()) {
    if (!concerned.has(id)) continue;
    for (const { name, value } of others?.(settings.settings.get(id) ?? new Map()) ?? []) {
      if (!(await trial.hasAnswerWith(id, name, value))) continue;
      const text = `everything agrees with ${title} ${value}: set ${name} = ${JSON.stringify(value)} under [${title}] in enki.toml`;
      return [{ requirements: [], setting: { ecosystem: id, name, value }, text: neutralise(text) }];
    }
  }
  return [];
}

/** The package of almost the same name that something else selects, where the required one does not exist. */
function nameMeant(
  { ecosystem, requirement: { name } }: BlamedRequirement,
  { derivation, narrator }: Unresolvable,
  resolution: Resolution,
): string | undefined {
  const isMissing = derivation.nodes.some(
    (node) =>
      node.kind === "fact" && node.fact.kind === "missing" && narrator.describe(node.fact.package).label === name,
  );
  const others = resolution.packages.filter((one) => one.ecosystem === ecosystem.id).map((one) => one.name);
  return isMissing ? suggestWord(name, others) : undefined;
}

function nameSuggestion(service: Service, blamed: BlamedRequirement, meant: string): Suggestion {
  const { ecosystem, requirement } = blamed;
  const command = `enki remove${manifestFlag(service, [blamed])} ${quoted(`${ecosystem.id}:${requirement.name}`)}`;
  const text = `did you mean ${meant} instead of ${requirement.name} (${placeWords(requirement.origin)})? Something else needs ${meant} already, and there is an answer without ${requirement.name}: ${command}`;
  return { requirements: [recordOf(blamed)], command, text: neutralise(text) };
}

function toolSuggestion({ ecosystem, name, range, origin }: ForeignRequirement, version: string): Suggestion {
  const tool = name.replace(/^tool:/u, "");
  const place = origin ?? { file: CONFIGURATION_FILE_NAME };
  const text = `everything else agrees with ${tool} ${version} instead of ${range} (${placeWords(place)})`;
  return { requirements: [{ ecosystem, name, range, place }], version, text: neutralise(text) };
}

function versionSuggestion({ service, flags }: FailedAttempt, blamed: BlamedRequirement, version: string): Suggestion {
  const { ecosystem, requirement } = blamed;
  const { question } = flags;
  const isAsked = question?.asked.ecosystem === ecosystem.id && question.asked.name === requirement.name;
  const written = isAsked ? rangeToGet(ecosystem, version, question.existing) : rangeForAdd(ecosystem, version);
  const range = written === undefined ? "" : `@${written}`;
  const group = GROUPS.get(requirement.kind);
  const flag = group === undefined ? "" : ` --${group}`;
  const features =
    requirement.features === undefined || requirement.features.length === 0
      ? ""
      : `[${requirement.features.join(",")}]`;
  const command = `enki add${flag}${manifestFlag(service, [blamed])} ${quoted(`${ecosystem.id}:${requirement.name}${features}${range}`)}`;
  const text = `everything else agrees with ${requirement.name} ${version} instead of ${words(requirement)}: ${command}`;
  return { requirements: [recordOf(blamed)], version, command, text: neutralise(text) };
}

function removalSuggestion(service: Service, blamed: readonly BlamedRequirement[]): Suggestion {
  const command = `enki remove${manifestFlag(service, blamed)} ${blamed.map(({ ecosystem, requirement }) => quoted(`${ecosystem.id}:${requirement.name}`)).join(" ")}`;
  const names = blamed.map(({ requirement }) => `${requirement.name} ${words(requirement)}`).join(" and ");
  const text = `there is an answer without ${names}: ${command}`;
  return { requirements: blamed.map(recordOf), command, text: neutralise(text) };
}

function words({ range, origin }: ManifestRequirement): string {
  const place = placeWords(origin);
  return range === "" || range === "*" ? `(${place})` : `${range} (${place})`;
}

function placeWords({ file, line }: Origin): string {
  return line === undefined ? file : `${file}:${String(line)}`;
}

/** Names the manifest where the command could mean another one of the same ecosystem. */
function manifestFlag({ workspace }: Service, blamed: readonly BlamedRequirement[]): string {
  const files = new Set(blamed.map(({ manifest }) => fileOf(manifest.file)));
  const [file] = files;
  const ecosystems = new Set(blamed.map(({ ecosystem }) => ecosystem.id));
  const candidates = workspace.manifests.filter((one) => ecosystems.has(one.ecosystem)).map((one) => fileOf(one.file));
  const isAmbiguous = files.size === 1 && new Set(candidates).size > 1;
  return isAmbiguous && file !== undefined ? ` --manifest ${quoted(file)}` : "";
}

function recordOf({ ecosystem, requirement }: BlamedRequirement): Suggestion["requirements"][number] {
  return { ecosystem: ecosystem.id, name: requirement.name, range: requirement.range, place: requirement.origin };
}
