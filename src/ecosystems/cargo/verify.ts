import type { Manifest } from "../../model/manifest.ts";
import { nestedWithin } from "../../model/nested-id.ts";
import type { PackageId, Resolution, Violation } from "../../model/resolution.ts";
import { workspaceOf } from "./manifest/read-manifest.ts";
import type { CrateDetails, DetailedDependency } from "./package/details.ts";
import { readDetails } from "./package/details.ts";
import { parseFeatureValue } from "./package/features.ts";
import { compatibilityOf } from "./versions/compatibility.ts";
import { isRequirementProblem, parseRequirement } from "./versions/parse-requirement.ts";
import { admits, anyVersion } from "./versions/requirement.ts";
import type { CargoVersion } from "./versions/version.ts";
import { parseVersion } from "./versions/version.ts";

interface Entry {
  readonly id: PackageId;
  readonly name: string;
  readonly version: CargoVersion;
  readonly details: CrateDetails;
}

/**
 * Checks an answer against cargo's rules, from the facts that it holds and the manifests: every declaration leads to a
 * package of the right name and version with the features that it asks for, what is switched on switches on the rest,
 * no compatibility class is taken twice, and no native library is claimed twice.
 */
export function verifyCargo(resolution: Resolution, manifests: readonly Manifest[]): readonly Violation[] {
  const violations: Violation[] = [];
  // The crates inside of another package are a graph of their own.
  const graphs = new Map<PackageId | undefined, Map<PackageId, Entry>>([[undefined, new Map()]]);
  for (const { id, ecosystem, name, version: text, details: json } of [...resolution.roots, ...resolution.packages]) {
    if (ecosystem !== "cargo" || name === undefined) continue;
    const version = parseVersion(text ?? "");
    const details = readDetails(json);
    if (version === undefined || details === undefined) {
      violations.push({ from: id, message: "has unreadable facts" });
      continue;
    }
    const within = nestedWithin(id);
    const entries = graphs.get(within) ?? new Map<PackageId, Entry>();
    graphs.set(within, entries.set(id, { id, name, version, details }));
  }
  for (const entries of graphs.values()) {
    for (const entry of entries.values()) {
      for (const dependency of entry.details.dependencies) checkDependency(entry, dependency, entries, violations);
      checkFeatures(entry, entries, violations);
    }
    checkExclusive(entries.values(), violations);
  }
  checkManifests(graphs.get(undefined) ?? new Map(), manifests, violations);
  return violations;
}

function checkDependency(
  entry: Entry,
  dependency: DetailedDependency,
  entries: ReadonlyMap<PackageId, Entry>,
  violations: Violation[],
): void {
  const wrong = (message: string): void => void violations.push({ from: entry.id, message });
  const target = entries.get(dependency.resolved);
  if (target === undefined) {
    wrong(`needs ${dependency.crate}, but ${dependency.resolved} is not part of the answer`);
    return;
  }
  if (target.name !== dependency.crate) wrong(`needs ${dependency.crate}, but got ${target.name}`);
  const requirement = dependency.requirement === "" ? anyVersion : parseRequirement(dependency.requirement);
  if (isRequirementProblem(requirement)) wrong(`has an unreadable requirement on ${dependency.crate}`);
  else if (!admits(requirement, target.version)) {
    wrong(`needs ${dependency.crate} ${dependency.requirement}, but got ${target.version.text}`);
  }
  const { replacedBy } = target.details;
  const built = replacedBy === undefined ? target : entries.get(replacedBy);
  if (built?.name !== target.name || built.version.text !== target.version.text) {
    wrong(`needs ${target.id}, which is replaced by ${replacedBy ?? "nothing"}: another package or version`);
    return;
  }
  for (const feature of dependency.features) {
    if (!built.details.features.has(feature)) wrong(`needs ${target.name} with feature \`${feature}\`, which is off`);
  }
}

/** Every entry of a feature that is on has its effect. */
function checkFeatures({ id, details }: Entry, entries: ReadonlyMap<PackageId, Entry>, violations: Violation[]): void {
  for (const [name, values] of details.features) {
    for (const text of values) {
      const value = parseFeatureValue(text);
      const wrong = (): void =>
        void violations.push({ from: id, message: `has feature \`${name}\` on, but not what it names: \`${text}\`` });
      if (value.kind === "feature") {
        if (!details.features.has(value.feature)) wrong();
        continue;
      }
      const declared = details.dependencies.filter(({ alias }) => alias === value.alias);
      if (value.kind === "dependency") {
        if (!declared.some(({ isOptional }) => isOptional)) wrong();
        continue;
      }
      const targets = declared.map(({ resolved }) =>
        entries.get(entries.get(resolved)?.details.replacedBy ?? resolved),
      );
      if (targets.some((target) => target !== undefined && !target.details.features.has(value.feature))) wrong();
    }
  }
}

function checkExclusive(entries: Iterable<Entry>, violations: Violation[]): void {
  const classes = new Map<string, Entry>();
  const libraries = new Map<string, Entry>();
  for (const entry of entries) {
    const key = `${entry.name} ${compatibilityOf(entry.version)} ${entry.details.source}`;
    const rival = classes.get(key);
    if (rival !== undefined) {
      violations.push({ from: entry.id, message: `is compatible with ${rival.id}: one of them is too many` });
    }
    classes.set(key, entry);
    const { links } = entry.details;
    if (links === undefined) continue;
    const claimant = libraries.get(links);
    if (claimant !== undefined) {
      violations.push({ from: entry.id, message: `links the native library \`${links}\`, as ${claimant.id} does` });
    }
    libraries.set(links, entry);
  }
}

/** Every declaration of every member is part of the answer. */
function checkManifests(
  entries: ReadonlyMap<PackageId, Entry>,
  manifests: readonly Manifest[],
  violations: Violation[],
): void {
  for (const member of manifests.flatMap((manifest) => workspaceOf(manifest).members)) {
    const id = `root:${member.file}`;
    const entry = entries.get(id);
    if (entry === undefined) {
      violations.push({ from: id, message: "is not part of the answer" });
      continue;
    }
    for (const dependency of member.dependencies) {
      const text = dependency.requirement === anyVersion ? "" : dependency.requirement.text;
      const isThere = entry.details.dependencies.some(
        (followed) =>
          followed.alias === dependency.alias &&
          followed.kind === dependency.kind &&
          followed.target === dependency.target &&
          followed.crate === dependency.crate &&
          followed.requirement === text &&
          dependency.features.every((feature) => followed.features.includes(feature)),
      );
      if (!isThere)
        violations.push({ from: id, message: `declares \`${dependency.alias}\`, which the answer leaves out` });
    }
  }
}
