import type { Instance, PackageId, ResolvedPackage, ResolvedRoot } from "../model/resolution.ts";
import { compareBytewise } from "../model/order.ts";
import { EnkiError } from "../model/enki-error.ts";
import { textEntries, textOf } from "./details.ts";
import { inputsOf } from "./inputs.ts";
import { asSelected, fixedPackages } from "./npm-fixed-packages.ts";
import type { NpmProject, PlannedNode } from "./plan.ts";
import { directoryOf, innerPath } from "./project-path.ts";
import type { ResolutionIndex } from "./resolution-index.ts";
import type { SourceTable } from "./source-table.ts";
import { storeName } from "./store-name.ts";
import { isForSystem } from "./systems.ts";

/** The node_modules tree of one package.json: every folder with its archive, each on the systems that it is for. */
export function planNpmProject(
  root: ResolvedRoot,
  index: ResolutionIndex,
  sources: SourceTable,
  builtPackages: ReadonlySet<string>,
): NpmProject {
  const directory = innerPath(directoryOf(root.file), root.id);
  const prefix = directory === "" ? "" : `${directory}/`;
  const placed = index
    .packagesOf("npm")
    .flatMap((package_) => index.instancesOf(package_.id).map((instance) => ({ package_, instance })))
    .filter(({ instance }) => instance.path?.startsWith(prefix) ?? false)
    .toSorted((left, right) => compareBytewise(left.instance.path ?? "", right.instance.path ?? ""));
  const built = placed.filter(({ package_ }) => builtPackages.has(package_.name)).map(({ package_ }) => package_.id);
  const leftOut = new Map(index.systems.map((system) => [system, leftOutOn(system, index)]));
  const nodes = placed.flatMap(({ package_, instance }) => {
    const path = innerPath((instance.path ?? "").slice(prefix.length), package_.id);
    const systems = index.systems.filter(
      (system) => (instance.systems?.includes(system) ?? true) && leftOut.get(system)?.has(package_.id) !== true,
    );
    if (systems.length === 0) return [];
    const node = planNode(path, package_, instance, sources);
    if (node === undefined) return [];
    const isBuilt = builtPackages.has(package_.name) ? { isBuilt: true as const } : {};
    const fixed = node.link === undefined ? fixedNodes(path, package_, systems, index, sources) : [];
    return [{ ...node, ...isBuilt, ...index.someSystems(systems) }, ...fixed];
  });
  return {
    kind: "npm",
    pname: storeName(root.name ?? (directory === "" ? "npm" : directory)),
    version: storeName(root.version ?? "0"),
    ...(root.details["isSynthetic"] === true || !root.file.endsWith("package.json") ? {} : { directory }),
    nodes,
    inputs: inputsOf(index, built),
    meta: {},
  };
}

/** The packages that the shrinkwrap of one at `path` fixes below it, where they are for one of its systems. */
function fixedNodes(
  path: string,
  package_: ResolvedPackage,
  systems: readonly string[],
  index: ResolutionIndex,
  sources: SourceTable,
): readonly NpmProject["nodes"][number][] {
  return fixedPackages(package_).flatMap((fixed) => {
    const its = systems.filter((system) => isForSystem(fixed.details, system));
    if (its.length === 0) return [];
    const selected = asSelected(fixed, package_);
    const place = innerPath(`${path}/${fixed.path}`, package_.id);
    const keys = selected.artifacts.map((artifact) => sources.add(selected, artifact));
    return keys.map((source) => ({ path: place, source, bin: binOf(selected), ...index.someSystems(its) }));
  });
}

/** What npm leaves out on a system: binaries for other ones, and what only such binaries need. */
function leftOutOn(system: string, index: ResolutionIndex): ReadonlySet<PackageId> {
  const dependents = new Map<PackageId, PackageId[]>();
  for (const { from, to } of index.resolution.edges) {
    const known = dependents.get(to);
    if (known === undefined) dependents.set(to, [from]);
    else known.push(from);
  }
  const packages = index.packagesOf("npm");
  const out = new Set(packages.filter(({ details }) => !isForSystem(details, system)).map(({ id }) => id));
  // A set that grows while it is walked: everything added is visited too.
  for (const id of out) {
    for (const { to } of index.edgesFrom(id)) {
      if (index.package(to)?.ecosystem === "npm" && dependents.get(to)?.every((from) => out.has(from))) out.add(to);
    }
  }
  return out;
}

/** `undefined` for folders of the project itself: workspaces lie where they are. */
function planNode(
  path: string,
  package_: ResolvedPackage,
  instance: Instance,
  sources: SourceTable,
): PlannedNode | undefined {
  const link = instance.features.find((feature) => feature.startsWith("link:"))?.slice("link:".length);
  if (link !== undefined) return { path, link: innerPath(link, package_.id), bin: binOf(package_) };
  if (textOf(package_.details, "folder") !== undefined) return undefined;
  const [artifact] = package_.artifacts;
  if (artifact === undefined) {
    throw new EnkiError("invalid-lock", `${package_.id} can't be emitted for Nix: the lock has no file of it`);
  }
  if (!path.split("/").includes("node_modules")) {
    throw new EnkiError(
      "invalid-lock",
      `${package_.id} is not in a node_modules folder but at ${JSON.stringify(path)}`,
    );
  }
  return { path, source: sources.add(package_, artifact), bin: binOf(package_) };
}

/** Commands by name; a package with a single one calls it by its own name without the scope. */
function binOf(package_: ResolvedPackage): ReadonlyMap<string, string> {
  const single = textOf(package_.details, "bin");
  const unscoped = package_.name.slice(package_.name.lastIndexOf("/") + 1);
  const entries = single === undefined ? textEntries(package_.details["bin"]) : [[unscoped, single] as const];
  return new Map(
    entries.map(([name, target]) => {
      const command = name.slice(name.lastIndexOf("/") + 1);
      if (command === "" || command.startsWith(".") || innerPath(command, package_.id) !== command) {
        throw new EnkiError("invalid-lock", `${package_.id} has a command with the name ${JSON.stringify(name)}`);
      }
      return [command, innerPath(target, package_.id)];
    }),
  );
}
