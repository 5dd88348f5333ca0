import { linkTarget, lockDependencies, resolveFolder, type LockFolder } from "./lock-tree.ts";

/** By which kinds of dependencies alone a folder is reached; npm omits folders by these flags. */
export interface DependencyFlags {
  dev: boolean;
  optional: boolean;
  devOptional: boolean;
  peer: boolean;
  extraneous: boolean;
}

function allSet(): DependencyFlags {
  return { dev: true, optional: true, devOptional: true, peer: true, extraneous: true };
}

/** Clears the flags of `to` that an edge from `from` disproves; tells whether any changed. */
function clear(
  from: DependencyFlags,
  to: DependencyFlags,
  edge: { isDev: boolean; isOptional: boolean; isPeer: boolean },
): boolean {
  const before = JSON.stringify(to);
  if (!from.extraneous && !(edge.isPeer && edge.isOptional)) to.extraneous = false;
  if (!from.dev && !edge.isDev) to.dev = false;
  if (!from.optional && !edge.isOptional) to.optional = false;
  if (!from.devOptional && !from.dev && !from.optional && !edge.isDev && !edge.isOptional) to.devOptional = false;
  if (!from.peer && !edge.isPeer) to.peer = false;
  return JSON.stringify(to) !== before;
}

/**
 * The flags of every folder. All flags begin set; following the dependencies from the root clears those that do not
 * hold, until nothing changes.
 */
export function dependencyFlags(folders: ReadonlyMap<string, LockFolder>): ReadonlyMap<string, DependencyFlags> {
  const flags = new Map<string, DependencyFlags>();
  const flagsOf = (path: string): DependencyFlags => {
    const known = flags.get(path);
    if (known !== undefined) return known;
    const fresh = allSet();
    flags.set(path, fresh);
    return fresh;
  };
  flags.set("", { dev: false, optional: false, devOptional: false, peer: false, extraneous: false });
  const pending: string[] = [""];
  const visited = new Set<string>();
  const plain = { isDev: false, isOptional: false, isPeer: false };
  // Workspaces are dependencies of the root, listed or not.
  for (const folder of folders.values()) {
    if (folder.link === undefined || folder.package?.details["folder"] === undefined) continue;
    if (folder.path.startsWith("node_modules/") && isWorkspaceLink(folders, folder)) {
      clear(flagsOf(""), flagsOf(folder.path), plain);
      pending.push(folder.path);
    }
  }
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    visited.add(path);
    const folder = folders.get(path);
    if (folder === undefined) continue;
    const own = flagsOf(path);
    if (folder.link !== undefined) {
      const target = linkTarget(folders, folder);
      if (target === undefined) continue;
      const changed = clear(own, flagsOf(target.path), plain);
      if (changed || !visited.has(target.path)) pending.push(target.path);
      continue;
    }
    for (const dependency of lockDependencies(folder)) {
      const to = resolveFolder(folders, path, dependency.name);
      if (to !== undefined && clear(own, flagsOf(to.path), dependency)) pending.push(to.path);
    }
  }
  for (const [path, own] of flags) if (path !== "" && (own.dev || own.optional)) own.devOptional = false;
  return flags;
}

/** Whether the root lists the folder that a link points to among its workspaces. */
function isWorkspaceLink(folders: ReadonlyMap<string, LockFolder>, link: LockFolder): boolean {
  const root = folders.get("");
  return root?.fields["workspaces"] !== undefined && link.package !== undefined;
}
