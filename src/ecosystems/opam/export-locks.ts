import { compareBytewise } from "../../model/order.ts";
import type { OutputFile, Resolution, ResolvedPackage, ResolvedRoot } from "../../model/resolution.ts";
import type { ExportContext } from "../ecosystem.ts";
import { parseOpamDocument } from "./file/parser.ts";
import { printItem, printString } from "./file/printer.ts";
import type { OpamItem } from "./file/value.ts";

/** The switch export: what `opam switch import` reads. */
export const switchExportPath = "enki.opam-switch";

/** Fields of a manifest that a locked file says in its own way or that have no meaning once everything is pinned. */
const replacedFields: ReadonlySet<string> = new Set(["name", "version", "depends", "depopts", "conflicts"]);

/**
 * opam's own forms of a lock: one switch export for all packages (`opam switch import enki.opam-switch`), and beside
 * each manifest its `.locked` form (`opam install . --locked`), as `opam lock` writes it.
 */
export function exportOpamLocks(context: ExportContext): readonly OutputFile[] {
  const { resolution } = context;
  const packages = resolution.packages
    .filter((package_) => package_.ecosystem === "opam")
    .toSorted((left, right) => compareBytewise(left.name, right.name));
  const roots = resolution.roots.filter((root) => root.ecosystem === "opam");
  if (packages.length === 0 && roots.length === 0) return [];
  return [
    { path: switchExportPath, content: switchExport(resolution, packages, roots) },
    ...roots.flatMap((root) => lockedFile(root, resolution, packages)),
  ];
}

function switchExport(
  resolution: Resolution,
  packages: readonly ResolvedPackage[],
  roots: readonly ResolvedRoot[],
): string {
  const rootIds = new Set(roots.map((root) => root.id));
  const direct = new Set(resolution.edges.filter((edge) => rootIds.has(edge.from)).map((edge) => edge.to));
  const compilers = packages.filter((package_) => {
    const flags = package_.details["flags"];
    return Array.isArray(flags) && flags.includes("compiler");
  });
  return [
    'opam-version: "2.0"\n',
    packageList("compiler", compilers),
    packageList(
      "roots",
      packages.filter((package_) => direct.has(package_.id)),
    ),
    packageList("installed", packages),
  ].join("");
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
): readonly OutputFile[] {
  const text = root.details["text"];
  if (typeof text !== "string" || root.name === undefined) return [];
  const reached = reachableFrom(root.id, resolution);
  const pins = packages
    .filter((package_) => reached.has(package_.id))
    .map((package_) => `  ${printString(package_.name)} {= ${printString(package_.version)}}\n`);
  const items: readonly OpamItem[] = parseOpamDocument(text).items;
  const kept = items.filter(
    (item) => item.kind === "section" || (!replacedFields.has(item.name) && item.name !== "opam-version"),
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

function reachableFrom(start: string, resolution: Resolution): ReadonlySet<string> {
  const successors = new Map<string, string[]>();
  for (const { from, to } of resolution.edges) {
    const list = successors.get(from);
    if (list === undefined) successors.set(from, [to]);
    else list.push(to);
  }
  const reached = new Set<string>();
  const waiting = [start];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    waiting.push(...(successors.get(id) ?? []));
  }
  return reached;
}
