import { EnkiError } from "../../model/enki-error.ts";
import { byEntryKey, compareBytewise } from "../../model/order.ts";
import type { JsonObject } from "../../model/json.ts";
import type {
  Edge,
  EcosystemResolution,
  Instance,
  PackageId,
  ResolvedPackage,
  ResolvedRoot,
} from "../../model/resolution.ts";
import type { CollectContext, SourceContext } from "../ecosystem.ts";
import { fetchBundledContents } from "./bundled-contents.ts";
import type { PlacedTree } from "./placement.ts";
import { modelEdgeKind } from "./manifest.ts";
import { peersIgnored } from "./fidelity-gaps.ts";
import type { Placeable } from "./placement-graph.ts";
import { PackageIds, sourceKey } from "./package-id.ts";
import { isForPlatform } from "./platform-misfits.ts";
import { nodePlatform } from "./node-platform.ts";
import { type DownloadAddress, resolvedPackage } from "./resolved-package.ts";
import { joinPath } from "./project.ts";
import { rangeHolds } from "./version-range.ts";
import type { ProjectLayout } from "./layout.ts";
import type { GraphNode, ProjectGraph } from "./selected-graph.ts";

/** What collecting needs from the source. */
export interface CollectInput {
  readonly layouts: readonly ProjectLayout[];
  readonly ignoresPeers: boolean;
  readonly registryLabel: string;
  readonly addressOf: DownloadAddress;
  /** The `Authorization` header for a download. */
  /** The `Authorization` header for a tarball of a package. */
  readonly authorization: (name: string, url: string) => string | undefined;
  readonly collectContext: CollectContext;
  readonly sourceContext: SourceContext;
}

/** Turns the laid out packages into npm's part of the resolution: edges named, problems reported, tarballs opened. */
export async function collectResolution(input: CollectInput): Promise<EcosystemResolution> {
  const packages = new Map<string, ResolvedPackage>();
  const instances: Instance[] = [];
  const edges = new Map<string, Edge>();
  const roots: ResolvedRoot[] = [];
  const unverified: string[] = [];
  const versionOf = assignVersions(input.layouts.map(({ graph }) => graph));
  for (const { graph, placeables, tree } of input.layouts) {
    const { project } = graph.state;
    roots.push(rootOf(graph, input.collectContext));
    for (const node of graph.nodes) {
      if (node.kind !== "root")
        packages.set(idOf(node, versionOf), resolvedPackage(node, versionOf(node), input.addressOf));
      addEdges(edges, node, versionOf, input.collectContext);
    }
    reportMissing(graph, input.sourceContext);
    reportEngines(graph, input.sourceContext);
    const ids = new Map([...placeables].map(([node, placeable]) => [placeable, idOf(node, versionOf)]));
    instances.push(...instancesOf(tree, ids, project.directory));
    unverified.push(...unservedWords(tree));
  }
  await addBundledContents(packages, input);
  return {
    roots,
    packages: [...packages.values()].toSorted((left, right) => compareBytewise(left.id, right.id)),
    instances: instances.toSorted((left, right) => compareBytewise(left.path ?? "", right.path ?? "")),
    edges: [...edges].toSorted(byEntryKey).map(([, edge]) => edge),
    provenance: [{ ecosystem: "npm", registry: input.registryLabel }],
    fidelity: { ecosystem: "npm", gaps: input.ignoresPeers ? [peersIgnored] : [], unverified },
  };
}

function isElsewhere({ local, manifest }: GraphNode): boolean {
  return local !== undefined || manifest?.lockFields["pin"] !== undefined;
}

/** Gives every selected package the version that its id ends with; packages of the registry choose first. */
function assignVersions(graphs: readonly ProjectGraph[]): (node: GraphNode) => string {
  const ids = new PackageIds();
  const nodes = graphs.flatMap((graph) => graph.nodes.filter(({ kind }) => kind !== "root"));
  const keyed = nodes.map((node) => ({ node, key: sourceKey(node.manifest, node.local) }));
  keyed.sort(
    (left, right) =>
      Number(isElsewhere(left.node)) - Number(isElsewhere(right.node)) || compareBytewise(left.key, right.key),
  );
  for (const { node } of keyed) ids.version(node.manifest, node.local);
  return ({ manifest, local }) => ids.version(manifest, local);
}

function idOf(node: GraphNode, versionOf: (node: GraphNode) => string): PackageId {
  if (node.kind === "root") return rootId(node);
  return `npm:${node.local?.name ?? node.manifest?.name ?? ""}@${versionOf(node)}`;
}

function rootId(node: GraphNode): string {
  return `root:${node.state.project.file}`;
}

function rootOf(graph: ProjectGraph, context: CollectContext): ResolvedRoot {
  const { project } = graph.state;
  const manifest = context.manifests.find(({ file }) => file === project.file);
  return {
    id: rootId(graph.root),
    ecosystem: "npm",
    file: project.file,
    sha256: manifest?.sha256 ?? "",
    ...(manifest?.name !== undefined && { name: manifest.name }),
    ...(manifest?.version !== undefined && { version: manifest.version }),
    details: {
      entry: project.root.lockFields,
      indentation: project.indentation,
      newline: project.newline,
      folder: project.root.name,
      ...(project.isSynthetic === true && { isSynthetic: true }),
    },
  };
}

function reportMissing(graph: ProjectGraph, { report }: SourceContext): void {
  for (const from of graph.nodes) {
    for (const { name, rawSpec, to } of from.edges) {
      if (to?.manifest?.lockFields["isMissing"] !== true) continue;
      const dependent = from.manifest === undefined ? "the project" : `${from.manifest.name} ${from.manifest.version}`;
      const message = `the optional dependency ${name} ${rawSpec} of ${dependent} is left out: no usable version exists`;
      report({ code: "npm-optional-missing", severity: "warning", message });
    }
  }
}

/** Packages for the target that ask for another Node than the target's; npm warns of them too. */
function reportEngines(graph: ProjectGraph, { report, target, options }: SourceContext): void {
  const node = target.tools.get("node");
  if (node === undefined || options.strictEngines === true) return;
  const platform = nodePlatform(target.system);
  for (const { manifest } of graph.nodes) {
    if (manifest?.nodeEngine === undefined || rangeHolds(manifest.nodeEngine, node)) continue;
    if (!isForPlatform(manifest, platform)) continue;
    const message = `${manifest.name} ${manifest.version} asks for node ${manifest.nodeEngine}, and node is ${node}`;
    report({ code: "npm-engine", severity: "warning", message, help: "--strict-engines makes this a requirement" });
  }
}

/** Opens the tarballs of packages that carry or fix dependencies of their own: npm's lock lists what is in there. */
async function addBundledContents(packages: Map<string, ResolvedPackage>, input: CollectInput): Promise<void> {
  const { http, report } = input.sourceContext;
  await Promise.all(
    [...packages.values()].map(async (package_) => {
      const [artifact] = package_.artifacts;
      const isShrinkwrap = package_.details["hasShrinkwrap"] === true;
      if (artifact === undefined || (!isShrinkwrap && package_.details["bundleDependencies"] === undefined)) return;
      const what = `${package_.name} ${package_.version}`;
      let reason = "the registry has no such tarball";
      try {
        const request = {
          url: artifact.url,
          authorization: input.authorization(package_.name, artifact.url),
          what,
          isShrinkwrap,
        };
        const contents = await fetchBundledContents(http, request);
        if (contents !== undefined) {
          const bundled = contents.map((entry) => withAddress(entry, input.addressOf));
          packages.set(package_.id, { ...package_, details: { ...package_.details, bundled } });
          return;
        }
      } catch (error) {
        if (!(error instanceof EnkiError)) throw error;
        reason = error.message;
      }
      const message = `what ${what} carries in its tarball is not known: ${reason}`;
      report({ code: "npm-bundle-unknown", severity: "warning", message });
    }),
  );
}

/** An entry of a shrinkwrap with the address from which its tarball is fetched, where that is another than it names. */
function withAddress(entry: JsonObject, addressOf: DownloadAddress): JsonObject {
  const { resolved, name, path } = entry;
  if (typeof resolved !== "string" || typeof path !== "string") return entry;
  const folderName = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const address = addressOf(typeof name === "string" ? name : folderName, resolved);
  return address === resolved ? entry : { ...entry, address };
}

function addEdges(
  edges: Map<string, Edge>,
  node: GraphNode,
  versionOf: (node: GraphNode) => string,
  context: CollectContext,
): void {
  const from = idOf(node, versionOf);
  const add = (edge: Edge): void => {
    edges.set([edge.from, edge.to, edge.kind, edge.alias ?? "", edge.range].join("\n"), edge);
  };
  for (const { name, rawSpec, kind, to } of node.edges) {
    if (to === undefined) continue;
    const realName = to.local?.name ?? to.manifest?.name;
    add({
      from,
      to: idOf(to, versionOf),
      kind: modelEdgeKind(kind),
      ...(realName !== name && { alias: name }),
      range: rawSpec,
      environment: "run",
    });
  }
  // npm links every workspace from the root, asked for or not.
  if (node.kind === "workspace") {
    add({ from: rootId(node), to: from, kind: "runtime", range: `file:${node.local?.path ?? ""}`, environment: "run" });
  }
  for (const { target, requirement } of node.instance?.foreign ?? []) {
    const to = context.foreignPackageId(target);
    if (to === undefined) continue;
    const { kind, range, why } = requirement;
    add({ from, to, kind, range, environment: kind === "build" ? `build:${from}` : "run", why });
  }
}

function instancesOf(tree: PlacedTree, ids: ReadonlyMap<Placeable, PackageId>, directory: string): Instance[] {
  return tree.nodes.map((node) => ({
    package: ids.get(node.content) ?? "",
    environment: "run",
    features: node.linkTarget === undefined ? [] : [`link:${node.linkTarget.path}`],
    path: joinPath(directory, node.path),
  }));
}

function unservedWords(tree: PlacedTree): string[] {
  return tree.unserved.map(({ from, edge }) => {
    const place = from.path === "" ? "the project" : from.path;
    return `${place} cannot see the ${edge.name} that it asks for as a peer (${edge.spec})`;
  });
}
