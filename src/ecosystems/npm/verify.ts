import { satisfies } from "semver";

import type { Manifest } from "../../model/manifest.ts";
import type { Resolution, ResolvedRoot, Violation } from "../../model/resolution.ts";
import { peersIgnored } from "./fidelity-gaps.ts";
import { parseDependencySpec } from "./dependency-spec.ts";
import {
  bundledNames,
  linkTarget,
  lockDependencies,
  lockFolders,
  packageVersion,
  resolveFolder,
  type LockDependency,
  type LockFolder,
} from "./lock-tree.ts";
import { projectOf } from "./manifest.ts";
import { isJsonObject } from "./package-metadata.ts";

/**
 * The independent check of npm's part: walks every placed folder, looks its dependencies up as Node does, and judges
 * them with node-semver's own `satisfies` from what the packages say.
 */
export function verifyNpm(resolution: Resolution, manifests: readonly Manifest[]): readonly Violation[] {
  const violations: Violation[] = [];
  const packages = new Set(resolution.instances.map((instance) => instance.package));
  for (const package_ of resolution.packages) {
    if (package_.ecosystem === "npm" && !packages.has(package_.id)) {
      violations.push({ from: package_.id, message: "the package lies in no folder" });
    }
  }
  for (const root of resolution.roots) {
    if (root.ecosystem !== "npm") continue;
    const manifest = manifests.find(({ file }) => file === root.file);
    violations.push(...verifyRoot(resolution, root, manifest));
  }
  return violations;
}

function verifyRoot(resolution: Resolution, root: ResolvedRoot, manifest: Manifest | undefined): Violation[] {
  const folders = lockFolders(resolution, root);
  const excused = new Set(
    resolution.fidelity.filter(({ ecosystem }) => ecosystem === "npm").flatMap(({ unverified }) => unverified),
  );
  const ignoresPeers = resolution.fidelity.some(({ gaps }) => gaps.includes(peersIgnored));
  const project = manifest === undefined ? undefined : projectOf(manifest);
  const overrides = project?.overrides;
  const workspaces = new Map(project?.workspaces.map(({ name, path }) => [name, path]));
  const violations: Violation[] = [];
  const judged = new Map<string, boolean>();
  for (const folder of folders.values()) {
    if (folder.link !== undefined) {
      if (!folders.has(folder.link)) violations.push(violation(folder, `links to ${folder.link}, which is nowhere`));
      continue;
    }
    const bundled = bundledNames(folder);
    for (const dependency of lockDependencies(folder)) {
      if (bundled.has(dependency.name) || folder.fields["inBundle"] === true) continue;
      if (dependency.isPeer && ignoresPeers) continue;
      // The root has a workspace under its name, whatever range it asks for: npm links it there.
      const workspace = folder.path === "" ? workspaces.get(dependency.name) : undefined;
      if (workspace !== undefined && resolveFolder(folders, "", dependency.name)?.link === workspace) continue;
      const message = judge(folders, folder, dependency, overrides, judged);
      const isExcused =
        dependency.isPeer &&
        [...excused].some((words) => words.startsWith(`${folder.path} cannot see the ${dependency.name} `));
      if (message !== undefined && !isExcused) violations.push(violation(folder, message));
    }
  }
  if (manifest !== undefined) violations.push(...verifyManifest(folders, manifest));
  return violations;
}

/** The root entry must repeat what the manifest asks for now. */
function verifyManifest(folders: ReadonlyMap<string, LockFolder>, manifest: Manifest): Violation[] {
  const project = projectOf(manifest);
  const violations: Violation[] = [];
  for (const local of [project.root, ...project.workspaces]) {
    const folder = folders.get(local.path);
    const dependencies = new Map(folder === undefined ? [] : lockDependencies(folder).map((edge) => [edge.name, edge]));
    for (const { name, spec } of local.edges) {
      if (dependencies.get(name)?.spec !== spec) {
        violations.push({
          from: `root:${manifest.file}`,
          message: `the requirement ${name} ${spec} is not in the resolution`,
        });
      }
    }
  }
  return violations;
}

function violation(folder: LockFolder, message: string): Violation {
  const from = folder.package?.id ?? "root";
  return { from, message: folder.path === "" ? message : `${folder.path} ${message}` };
}

function judge(
  folders: ReadonlyMap<string, LockFolder>,
  folder: LockFolder,
  dependency: LockDependency,
  overrides: unknown,
  judged: Map<string, boolean>,
): string | undefined {
  const { name, spec, accepted, isPeer, isOptional } = dependency;
  const found = resolveFolder(folders, folder.path, name);
  const target = found === undefined ? undefined : linkTarget(folders, found);
  if (found === undefined || target === undefined) {
    return isOptional ? undefined : `needs ${name} ${spec}, which it cannot see`;
  }
  if (isPeer && !folder.isTop && found.path === `${folder.path}/node_modules/${name}`) {
    return `has the peer ${name} inside itself`;
  }
  if (target.fields["isMissing"] === true) return isOptional ? undefined : `needs ${name} ${spec}, which is missing`;
  if (isMet(name, spec, target, judged)) return undefined;
  if (accepted !== undefined && isMet(name, accepted, target, judged)) return undefined;
  if (overrideValues(overrides, name).some((value) => value.startsWith("$") || isMet(name, value, target, judged)))
    return undefined;
  return `needs ${name} ${spec} and sees ${target.package === undefined ? "the project itself" : packageVersion(target.package)}`;
}

/** `judged`: by range and version, what was judged before; the same ranges occur many times. */
function isMet(name: string, spec: string, target: LockFolder, judged: Map<string, boolean>): boolean {
  const parsed = parseDependencySpec(name, spec);
  if (parsed.kind !== "range") return parsed.kind !== "invalid";
  const bundledVersion = target.fields["version"];
  const version =
    (target.package && packageVersion(target.package)) ?? (typeof bundledVersion === "string" ? bundledVersion : "");
  const realName = target.package?.name ?? target.fields["name"];
  if (parsed.isAlias && realName !== parsed.name) return false;
  const key = `${parsed.range}\n${version}`;
  const known = judged.get(key);
  if (known !== undefined) return known;
  const isSatisfied = parsed.range.trim() === "*" || satisfies(version, parsed.range, { loose: true });
  judged.set(key, isSatisfied);
  return isSatisfied;
}

/** Every value that some override gives `name`, at whatever depth. */
function overrideValues(overrides: unknown, name: string): string[] {
  if (!isJsonObject(overrides)) return [];
  const values: string[] = [];
  for (const [key, value] of Object.entries(overrides)) {
    const isName = key === name || key.startsWith(`${name}@`);
    if (typeof value === "string" && isName) values.push(value);
    if (!isJsonObject(value)) continue;
    const own = value["."];
    if (isName && typeof own === "string") values.push(own);
    values.push(...overrideValues(value, name));
  }
  return values;
}
