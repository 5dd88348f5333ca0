import type { Ecosystem, PackageSource, SourceContext } from "../../src/ecosystems/ecosystem.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { ForeignRequirement } from "../../src/model/requirement.ts";
import type { Edge, Resolution, ResolvedPackage, Violation } from "../../src/model/resolution.ts";
import { ANY_VERSION } from "../../src/solver/provider.ts";
import type { Dependency, PackageIndex } from "../../src/solver/provider.ts";
import { filterSet, membersOf } from "../../src/solver/version-set.ts";

/** Name to version to what that version requires; `other:name` crosses into another toy ecosystem. */
export type ToyRegistry = Readonly<Record<string, Readonly<Record<number, Readonly<Record<string, string>>>>>>;

/** A range is a list of whole numbers and spans, `1 3-5`, or `*`. */
export function toyRangeAdmits(range: string, version: string): boolean {
  if (range === "*") return true;
  return range.split(" ").some((part) => {
    const [low, high] = part.split("-");
    return Number(version) >= Number(low) && Number(version) <= Number(high ?? low);
  });
}

/**
 * The smallest possible ecosystem: whole-number versions, one version per name, newest first. It exists so that what is
 * common to all ecosystems can be tested without any real one, and shows how little a new ecosystem needs.
 */
export function toyEcosystem(
  id: string,
  registry: ToyRegistry,
  extra: Partial<Pick<Ecosystem, "requiredTools" | "toolCandidates">> & {
    readonly onLoad?: (names: string[]) => void;
  } = {},
): Ecosystem {
  const { onLoad, ...overrides } = extra;
  return {
    id,
    title: id,
    requiredTools: [],
    isManifest: (fileName) => fileName === `${id}.toy`,
    readManifest: () => ({ diagnostics: [] }),
    readDependencyTable: () => ({ diagnostics: [] }),
    rangeAdmits: toyRangeAdmits,
    openSource: (context) => openToySource(id, registry, context, onLoad),
    verify: (resolution, manifests) => verifyToy(id, registry, resolution, manifests),
    exportLocks: ({ resolution }) => {
      const own = resolution.packages.filter((package_) => package_.ecosystem === id);
      if (own.length === 0) return [];
      return [{ path: `${id}.lock`, content: own.map((package_) => `${package_.id}\n`).join("") }];
    },
    ...overrides,
  };
}

/** A manifest of a toy ecosystem. `foreign` requirements are written `other:name`. */
export function toyManifest(ecosystem: string, requires: Readonly<Record<string, string>>): Manifest {
  const file = `${ecosystem}.toy`;
  const entries = Object.entries(requires);
  return {
    ecosystem,
    file,
    sha256: "0".repeat(64),
    name: `${ecosystem}-root`,
    requirements: entries
      .filter(([name]) => !name.includes(":"))
      .map(([name, range], index) => ({ name, range, kind: "runtime", origin: { file, line: index + 1 } })),
    foreign: entries.flatMap(([name, range], index) => {
      const foreign = foreignOf(ecosystem, file, name, range);
      return foreign === undefined ? [] : [{ ...foreign, origin: { file, line: index + 1 } }];
    }),
    document: undefined,
  };
}

function foreignOf(ecosystem: string, from: string, name: string, range: string): ForeignRequirement | undefined {
  const colon = name.indexOf(":");
  if (colon < 0) return undefined;
  const target = name.slice(0, colon);
  return {
    ecosystem: target,
    name: name.slice(colon + 1),
    range,
    rangeSyntax: ecosystem,
    kind: "runtime",
    why: `${from} needs ${name}`,
  };
}

function openToySource(
  id: string,
  registry: ToyRegistry,
  context: SourceContext,
  onLoad?: (names: string[]) => void,
): PackageSource {
  const packages = new Map<string, PackageIndex>();
  const names = new Map<PackageIndex, string>();
  const ranges: { readonly syntax: string; readonly range: string }[] = [{ syntax: id, range: "*" }];
  const loaded = new Set<PackageIndex>();
  const packageOf = (name: string): PackageIndex => {
    const known = packages.get(name);
    if (known !== undefined) return known;
    const index = context.newPackage();
    packages.set(name, index);
    names.set(index, name);
    return index;
  };
  const requirementOf = (syntax: string, range: string): number => {
    if (range === "*") return ANY_VERSION;
    const known = ranges.findIndex((entry) => entry.syntax === syntax && entry.range === range);
    return known >= 0 ? known : ranges.push({ syntax, range }) - 1;
  };
  const versionsOf = (package_: PackageIndex): readonly string[] => {
    const name = names.get(package_) ?? "";
    return Object.keys(Object.hasOwn(registry, name) ? (registry[name] ?? {}) : {})
      .toSorted((left, right) => Number(right) - Number(left))
      .map(String);
  };
  const dependencyOn = (from: string, name: string, range: string, place?: Dependency["origin"]): Dependency => {
    const origin = place ?? { text: range, kind: "registry" };
    const foreign = foreignOf(id, from, name, range);
    const target =
      foreign === undefined
        ? { package: packageOf(name), requirement: requirementOf(id, range) }
        : context.foreign(foreign);
    return { ...target, kind: "requires", origin };
  };
  const source: PackageSource = {
    rootDependencies: (manifests) =>
      manifests.flatMap((manifest) =>
        manifest.requirements.map((requirement) =>
          dependencyOn(manifest.file, requirement.name, requirement.range, {
            text: requirement.range,
            kind: "manifest",
            place: requirement.origin,
          }),
        ),
      ),
    accept: (requirement) => ({
      package: packageOf(requirement.name),
      requirement: requirementOf(requirement.rangeSyntax ?? id, requirement.range),
    }),
    facts: (package_) => {
      if (!loaded.has(package_)) return undefined;
      const count = versionsOf(package_).length;
      return count === 0 ? { count, missing: "does not exist" } : { count };
    },
    dependencies: (package_, candidate) => {
      const version = versionsOf(package_)[candidate] ?? "";
      const name = names.get(package_) ?? "";
      return Object.entries(registry[name]?.[Number(version)] ?? {}).map(([dependency, range]) =>
        dependencyOn(`${name} ${version}`, dependency, range),
      );
    },
    matches: (package_, requirement) => {
      const versions = versionsOf(package_);
      const { syntax, range } = ranges[requirement] ?? { syntax: id, range: "*" };
      return filterSet(versions.length, (index) => context.rangeAdmits(syntax, range, versions[index] ?? ""));
    },
    load: async (needs) => {
      await Promise.resolve();
      onLoad?.(needs.map((need) => names.get(need.package) ?? ""));
      for (const need of needs) loaded.add(need.package);
    },
    describe: (package_) => ({ ecosystem: id, kind: "real", label: `${id}:${names.get(package_) ?? ""}` }),
    describeVersions: (package_, versions) => {
      const all = versionsOf(package_);
      return membersOf(versions)
        .map((index) => all[index])
        .join(" or ");
    },
    describeRequirement: (_package, requirement) => ranges[requirement]?.range ?? "",
    describeReason: String,
    packageId: (package_, candidate) => `${id}:${names.get(package_) ?? ""}@${versionsOf(package_)[candidate] ?? ""}`,
    versionsOf: (package_, name) => {
      const versions = versionsOf(package_);
      return names.get(package_) === name ? { versions, existing: versions } : undefined;
    },
    collect: async (selection, { manifests, foreignPackageId }) => {
      await Promise.resolve();
      const selected: ResolvedPackage[] = [];
      const edges: Edge[] = [];
      const edge = (from: string, dependency: Dependency, range: string): void => {
        const to = foreignPackageId(dependency);
        if (to !== undefined) edges.push({ from, to, kind: "runtime", range, environment: "run" });
      };
      for (const [name, package_] of packages) {
        const candidate = selection.candidate(package_);
        if (candidate === undefined) continue;
        const version = versionsOf(package_)[candidate] ?? "";
        const from = `${id}:${name}@${version}`;
        selected.push({ id: from, ecosystem: id, name, version, artifacts: [], details: {} });
        for (const [dependency, range] of Object.entries(registry[name]?.[Number(version)] ?? {})) {
          edge(from, dependencyOn(`${name} ${version}`, dependency, range), range);
        }
      }
      for (const manifest of manifests) {
        for (const { name, range } of manifest.requirements) {
          edge(`root:${manifest.file}`, dependencyOn(manifest.file, name, range), range);
        }
      }
      return {
        roots: manifests.map(({ file, sha256 }) => ({ id: `root:${file}`, ecosystem: id, file, sha256, details: {} })),
        packages: selected,
        instances: selected.map((package_) => ({ package: package_.id, environment: "run", features: [] })),
        edges,
        provenance: [],
        fidelity: { ecosystem: id, gaps: [], unverified: [] },
      };
    },
  };
  return source;
}

function verifyToy(
  id: string,
  registry: ToyRegistry,
  resolution: Resolution,
  manifests: readonly Manifest[],
): readonly Violation[] {
  const violations: Violation[] = [];
  const requires = (from: string, name: string, range: string): void => {
    const colon = name.indexOf(":");
    const ecosystem = colon < 0 ? id : name.slice(0, colon);
    const plain = name.slice(colon + 1);
    const isMet = resolution.packages.some(
      (package_) =>
        package_.ecosystem === ecosystem && package_.name === plain && toyRangeAdmits(range, package_.version),
    );
    if (!isMet) violations.push({ from, message: `${name} ${range} is not met` });
  };
  for (const manifest of manifests.filter((entry) => entry.ecosystem === id)) {
    for (const { name, range } of manifest.requirements) requires(`root:${manifest.file}`, name, range);
  }
  for (const package_ of resolution.packages.filter((entry) => entry.ecosystem === id)) {
    for (const [name, range] of Object.entries(registry[package_.name]?.[Number(package_.version)] ?? {})) {
      requires(package_.id, name, range);
    }
  }
  return violations;
}
