import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { Manifest } from "../model/manifest.ts";
import type { ManifestRequirement } from "../model/requirement.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { RequirementGroup } from "../model/manifest-edit.ts";
import { neutralise } from "../model/neutralise.ts";
import type { Origin } from "../model/origin.ts";
import type { ResolvedPackage, Resolution } from "../model/resolution.ts";
import type { ResolveResult, Unresolvable } from "../resolve/request.ts";
import type { Settings } from "../workspace/settings.ts";
import type { CommandContext } from "./command-context.ts";
import type { NetworkFlags } from "./common-options.ts";
import { editManifestText, fileOf, manifestText, overlayFiles } from "./manifest-texts.ts";
import { solve } from "./resolve-service.ts";
import { selectedVersion } from "./selected-version.ts";
import type { Service } from "./service.ts";
import { openService } from "./service.ts";
import { silentShell } from "./shell.ts";

/** At most so many requirements are tried, and so many pairs of them, and so many decisions and conflicts spent. */
const MAXIMUM_REQUIREMENTS = 8;
const MAXIMUM_PAIRS = 10;
const MAXIMUM_STEPS = 100_000;

/** A requirement of a manifest that a proof rests on. */
interface BlamedRequirement {
  readonly manifest: Manifest;
  readonly ecosystem: Ecosystem;
  readonly requirement: ManifestRequirement;
}

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

/** What a failed resolution was about, so that it can be tried again with other manifests. */
export interface FailedAttempt {
  readonly context: CommandContext;
  readonly service: Service;
  readonly settings: Settings;
  readonly flags: NetworkFlags;
  readonly previous: Resolution | undefined;
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
  const pairs: (readonly [BlamedRequirement, BlamedRequirement])[] = [];
  for (const one of blamed) {
    const version = await trial.versionWithAnyRange(one);
    if (version !== undefined) {
      found.push(versionSuggestion(one, version));
      continue;
    }
    // That everything is fine without the only requirement there is helps nobody.
    if (blamed.length === 1) continue;
    const { hasAnswer, nextBlamed } = await trial.without([one]);
    if (hasAnswer) found.push(removalSuggestion([one]));
    for (const other of nextBlamed) {
      const isKnown = pairs.some(([first, second]) => isSame(first, other) && isSame(second, one));
      if (!isKnown) pairs.push([one, other]);
    }
  }
  if (found.length > 0) return found;
  const known = requirementsOf(failed.service);
  for (const pair of pairs.slice(0, MAXIMUM_PAIRS)) {
    const { hasAnswer } = await trial.without(pair);
    // As the manifests are now, not as they were without the first of the two.
    if (hasAnswer) found.push(removalSuggestion(known.filter((one) => pair.some((other) => isSame(one, other)))));
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

/** Every requirement of every manifest, in their order. */
function requirementsOf({ ecosystems, workspace }: Service): readonly BlamedRequirement[] {
  return workspace.manifests.flatMap((manifest) => {
    const ecosystem = ecosystems.get(manifest.ecosystem);
    return ecosystem === undefined
      ? []
      : manifest.requirements.map((requirement) => ({ manifest, ecosystem, requirement }));
  });
}

/** The requirements in manifests that a proof rests on, in the order of the manifests. */
function blamedRequirements(service: Service, { derivation }: Unresolvable): readonly BlamedRequirement[] {
  const places = new Set<string>();
  for (const node of derivation.nodes) {
    if (node.kind !== "fact" || node.fact.kind !== "dependency") continue;
    const { origin } = node.fact.dependency;
    if (origin === null || typeof origin !== "object" || !("place" in origin)) continue;
    places.add(placeKey(origin.place as Origin));
  }
  return requirementsOf(service).filter(({ requirement }) => places.has(placeKey(requirement.origin)));
}

/** Lines move when a manifest changes; names do not. */
function isSame(left: BlamedRequirement, right: BlamedRequirement): boolean {
  return left.manifest.file === right.manifest.file && left.requirement.name === right.requirement.name;
}

function placeKey({ file, line, column }: Origin): string {
  return `${file}:${String(line)}:${String(column)}`;
}

const GROUPS: ReadonlyMap<string, RequirementGroup> = new Map([
  ["dev", "dev"],
  ["optional", "optional"],
]);

/** Resolves the service as it would be with other manifests, quietly, and within one budget. */
class Trial {
  readonly #failed: FailedAttempt;
  #stepsLeft = MAXIMUM_STEPS;

  constructor(failed: FailedAttempt) {
    this.#failed = failed;
  }

  /** The version that a package gets when its range does not matter; `undefined` when there is no answer even then. */
  async versionWithAnyRange(blamed: BlamedRequirement): Promise<string | undefined> {
    const { manifest, ecosystem, requirement } = blamed;
    const { name, range, kind, features = [] } = requirement;
    const group = GROUPS.get(kind) ?? "runtime";
    const file = fileOf(manifest.file);
    const tried = await this.#resolve(
      [blamed],
      (context) => {
        const change = { added: [{ name, range: "*", group, features }], removed: [] };
        return new Map([[file, editManifestText({ ecosystem, file }, manifestText(context, file), change)]]);
      },
      (service) => {
        const changed = service.workspace.manifests.find((one) => one.file === manifest.file);
        // A requirement in a table that the edit does not reach stays as it was.
        return changed?.requirements.some((one) => one.name === name && one.range === range) === false;
      },
    );
    if (tried?.result.kind !== "resolved") return undefined;
    return selectedVersion(tried.result.resolution, ecosystem.id, name);
  }

  /** Whether there is an answer without some requirements, and what stands in the way then. */
  async without(
    blamed: readonly BlamedRequirement[],
  ): Promise<{ readonly hasAnswer: boolean; readonly nextBlamed: readonly BlamedRequirement[] }> {
    const tried = await this.#resolve(
      blamed,
      (context) => {
        const edited = new Map<string, string>();
        for (const { manifest, ecosystem, requirement } of blamed) {
          const file = fileOf(manifest.file);
          const text = edited.get(file) ?? manifestText(context, file);
          edited.set(file, editManifestText({ ecosystem, file }, text, { added: [], removed: [requirement.name] }));
        }
        return edited;
      },
      (service) =>
        blamed.every(({ manifest, requirement: { name } }) => {
          const changed = service.workspace.manifests.find((one) => one.file === manifest.file);
          return changed === undefined || changed.requirements.every((one) => one.name !== name);
        }),
    );
    if (tried?.result.kind !== "unsatisfiable") return { hasAnswer: tried?.result.kind === "resolved", nextBlamed: [] };
    return { hasAnswer: false, nextBlamed: blamedRequirements(tried.service, tried.result) };
  }

  /** Whether there is an answer with another value of a setting, and the manifests as they are. */
  async hasAnswerWith(ecosystem: string, name: string, value: string): Promise<boolean> {
    const { settings } = this.#failed;
    const changed = new Map([...(settings.settings.get(ecosystem) ?? []), [name, value]]);
    const other = { ...settings, settings: new Map([...settings.settings, [ecosystem, changed]]) };
    const tried = await this.#resolve(
      [],
      () => new Map(),
      () => true,
      other,
    );
    return tried?.result.kind === "resolved";
  }

  async #resolve(
    freed: readonly BlamedRequirement[],
    editedFiles: (context: CommandContext) => ReadonlyMap<string, string>,
    isAsMeant: (service: Service) => boolean,
    settings: Settings = this.#failed.settings,
  ): Promise<{ readonly service: Service; readonly result: ResolveResult } | undefined> {
    const { context, flags, previous } = this.#failed;
    if (this.#stepsLeft <= 0) return undefined;
    context.shell.progress("looking for requirements to relax");
    try {
      const quiet = { ...overlayFiles(context, editedFiles(context)), shell: silentShell(context.host) };
      const service = await openService(quiet);
      if (!isAsMeant(service)) return undefined;
      const maxSteps = Math.min(settings.maxSteps ?? Number.POSITIVE_INFINITY, this.#stepsLeft);
      const result = await solve(
        quiet,
        service,
        { ...settings, maxSteps },
        flags,
        previous && without(previous, freed),
      );
      this.#stepsLeft -= stepsOf(result);
      return result.kind === "resolved" && result.violations.length > 0 ? undefined : { service, result };
    } catch (error) {
      // A manifest that can't be edited, or a registry that can't be reached, gives no suggestion.
      if (error instanceof EnkiError && error.code !== "aborted") return undefined;
      throw error;
    } finally {
      context.shell.clearProgress();
    }
  }
}

/** The pins of other packages: the newest version that agrees is wanted, not the one that something else has. */
function without(previous: Resolution, freed: readonly BlamedRequirement[]): Resolution {
  const isFreed = ({ ecosystem: id, name }: ResolvedPackage): boolean =>
    freed.some(({ ecosystem, requirement }) => ecosystem.id === id && requirement.name === name);
  return { ...previous, packages: previous.packages.filter((package_) => !isFreed(package_)) };
}

function stepsOf({ statistics }: ResolveResult): number {
  return statistics.reduce((sum, { decisions, conflicts }) => sum + decisions + conflicts, 0);
}

function versionSuggestion(blamed: BlamedRequirement, version: string): Suggestion {
  const { ecosystem, requirement } = blamed;
  const written = ecosystem.rangeForNew?.(version) ?? version;
  // A bare version is a range for cargo, but exactly that version for `enki add`.
  const range = /^\d/.test(written) ? `^${written}` : written;
  const group = GROUPS.get(requirement.kind);
  const flag = group === undefined ? "" : ` --${group}`;
  const features =
    requirement.features === undefined || requirement.features.length === 0
      ? ""
      : `[${requirement.features.join(",")}]`;
  const command = `enki add${flag} ${quoted(`${ecosystem.id}:${requirement.name}${features}@${range}`)}`;
  const text = `everything else agrees with ${requirement.name} ${version} instead of ${words(requirement)}: ${command}`;
  return { requirements: [recordOf(blamed)], version, command, text: neutralise(text) };
}

function removalSuggestion(blamed: readonly BlamedRequirement[]): Suggestion {
  const command = `enki remove ${blamed.map(({ ecosystem, requirement }) => quoted(`${ecosystem.id}:${requirement.name}`)).join(" ")}`;
  const names = blamed.map(({ requirement }) => `${requirement.name} ${words(requirement)}`).join(" and ");
  const text = `there is an answer without ${names}: ${command}`;
  return { requirements: blamed.map(recordOf), command, text: neutralise(text) };
}

function words({ range, origin }: ManifestRequirement): string {
  const place = origin.line === undefined ? origin.file : `${origin.file}:${String(origin.line)}`;
  return range === "" ? `(${place})` : `${range} (${place})`;
}

function recordOf({ ecosystem, requirement }: BlamedRequirement): Suggestion["requirements"][number] {
  return { ecosystem: ecosystem.id, name: requirement.name, range: requirement.range, place: requirement.origin };
}

/** A word as a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[A-Za-z0-9@%+=:,./_^~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
