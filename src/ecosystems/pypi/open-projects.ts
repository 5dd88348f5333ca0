/** The projects of one problem, under the policies that options, settings and manifests make together. */
import { fileURLToPath } from "node:url";
import type { RegistryLocation, SourceContext } from "../ecosystem.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { openDirectSource } from "./direct-source.ts";
import { documentOf } from "./manifest/pypi-document.ts";
import { parseMarker } from "./pep/marker.ts";
import { normaliseName } from "./pep/names.ts";
import { parseVersion } from "./pep/version.ts";
import { Projects } from "./projects.ts";
import type { PythonCheck } from "./python-requirement.ts";
import { firstThatHold, type RootFacts } from "./root-facts.ts";
import type { PypiSettings } from "./settings.ts";
import { defaultIndexUrl, openRepositories } from "./simple/repository.ts";
import { sharedRepository } from "./simple/shared-repository.ts";
import type { TargetEnvironment } from "./target-environment.ts";

/** What the projects of one problem depend on. */
export interface ProjectSurroundings {
  readonly context: SourceContext;
  readonly manifests: readonly Manifest[];
  readonly settings: PypiSettings;
  readonly environment: TargetEnvironment;
  readonly python: PythonCheck;
  readonly roots: RootFacts;
  /** Another Python's projects, whose repositories are used again. */
  readonly shared?: Projects | undefined;
}

const nothing: ReadonlySet<string> = new Set();

/** Opens the repositories and nothing else: projects are read when the solver asks for them. */
export function openProjects(surroundings: ProjectSurroundings): Projects {
  const { context, environment, manifests, python, roots, shared } = surroundings;
  const documents = manifests.map(documentOf);
  const indexes = documents.flatMap((document) => document.indexes);
  // Registries that the user names replace those that manifests name.
  const isReplaced = context.registries.length > 0;
  const named = indexes.map(({ name, url, layout }): RegistryLocation => {
    const place: RegistryLocation =
      layout === "directory" || !/^https?:/i.test(url)
        ? { kind: "path", path: pathOf(url) }
        : { kind: "http", url, isFlat: layout === "page" };
    return name === undefined ? place : { ...place, name };
  });
  if (!documents.some(({ replacesPublicIndex }) => replacesPublicIndex)) {
    named.push({ kind: "http", url: defaultIndexUrl });
  }
  const explicit = new Set(indexes.filter(({ isExplicit }) => isExplicit).flatMap(({ name }) => name ?? []));
  const packageIndexes = isReplaced
    ? []
    : documents.flatMap((document) =>
        firstThatHold(document.packageIndexes, environment).map((rule) => [rule.package, rule.index] as const),
      );
  const settings: PypiSettings = {
    ...surroundings.settings,
    packageIndexes: new Map([...packageIndexes, ...surroundings.settings.packageIndexes]),
    noBuild: new Set([...surroundings.settings.noBuild, ...documents.flatMap(({ noBuild }) => noBuild)]),
    metadata: new Map([...documents.flatMap((document) => [...document.metadata]), ...surroundings.settings.metadata]),
    noBinary: new Set([...surroundings.settings.noBinary, ...documents.flatMap(({ noBinary }) => noBinary)]),
  };
  const { options } = context;
  const allows = options.prerelease === undefined && documents.some(({ prerelease }) => prerelease === "allow");
  const locked = new Map<string, Set<string>>();
  for (const { name, version, package: package_ } of context.preferences) {
    const key = parseVersion(version)?.key;
    if (key === undefined || !isFor(environment, package_.details)) continue;
    const normalised = normaliseName(name);
    locked.set(normalised, (locked.get(normalised) ?? new Set()).add(key));
  }
  const opened = shared?.repositories ?? openRepositories(isReplaced ? context.registries : named, context);
  const isShared = shared === undefined && settings.pythons.length > 0;
  return new Projects(isShared ? opened.map(sharedRepository) : opened, explicit, {
    candidates: {
      options: allows ? { ...options, prerelease: "allow" } : options,
      settings,
      python,
      isDirect: (name) => roots.isDirect(name),
      pins: (name) => roots.pins(name),
      locked: (name) => locked.get(name) ?? nothing,
      asksForPrereleases: (name) => roots.asksForPrereleases(name),
    },
    files: {
      environment,
      python,
      settings,
      excludeNewer: options.excludeNewer,
      hashes: (name) => roots.hashes(name),
    },
    openDirect: async (name) => {
      const direct = roots.directSources.get(name);
      return direct === undefined ? undefined : await openDirectSource(name, direct.source, context, direct.from);
    },
  });
}

/** The path that an index in a directory has, as a file URL or by itself. */
function pathOf(place: string): string {
  return /^file:\/\//i.test(place) ? fileURLToPath(place) : place;
}

/** Whether a pin is one for this environment: a pylock.toml may hold several versions under conditions (`marker`). */
function isFor(environment: TargetEnvironment, { marker }: JsonObject): boolean {
  const parsed = typeof marker === "string" ? parseMarker(marker) : undefined;
  // Conditions on extras and groups mean nothing here: whoever asks for them is to have the version too.
  return parsed?.ok !== true || environment.holds(parsed.value) !== false;
}
