/** What the manifests say together, for one target. */
import { posix } from "node:path";
import type { Manifest } from "../../model/manifest.ts";
import { normaliseName } from "./pep/names.ts";
import type { PypiRequirement } from "./pep/requirement.ts";
import { directSourceOf } from "./direct-url.ts";
import {
  documentOf,
  type DirectSource,
  type PackageIndexRule,
  type PypiDocument,
  type RootRequirement,
  type SourceRule,
} from "./manifest/pypi-document.ts";
import { setAsksForPrereleases } from "./pep/prerelease-policy.ts";
import type { PypiSettings } from "./settings.ts";
import type { TargetEnvironment } from "./target-environment.ts";

/** A requirement of a manifest that applies to the target. */
export interface ActiveRequirement extends RootRequirement {
  readonly manifest: Manifest;
  /** `run` for what every installation needs, `dev` for groups, and for extras that nobody selected. */
  readonly environment: "run" | "dev";
}

/** Facts that decide about every package of the problem. */
export class RootFacts {
  readonly requirements: readonly ActiveRequirement[];
  readonly constraints: readonly PypiRequirement[];
  readonly excludes: ReadonlySet<string>;
  /** Packages that a manifest takes from a URL or a path, with the directory of that manifest. */
  readonly directSources: ReadonlyMap<string, { readonly source: DirectSource; readonly from: string }>;
  readonly #overrides: ReadonlyMap<string, readonly PypiRequirement[]>;
  readonly #byName = new Map<string, PypiRequirement[]>();

  constructor(manifests: readonly Manifest[], settings: PypiSettings, environment: TargetEnvironment) {
    const documents = manifests.map((manifest) => ({ manifest, document: documentOf(manifest) }));
    const active: ActiveRequirement[] = [];
    for (const { manifest, document } of documents) {
      for (const one of document.requirements) {
        if (!isSelected(one, settings) || environment.holds(one.requirement.marker) !== true) continue;
        active.push({ ...one, manifest, environment: environmentOf(one, settings) });
      }
    }
    const all = (pick: (document: PypiDocument) => readonly RootRequirement[]): readonly PypiRequirement[] =>
      documents.flatMap(({ document }) => pick(document).map(({ requirement }) => requirement));
    this.constraints = [...settings.constraints, ...all(({ constraints }) => constraints)].filter(
      ({ marker }) => environment.holds(marker) === true,
    );
    const overrides = new Map<string, PypiRequirement[]>();
    for (const override of [...all((document) => document.overrides), ...settings.overrides]) {
      const list = overrides.get(override.name) ?? [];
      list.push(override);
      overrides.set(override.name, list);
    }
    this.#overrides = new Map(
      [...overrides].map(([name, list]) => [name, list.filter(({ marker }) => environment.holds(marker) === true)]),
    );
    this.directSources = new Map([
      ...active.flatMap(({ requirement, manifest }) =>
        requirement.url === undefined
          ? []
          : [[requirement.name, { source: directSourceOf(requirement.url), from: directoryOf(manifest) }] as const],
      ),
      // A table of sources says more than a URL can.
      ...documents.flatMap(({ manifest, document }) =>
        firstThatHold(document.sources, environment).map(
          (rule) => [rule.package, { source: rule.source, from: directoryOf(manifest) }] as const,
        ),
      ),
    ]);
    this.excludes = new Set([...settings.excludes, ...documents.flatMap(({ document }) => document.excludes)]);
    this.requirements = active.flatMap((one) =>
      this.replace(one.requirement).map((requirement) =>
        requirement === one.requirement ? one : { ...one, requirement, text: requirement.rawName },
      ),
    );
    for (const requirement of [...this.requirements.map((one) => one.requirement), ...this.constraints]) {
      const list = this.#byName.get(requirement.name) ?? [];
      list.push(requirement);
      this.#byName.set(requirement.name, list);
    }
  }

  /** What stands for a requirement: itself, the overrides of its package, or nothing when the package is excluded. */
  replace(requirement: PypiRequirement): readonly PypiRequirement[] {
    if (this.excludes.has(requirement.name)) return [];
    const overrides = this.#overrides.get(requirement.name);
    if (overrides === undefined) return [requirement];
    // The extras asked for stay: an override says which version, not which features.
    return overrides.map((override) =>
      override.extras.length > 0 ? override : { ...override, extras: requirement.extras },
    );
  }

  isDirect(name: string): boolean {
    return this.requirements.some(({ requirement }) => requirement.name === name);
  }

  /** Keys of the versions that manifests pin. */
  pins(name: string): ReadonlySet<string> {
    return new Set((this.#byName.get(normaliseName(name)) ?? []).flatMap(pinnedKeys));
  }

  /** The SHA-256 digests of the only files that may be used of a package; `undefined` where every file may be. */
  hashes(name: string): ReadonlySet<string> | undefined {
    const named = this.requirements.filter(
      ({ requirement, hashes = [] }) => requirement.name === name && hashes.length > 0,
    );
    const [first, ...more] = named.map(({ hashes = [] }) => new Set(hashes));
    // Every requirement admits what it names: what all of them name is left.
    return first === undefined ? undefined : new Set([...first].filter((hash) => more.every((set) => set.has(hash))));
  }

  /** Whether a manifest names a pre-release of the package. */
  asksForPrereleases(name: string): boolean {
    return (this.#byName.get(name) ?? []).some(({ specifiers }) => setAsksForPrereleases(specifiers));
  }
}

/** The keys of the versions that a requirement pins with `==` or `===`. */
export function pinnedKeys({ specifiers }: PypiRequirement): readonly string[] {
  return specifiers.specifiers.flatMap(({ operator, isPrefix, version }) =>
    (operator === "==" || operator === "===") && !isPrefix && version !== undefined ? [version.key] : [],
  );
}

/** Of the rules about each package, the first whose marker holds. */
export function firstThatHold<Rule extends PackageIndexRule | SourceRule>(
  rules: readonly Rule[],
  environment: TargetEnvironment,
): readonly Rule[] {
  const first = new Map<string, Rule>();
  for (const rule of rules) {
    if (!first.has(rule.package) && environment.holds(rule.marker) === true) first.set(rule.package, rule);
  }
  return [...first.values()];
}

function directoryOf(manifest: Manifest): string {
  return posix.dirname(manifest.file);
}

function isSelected(one: RootRequirement, settings: PypiSettings): boolean {
  if (one.extra !== undefined) return settings.extras?.has(one.extra) ?? true;
  if (one.group !== undefined) return settings.groups?.has(one.group) ?? true;
  return true;
}

function environmentOf(one: RootRequirement, settings: PypiSettings): "run" | "dev" {
  if (one.group !== undefined) return "dev";
  return one.extra !== undefined && settings.extras?.has(one.extra) !== true ? "dev" : "run";
}
