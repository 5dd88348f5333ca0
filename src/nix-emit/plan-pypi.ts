import type { Artifact, ResolvedPackage, ResolvedRoot } from "../model/resolution.ts";
import { EnkiError } from "../model/enki-error.ts";
import { isObject, textOf } from "./details.ts";
import { inputsOf, metaOf } from "./inputs.ts";
import { planCrates, planGitSources } from "./plan-cargo.ts";
import type { DistributionUse, PlannedDistribution, PlannedFile, PypiProject } from "./plan.ts";
import { directoryOf, innerPath } from "./project-path.ts";
import type { ResolutionIndex } from "./resolution-index.ts";
import type { SourceTable } from "./source-table.ts";
import { storeName } from "./store-name.ts";

/** The environment that a root's dependencies make. */
export function planPypiProject(root: ResolvedRoot, index: ResolutionIndex): PypiProject {
  const directory = directoryOf(root.file);
  return {
    kind: "pypi",
    pname: storeName(root.name ?? (directory === "" ? "pypi" : directory)),
    version: storeName(root.version ?? "0"),
    distributions: usesFrom(root.id, index, "run"),
    meta: {},
  };
}

/** One distribution: its files, and what it takes to build it where there is no wheel. */
export function planDistribution(
  package_: ResolvedPackage,
  index: ResolutionIndex,
  sources: SourceTable,
): PlannedDistribution {
  const environment = `build:${package_.id}`;
  const files = filesFor(package_, index, sources);
  if (files.length === 0) {
    throw new EnkiError(
      "invalid-lock",
      `${package_.id} can't be emitted for Nix: the lock has no wheel and no sdist of it`,
    );
  }
  const crates = [...index.reachable(package_.id, "cargo", environment).keys()]
    .map((id) => index.package(id))
    .filter((crate) => crate !== undefined);
  return {
    id: package_.id,
    pname: storeName(package_.name),
    version: storeName(package_.version),
    files,
    build: usesFrom(package_.id, index, environment),
    crates: planCrates(crates, sources),
    gitSources: planGitSources(crates),
    inputs: inputsOf(index, [package_.id, ...crates.map(({ id }) => id)]),
    meta: metaOf(package_),
  };
}

/** The file of each system, as the lock chose it; those for the same systems together. */
function filesFor(package_: ResolvedPackage, index: ResolutionIndex, sources: SourceTable): readonly PlannedFile[] {
  const chosen = new Map<Artifact, string[]>();
  for (const system of index.systems) {
    const artifact = fileFor(package_, system);
    if (artifact !== undefined) chosen.set(artifact, [...(chosen.get(artifact) ?? []), system]);
  }
  return [...chosen].map(([artifact, systems]) => {
    const kind = artifact.kind === "wheel" ? "wheel" : "sdist";
    const isNative = kind === "wheel" && !/-any\.whl(?:[?#]|$)/.test(artifact.url);
    const path = projectPathOf(package_);
    const place = path === undefined ? { source: sources.add(package_, artifact) } : { path };
    const subdirectory = artifact.kind === "git" ? subdirectoryOf(package_) : "";
    return {
      kind,
      ...place,
      ...(subdirectory === "" ? {} : { subdirectory }),
      ...(isNative ? { isNative: true as const } : {}),
      ...index.someSystems(systems),
    };
  });
}

/** The file that `install` names for the system; without such a choice the first wheel that is for it, or the sdist. */
function fileFor(package_: ResolvedPackage, system: string): Artifact | undefined {
  const { install } = package_.details;
  const name = isObject(install) ? textOf(install, system) : undefined;
  const named = package_.artifacts.find(({ url }) => name !== undefined && fileNameOf(url) === name);
  if (named !== undefined) return named;
  const fitting = package_.artifacts.filter(({ systems }) => systems?.includes(system) ?? true);
  return fitting.find(({ kind }) => kind === "wheel") ?? fitting.find(({ kind }) => kind === "sdist" || kind === "git");
}

/** Where a package lies that a manifest takes from a path; the project's own files need no hash. */
function projectPathOf(package_: ResolvedPackage): string | undefined {
  const { direct } = package_.details;
  const path = isObject(direct) ? textOf(direct, "path") : undefined;
  return path === undefined ? undefined : innerPath(path, package_.id);
}

/** Where a project lies in its repository. */
function subdirectoryOf(package_: ResolvedPackage): string {
  const { direct } = package_.details;
  return innerPath(isObject(direct) ? (textOf(direct, "subdirectory") ?? "") : "", package_.id);
}

function fileNameOf(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? "";
  return path.slice(path.lastIndexOf("/") + 1).replaceAll("%2B", "+");
}

function usesFrom(from: string, index: ResolutionIndex, environment: string): readonly DistributionUse[] {
  return [...index.reachable(from, "pypi", environment)].map(([id, systems]) => ({
    id,
    ...index.someSystems(systems),
  }));
}
