import type { ResolvedPackage, ResolvedRoot } from "../model/resolution.ts";
import { EnkiError } from "../model/enki-error.ts";
import { inputsOf, metaOf } from "./inputs.ts";
import { planCrates } from "./plan-cargo.ts";
import type { DistributionUse, PlannedDistribution, PlannedFile, PypiProject } from "./plan.ts";
import { directoryOf } from "./project-path.ts";
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
  const files = package_.artifacts
    .filter(({ kind }) => kind === "wheel" || kind === "sdist")
    .toSorted((left, right) => Number(left.kind === "sdist") - Number(right.kind === "sdist"))
    .map((artifact): PlannedFile => {
      const kind = artifact.kind === "wheel" ? "wheel" : "sdist";
      const isNative = kind === "wheel" && /-[^-]*(?:manylinux|linux_)[^-]*\.whl(?:[?#]|$)/.test(artifact.url);
      const systems = index.someSystems(artifact.systems);
      return { kind, source: sources.add(package_, artifact), ...(isNative ? { isNative: true } : {}), ...systems };
    })
    .filter(({ systems }) => systems === undefined || systems.length > 0);
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
    inputs: inputsOf(index, [package_.id, ...crates.map(({ id }) => id)]),
    meta: metaOf(package_),
  };
}

function usesFrom(from: string, index: ResolutionIndex, environment: string): readonly DistributionUse[] {
  return [...index.reachable(from, "pypi", environment)].map(([id, systems]) => ({
    id,
    ...index.someSystems(systems),
  }));
}
