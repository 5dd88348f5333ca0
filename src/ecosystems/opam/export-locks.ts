import { compareBytewise } from "../../model/order.ts";
import type { OutputFile, PackageId, Resolution, ResolvedPackage, ResolvedRoot } from "../../model/resolution.ts";
import type { SystemName } from "../../model/target.ts";
import type { ExportContext } from "../ecosystem.ts";
import { environmentOf } from "./environment.ts";
import { parseOpamDocument } from "./file/parser.ts";
import { printItem, printString } from "./file/printer.ts";

/** The switch export, where all systems have the same packages: what `opam switch import` reads. */
const switchExportPath = "enki.opam-switch";

/** Fields of a manifest that a locked file says in its own way or that have no meaning once everything is pinned. */
const replacedFields: ReadonlySet<string> = new Set([
  "opam-version",
  "name",
  "version",
  "depends",
  "depopts",
  "conflicts",
]);

/**
 * opam's own forms of a lock: a switch export of all packages (`opam switch import enki.opam-switch`), and beside each
 * manifest its `.locked` form (`opam install . --locked`), as `opam lock` writes it. When the systems differ, each one has
 * an export of its own (`enki.<system>.opam-switch`), and filters in the locked files say what is for which system.
 */
export function exportOpamLocks(context: ExportContext): readonly OutputFile[] {
  const { resolution } = context;
  const packages = resolution.packages
    .filter((package_) => package_.ecosystem === "opam")
    .toSorted((left, right) => compareBytewise(left.name, right.name) || compareBytewise(left.version, right.version));
  const roots = resolution.roots.filter((root) => root.ecosystem === "opam");
  if (packages.length === 0 && roots.length === 0) return [];
  const systems = systemsOfPackages(resolution);
  return [
    ...switchExports(resolution, packages, systems),
    ...roots.flatMap((root) => lockedFile(root, resolution, packages, systems)),
  ];
}

/** The systems of each package that is not on all of them. */
function systemsOfPackages(resolution: Resolution): ReadonlyMap<PackageId, readonly SystemName[]> {
  return new Map(
    resolution.instances.flatMap(({ package: id, systems }): [PackageId, readonly SystemName[]][] =>
      systems === undefined ? [] : [[id, systems]],
    ),
  );
}

function switchExports(
  resolution: Resolution,
  packages: readonly ResolvedPackage[],
  systems: ReadonlyMap<PackageId, readonly SystemName[]>,
): readonly OutputFile[] {
  const rootIds = new Set(resolution.roots.map((root) => root.id));
  const direct = new Set(resolution.edges.filter((edge) => rootIds.has(edge.from)).map((edge) => edge.to));
  const exports = resolution.targets.map(({ system }) => {
    const present = packages.filter(({ id }) => systems.get(id)?.includes(system) ?? true);
    const compilers = present.filter((package_) => {
      const flags = package_.details["flags"];
      return Array.isArray(flags) && flags.includes("compiler");
    });
    const content = [
      'opam-version: "2.0"\n',
      packageList("compiler", compilers),
      packageList(
        "roots",
        present.filter(({ id }) => direct.has(id)),
      ),
      packageList("installed", present),
    ].join("");
    return { system, content };
  });
  const [first] = exports;
  if (first === undefined) return [];
  if (exports.every(({ content }) => content === first.content)) {
    return [{ path: switchExportPath, content: first.content }];
  }
  return exports.map(({ system, content }) => ({ path: `enki.${system}.opam-switch`, content }));
}

function packageList(field: string, packages: readonly ResolvedPackage[]): string {
  if (packages.length === 0) return "";
  const lines = packages.map((package_) => `  ${printString(`${package_.name}.${package_.version}`)}\n`);
  return `${field}: [\n${lines.join("")}]\n`;
}

/** A manifest with every package that it leads to pinned to the version in the lock. */
function lockedFile(
  root: ResolvedRoot,
  resolution: Resolution,
  packages: readonly ResolvedPackage[],
  systems: ReadonlyMap<PackageId, readonly SystemName[]>,
): readonly OutputFile[] {
  const text = root.details["text"];
  if (typeof text !== "string" || root.name === undefined) return [];
  const reached = reachableFrom(root.id, resolution);
  const pins = packages
    .filter((package_) => reached.has(package_.id))
    .map((package_) => {
      const condition = `= ${printString(package_.version)}${systemFilter(systems.get(package_.id))}`;
      return `  ${printString(package_.name)} {${condition}}\n`;
    });
  const kept = parseOpamDocument(text).items.filter(
    (item) => item.kind === "section" || !replacedFields.has(item.name),
  );
  const content = [
    'opam-version: "2.0"\n',
    `name: ${printString(root.name)}\n`,
    `version: ${printString(root.version ?? "dev")}\n`,
    ...kept.filter((item) => item.kind === "field").map(printItem),
    pins.length === 0 ? "" : `depends: [\n${pins.join("")}]\n`,
    ...kept.filter((item) => item.kind === "section").map(printItem),
  ].join("");
  return [{ path: `${root.file}.locked`, content }];
}

/** ` & (os = "linux" & arch = "x86_64" | …)`; empty for a package that every system has. */
function systemFilter(systems: readonly SystemName[] | undefined): string {
  if (systems === undefined) return "";
  const filters = systems.map((system) => {
    const variables = environmentOf(system, new Map());
    return ["os", "arch"].map((name) => `${name} = ${printString(variables.get(name) ?? "")}`).join(" & ");
  });
  return ` & (${filters.join(" | ")})`;
}

function reachableFrom(start: PackageId, resolution: Resolution): ReadonlySet<PackageId> {
  const successors = new Map<PackageId, PackageId[]>();
  for (const { from, to } of resolution.edges) {
    const list = successors.get(from);
    if (list === undefined) successors.set(from, [to]);
    else list.push(to);
  }
  const reached = new Set<PackageId>();
  const waiting = [start];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    waiting.push(...(successors.get(id) ?? []));
  }
  return reached;
}
