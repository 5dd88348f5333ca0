import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { EnkiError } from "../model/enki-error.ts";
import type { RequirementGroup } from "../model/manifest-edit.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Origin } from "../model/origin.ts";
import type { ForeignRequirement, ManifestRequirement } from "../model/requirement.ts";
import type { Resolution, ResolvedPackage } from "../model/resolution.ts";
import type { ResolveResult, Unresolvable } from "../resolve/request.ts";
import type { Settings } from "../workspace/settings.ts";
import type { CommandContext } from "./command-context.ts";
import { editManifestText, fileOf, manifestText, overlayFiles } from "./manifest-texts.ts";
import { solve, type SolveFlags } from "./resolve-service.ts";
import { selectedVersion } from "./selected-version.ts";
import type { Service } from "./service.ts";
import { openService } from "./service.ts";
import { silentShell } from "./shell.ts";

/** So many decisions and conflicts are spent on all trials together. */
const MAXIMUM_STEPS = 100_000;

/** A requirement of a manifest that a proof rests on. */
export interface BlamedRequirement {
  readonly manifest: Manifest;
  readonly ecosystem: Ecosystem;
  readonly requirement: ManifestRequirement;
}

/** What a failed resolution was about, so that it can be tried again with other manifests. */
export interface FailedAttempt {
  readonly context: CommandContext;
  readonly service: Service;
  readonly settings: Settings;
  readonly flags: SolveFlags;
  readonly previous: Resolution | undefined;
}

/** Every requirement of every manifest, in their order. */
export function requirementsOf({ ecosystems, workspace }: Service): readonly BlamedRequirement[] {
  return workspace.manifests.flatMap((manifest) => {
    const ecosystem = ecosystems.get(manifest.ecosystem);
    return ecosystem === undefined
      ? []
      : manifest.requirements.map((requirement) => ({ manifest, ecosystem, requirement }));
  });
}

/** The requirements in manifests that a proof rests on, in the order of the manifests. */
export function blamedRequirements(service: Service, result: Unresolvable): readonly BlamedRequirement[] {
  const places = placesIn(result);
  return requirementsOf(service).filter(({ requirement }) => places.has(placeKey(requirement.origin)));
}

/** The requirements on toolchains that a proof rests on: those of manifests, and those of the service itself. */
export function blamedTools(
  { workspace }: Service,
  { serviceRequirements }: Settings,
  result: Unresolvable,
): readonly ForeignRequirement[] {
  const places = placesIn(result);
  const required = [...workspace.manifests.flatMap(({ foreign }) => foreign), ...serviceRequirements];
  return required.filter(({ kind, origin }) => kind === "tool" && origin !== undefined && places.has(placeKey(origin)));
}

function placesIn({ derivation }: Unresolvable): ReadonlySet<string> {
  const places = new Set<string>();
  for (const node of derivation.nodes) {
    if (node.kind !== "fact" || node.fact.kind !== "dependency") continue;
    const { origin } = node.fact.dependency;
    if (origin === null || typeof origin !== "object" || !("place" in origin)) continue;
    places.add(placeKey(origin.place as Origin));
  }
  return places;
}

/** Lines move when a manifest changes; names do not. */
export function isSame(left: BlamedRequirement, right: BlamedRequirement): boolean {
  return left.manifest.file === right.manifest.file && left.requirement.name === right.requirement.name;
}

function isSamePlace(left: Origin | undefined, right: Origin | undefined): boolean {
  return left === right || (left !== undefined && right !== undefined && placeKey(left) === placeKey(right));
}

function placeKey({ file, line, column }: Origin): string {
  return `${file}:${String(line)}:${String(column)}`;
}

/** The part of a manifest that requirements of a kind stand in; the main one where there is none. */
export const GROUPS: ReadonlyMap<string, RequirementGroup> = new Map([
  ["dev", "dev"],
  ["optional", "optional"],
]);

/** Resolves the service as it would be with other manifests, quietly, and within one budget. */
export class Trial {
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

  /** The answer without some requirements, or what stands in the way then. */
  async without(
    blamed: readonly BlamedRequirement[],
  ): Promise<{ readonly resolution?: Resolution; readonly nextBlamed: readonly BlamedRequirement[] }> {
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
    if (tried?.result.kind === "resolved") return { resolution: tried.result.resolution, nextBlamed: [] };
    if (tried?.result.kind !== "unsatisfiable") return { nextBlamed: [] };
    return { nextBlamed: blamedRequirements(tried.service, tried.result) };
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

  /** The version that a toolchain gets when one requirement on it does not count. */
  async toolVersionWithout({ name, origin }: ForeignRequirement): Promise<string | undefined> {
    const { settings } = this.#failed;
    const isOther = (one: ForeignRequirement): boolean => one.name !== name || !isSamePlace(one.origin, origin);
    const other = { ...settings, serviceRequirements: settings.serviceRequirements.filter(isOther) };
    const tried = await this.#resolve(
      [],
      () => new Map(),
      () => true,
      other,
      ({ workspace, ...service }) => ({
        ...service,
        workspace: {
          ...workspace,
          manifests: workspace.manifests.map((one) => ({ ...one, foreign: one.foreign.filter(isOther) })),
        },
      }),
    );
    if (tried?.result.kind !== "resolved") return undefined;
    const version = tried.result.resolution.targets[0]?.tools[name.replace(/^tool:/u, "")];
    return typeof version === "string" ? version : undefined;
  }

  async #resolve(
    freed: readonly BlamedRequirement[],
    editedFiles: (context: CommandContext) => ReadonlyMap<string, string>,
    isAsMeant: (service: Service) => boolean,
    settings: Settings = this.#failed.settings,
    change: (service: Service) => Service = (service) => service,
  ): Promise<{ readonly service: Service; readonly result: ResolveResult } | undefined> {
    const { context, flags, previous } = this.#failed;
    if (this.#stepsLeft <= 0) return undefined;
    context.shell.progress("looking for requirements to relax");
    try {
      const quiet = { ...overlayFiles(context, editedFiles(context)), shell: silentShell(context.host) };
      const service = change(await openService(quiet));
      if (!isAsMeant(service)) return undefined;
      const maxSteps = Math.min(settings.maxSteps ?? Number.POSITIVE_INFINITY, this.#stepsLeft);
      const { result } = await solve(
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
