import type {
  Artifact,
  Edge,
  EcosystemResolution,
  Instance,
  ResolvedPackage,
  ResolvedRoot,
} from "../../../model/resolution.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { SystemName } from "../../../model/target.ts";
import type { CollectContext, Selection } from "../../ecosystem.ts";
import { edgeKinds } from "../manifest/declared-requirement.ts";
import { activate } from "../package/activation.ts";
import type { CrateDetails } from "../package/details.ts";
import { writeDetails } from "../package/details.ts";
import { formatFeatureValue } from "../package/features.ts";
import { packageIdOf } from "../package/package-id.ts";
import { isForSystem } from "../package/target-systems.ts";
import type { CrateDependency, Release } from "../package/release.ts";
import { anyVersion } from "../versions/requirement.ts";
import type { CargoVersion } from "../versions/version.ts";
import type { CargoProblem } from "./cargo-problem.ts";
import { refuseCycles } from "./cycles.ts";
import { foreignRequirementsOf } from "./foreign-requirements.ts";
import type { Replaced, Selected, Used } from "./selected-releases.ts";
import { SelectedReleases } from "./selected-releases.ts";

/** What the solver's answer means: releases with their features, and the edges that are followed. */
export function collectResolution(
  problem: CargoProblem,
  selection: Selection,
  context: CollectContext,
): EcosystemResolution {
  const selected = new SelectedReleases(problem, selection);
  const used = activate<Selected, CrateDependency>(
    [
      ...problem.members().map((node) => ({ package: selected.at(node, 0), features: [] })),
      ...selected.requestedElsewhere().map((package_) => ({ package: package_, features: ["default"] })),
    ],
    {
      look: ({ node, release }) => ({
        isMember: node.kind === "local" && node.isMember,
        features: release.features,
        dependencies: release.dependencies,
      }),
      targetOf: (from, dependency) => selected.target(from.node, dependency),
      activatesWeak: problem.activatesWeak,
    },
  );
  const sorted = used.toSorted((a, b) => (a.package.id < b.package.id ? -1 : 1));
  refuseCycles(
    sorted.map(({ package: { id }, dependencies }) => ({
      id,
      dependencies: dependencies.map(({ dependency, target }) => ({ kind: dependency.kind, target: target.id })),
    })),
  );
  const packages = sorted.filter((each) => !isRoot(each));
  const replaced = selected.replaced(sorted);
  for (const { crate, replaces } of problem.patches) {
    if (replaces === undefined || replaced.some(({ release }) => isRelease(release, crate, replaces))) continue;
    problem.context.report({
      code: "cargo-unused-replacement",
      severity: "warning",
      message: `the replacement of ${crate} ${replaces.text} is not used: nothing takes that version`,
    });
  }
  const unused = problem.patches.flatMap((patch) => {
    if (patch.replaces !== undefined) return [];
    const release = problem.patchRelease(patch);
    if (release === undefined || used.some((each) => each.package.id === packageIdOf(release))) return [];
    const { checkout, source } = release;
    const commit = checkout === undefined ? "" : `#${checkout.commit}`;
    const place = source.kind === "path" ? {} : { source: `${source.id}${commit}` };
    return [{ name: release.crate, version: release.version.text, ...place }];
  });
  for (const { name, version } of unused) {
    problem.context.report({
      code: "cargo-unused-patch",
      severity: "warning",
      message: `the patch ${name} ${version} is not used: nothing requires that version`,
    });
  }
  return {
    roots: rootsOf(problem, selected, sorted.filter(isRoot), unused),
    packages: [
      ...packages.map((each) => toPackage(problem, each.package, toDetails(selected, each))),
      ...replaced.map((each) => toPackage(problem, each, replacedDetails(each))),
    ],
    instances: [
      ...packages.map(toInstance),
      ...replaced.map(({ id }) => ({ package: id, environment: "run", features: [] })),
    ],
    edges: [
      ...sorted.flatMap((each) => cargoEdges(selected, each)),
      ...replaced.map(replacementEdge),
      ...builtOn(problem.context.target.system, sorted).flatMap((each) => foreignEdges(problem, each, context)),
    ],
    provenance: problem.registries.opened.map(({ address }) => ({ ecosystem: "cargo", registry: address })),
    fidelity: { ecosystem: "cargo", gaps: problem.gaps, unverified: [] },
  };
}

function isRoot({ package: { node } }: Used): boolean {
  return node.kind === "local" && node.isMember;
}

function toDetails(
  selected: SelectedReleases,
  { package: { node, release, isYanked }, features, dependencies }: Used,
): CrateDetails {
  const enabled = [...features].map(
    (name) => [name, (release.features.get(name) ?? []).map(formatFeatureValue)] as const,
  );
  return {
    source: release.source.id,
    commit: release.checkout?.commit,
    directory: release.checkout?.directory,
    checksum: release.checksum,
    links: release.links,
    rustVersion: release.rustVersion,
    isYanked,
    replacedBy: undefined,
    features: new Map(enabled),
    dependencies: dependencies.map(({ dependency, target }) => ({
      alias: dependency.alias,
      crate: dependency.crate,
      requirement: dependency.requirement === anyVersion ? "" : dependency.requirement.text,
      kind: dependency.kind,
      target: dependency.target,
      features: dependency.features,
      usesDefaultFeatures: dependency.usesDefaultFeatures,
      isOptional: dependency.isOptional,
      resolved: selected.lockedId(node, dependency, target),
    })),
  };
}

/** Nothing of a replaced release is built, so nothing of it is switched on or followed. */
function replacedDetails({ release, replacedBy }: Replaced): CrateDetails {
  return {
    source: release.source.id,
    commit: undefined,
    directory: undefined,
    checksum: release.checksum,
    links: undefined,
    rustVersion: undefined,
    isYanked: false,
    replacedBy,
    features: new Map(),
    dependencies: [],
  };
}

function replacementEdge({ id, release, replacedBy }: Replaced): Edge {
  const range = `=${release.version.text}`;
  return { from: id, to: replacedBy, kind: "runtime", range, environment: "run", why: "[replace]" };
}

function isRelease(release: Release, crate: string, version: CargoVersion): boolean {
  return release.crate === crate && release.version.text === version.text;
}

function toPackage(problem: CargoProblem, { release, id }: Selected, details: CrateDetails): ResolvedPackage {
  return {
    id,
    ecosystem: "cargo",
    name: release.crate,
    version: release.version.text,
    artifacts: artifactsOf(problem, release),
    details: writeDetails(details),
  };
}

function artifactsOf(problem: CargoProblem, release: Release): readonly Artifact[] {
  const { checkout } = release;
  if (checkout !== undefined) {
    const { url, commit, treeIntegrity } = checkout;
    return [
      {
        kind: "git",
        url: `git+${url}#${commit}`,
        ...(treeIntegrity === undefined ? {} : { integrity: treeIntegrity }),
      },
    ];
  }
  if (release.checksum === undefined) return [];
  const catalog = problem.catalogs.get(release.crate, release.source);
  const url = catalog === undefined || catalog === "missing" ? undefined : catalog.downloadUrl(release);
  if (url === undefined) return [];
  const integrity = `sha256-${Buffer.from(release.checksum, "hex").toString("base64")}`;
  return [{ kind: "crate", url, integrity }];
}

function rootsOf(
  problem: CargoProblem,
  selected: SelectedReleases,
  members: readonly Used[],
  unusedPatches: readonly JsonObject[],
): readonly ResolvedRoot[] {
  const patches = unusedPatches.length === 0 ? {} : { unusedPatches };
  const roots: ResolvedRoot[] = [];
  for (const workspace of problem.workspaces) {
    const files = new Set(workspace.members.map(({ file }) => file));
    if (!files.has(workspace.file)) {
      // A virtual workspace is no package, but its manifest was resolved all the same.
      roots.push({
        id: `root:${workspace.file}`,
        ecosystem: "cargo",
        file: workspace.file,
        sha256: workspace.sha256,
        details: { workspace: workspace.file, lockVersion: workspace.lockVersion, isVirtual: true, ...patches },
      });
    }
    for (const used of members) {
      const { node, release } = used.package;
      if (node.kind !== "local" || !files.has(node.local.file)) continue;
      roots.push({
        id: used.package.id,
        ecosystem: "cargo",
        file: node.local.file,
        sha256: node.local.sha256,
        name: release.crate,
        version: release.version.text,
        details: {
          workspace: workspace.file,
          lockVersion: workspace.lockVersion,
          ...patches,
          ...(problem.activatesWeak ? {} : { weakFeatures: "omit" }),
          ...writeDetails(toDetails(selected, used)),
        },
      });
    }
  }
  return roots;
}

function toInstance({ package: { id }, features }: Used): Instance {
  return { package: id, environment: "run", features: [...features].toSorted() };
}

function cargoEdges(selected: SelectedReleases, { package: { id, node }, dependencies }: Used): readonly Edge[] {
  return dependencies.map(({ dependency, target }) => {
    return {
      from: id,
      to: selected.lockedId(node, dependency, target),
      kind: dependency.isOptional && dependency.kind === "normal" ? "optional" : edgeKinds[dependency.kind],
      ...(dependency.alias === dependency.crate ? {} : { alias: dependency.alias }),
      range: dependency.requirement.text,
      environment: "run",
    };
  });
}

/**
 * What is really built on a system. The lock holds the rest too, because cargo wants every target's packages there, but
 * they need no native libraries.
 */
function builtOn(system: SystemName, used: readonly Used[]): readonly Used[] {
  const bySelected = new Map(used.map((each) => [each.package, each]));
  const reached = new Set(used.filter(isRoot));
  // A set that grows while it is walked: everything added is visited too.
  for (const each of reached) {
    for (const { dependency, target } of each.dependencies) {
      const next = bySelected.get(target);
      if (next !== undefined && isForSystem(dependency.target, system)) reached.add(next);
    }
  }
  return used.filter((each) => reached.has(each));
}

/** The native library of a release with `links`, unless it builds its own copy, and a toolchain that is a constraint. */
function foreignEdges(
  problem: CargoProblem,
  { package: used, features }: Used,
  context: CollectContext,
): readonly Edge[] {
  const strictEngines = problem.context.options.strictEngines === true;
  const requirements = foreignRequirementsOf(used.release, { strictEngines, features: [...features].toSorted() });
  return requirements.flatMap((requirement): readonly Edge[] => {
    const to = context.foreignPackageId(problem.context.foreign(requirement));
    const { kind, range, why } = requirement;
    return to === undefined ? [] : [{ from: used.id, to, kind, range, environment: "run", why }];
  });
}
