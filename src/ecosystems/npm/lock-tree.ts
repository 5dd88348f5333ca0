import type { JsonObject } from "../../model/json.ts";
import type { Resolution, ResolvedPackage, ResolvedRoot } from "../../model/resolution.ts";
import { isJsonObject, stringEntries, stringList } from "./package-metadata.ts";

/** One folder of a lock: the root, a package, a workspace, or a link. */
export interface LockFolder {
  /** Relative to the root project; empty for the root itself. */
  readonly path: string;
  /** The name behind the last `node_modules/`, or the package's own for folders outside. */
  readonly name: string;
  readonly package: ResolvedPackage | undefined;
  /** Path that a link points to. */
  readonly link: string | undefined;
  /** What package.json or the packument says. */
  readonly fields: JsonObject;
  /** Roots, workspaces and linked folders: their development dependencies count. */
  readonly isTop: boolean;
}

/** One dependency of a folder as Node and npm see it. */
export interface LockDependency {
  readonly name: string;
  readonly spec: string;
  /** What does as well, by `acceptDependencies`. */
  readonly accepted: string | undefined;
  readonly isPeer: boolean;
  readonly isOptional: boolean;
  readonly isDev: boolean;
}

/** The version that package.json gives, which differs from the id's where two sources have the same; may be empty. */
export function packageVersion(package_: ResolvedPackage): string {
  const { ownVersion } = package_.details;
  return typeof ownVersion === "string" ? ownVersion : package_.version;
}

const nodeModules = "node_modules/";

function nameAt(path: string): string {
  const at = path.lastIndexOf(nodeModules);
  return at === -1 ? path.slice(path.lastIndexOf("/") + 1) : path.slice(at + nodeModules.length);
}

/** The folders of one root project, by path, from the resolution alone. */
export function lockFolders(resolution: Resolution, root: ResolvedRoot): ReadonlyMap<string, LockFolder> {
  const slash = root.file.lastIndexOf("/");
  const prefix = slash === -1 ? "" : root.file.slice(0, slash + 1);
  const packages = new Map(resolution.packages.map((package_) => [package_.id, package_]));
  const entry = root.details["entry"];
  const folders = new Map<string, LockFolder>();
  const rootFields = isJsonObject(entry) ? entry : {};
  folders.set("", {
    path: "",
    name: root.name ?? "",
    package: undefined,
    link: undefined,
    fields: rootFields,
    isTop: true,
  });
  for (const instance of resolution.instances) {
    const package_ = packages.get(instance.package);
    if (package_?.ecosystem !== "npm" || instance.path === undefined || !instance.path.startsWith(prefix)) continue;
    const path = instance.path.slice(prefix.length);
    const link = instance.features.find((feature) => feature.startsWith("link:"))?.slice("link:".length);
    const isTop = link === undefined && typeof package_.details["folder"] === "string";
    folders.set(path, { path, name: nameAt(path), package: package_, link, fields: package_.details, isTop });
    if (link === undefined) addBundled(folders, path, package_);
  }
  return folders;
}

/** The folders that a package's tarball brings along. */
function addBundled(folders: Map<string, LockFolder>, path: string, package_: ResolvedPackage): void {
  const { bundled } = package_.details;
  if (!Array.isArray(bundled)) return;
  for (const fields of bundled.filter(isJsonObject)) {
    const inner = fields["path"];
    if (typeof inner !== "string") continue;
    const place = `${path}/${inner}`;
    folders.set(place, { path: place, name: nameAt(place), package: undefined, link: undefined, fields, isTop: false });
  }
}

/** The folder that contains `path` for Node's lookup: the one whose node_modules it lies in, or the folder around it. */
function parentPath(path: string): string | undefined {
  if (path === "" || path.startsWith("../")) return undefined;
  const at = path.lastIndexOf(`/${nodeModules}`);
  if (at !== -1) return path.slice(0, at);
  return path.startsWith(nodeModules) ? "" : path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** What `require(name)` finds from the folder at `path` (not from one of its own files when `skipOwn`). */
export function resolveFolder(
  folders: ReadonlyMap<string, LockFolder>,
  path: string,
  name: string,
): LockFolder | undefined {
  for (let at: string | undefined = path; at !== undefined; at = parentPath(at)) {
    const found = folders.get(at === "" ? nodeModules + name : `${at}/${nodeModules}${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The folder that a link stands for, or the folder itself. */
export function linkTarget(folders: ReadonlyMap<string, LockFolder>, folder: LockFolder): LockFolder | undefined {
  return folder.link === undefined ? folder : folders.get(folder.link);
}

/** The dependencies of a folder, later tables replacing earlier ones as in npm. */
export function lockDependencies(folder: LockFolder): readonly LockDependency[] {
  const { fields } = folder;
  const dependencies = new Map<string, LockDependency>();
  const accepted = new Map(stringEntries(fields["acceptDependencies"]));
  const meta = fields["peerDependenciesMeta"];
  const isOptionalPeer = (name: string): boolean => {
    const entry = isJsonObject(meta) ? new Map(Object.entries(meta)).get(name) : undefined;
    return isJsonObject(entry) && entry["optional"] === true;
  };
  const add = (field: string, kind: { isPeer?: boolean; isOptional?: boolean; isDev?: boolean }): void => {
    for (const [name, spec] of stringEntries(fields[field])) {
      const isOptional = kind.isOptional ?? (kind.isPeer === true && isOptionalPeer(name));
      const [isPeer, isDev] = [kind.isPeer ?? false, kind.isDev ?? false];
      dependencies.set(name, { name, spec, accepted: accepted.get(name), isPeer, isOptional, isDev });
    }
  };
  add("peerDependencies", { isPeer: true });
  add("dependencies", {});
  add("optionalDependencies", { isOptional: true });
  if (folder.isTop) add("devDependencies", { isDev: true });
  return [...dependencies.values()];
}

/** Names that a package's own tarball carries. */
export function bundledNames(folder: LockFolder): ReadonlySet<string> {
  return new Set(stringList(folder.fields["bundleDependencies"]));
}
