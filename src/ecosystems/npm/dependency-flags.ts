import { linkTarget, lockDependencies, resolveFolder, type LockDependency, type LockFolder } from "./lock-tree.ts";

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
  let changed = false;
  const drop = (flag: keyof DependencyFlags, isDisproved: boolean): void => {
    if (!to[flag] || !isDisproved) return;
    to[flag] = false;
    changed = true;
  };
  drop("extraneous", !from.extraneous && !(edge.isPeer && edge.isOptional));
  drop("dev", !from.dev && !edge.isDev);
  drop("optional", !from.optional && !edge.isOptional);
  drop("devOptional", !from.devOptional && !from.dev && !from.optional && !edge.isDev && !edge.isOptional);
  drop("peer", !from.peer && !edge.isPeer);
  return changed;
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
  const targets = new Map<string, readonly { readonly to: string; readonly dependency: LockDependency }[]>();
  const targetsOf = (folder: LockFolder): readonly { readonly to: string; readonly dependency: LockDependency }[] => {
    const known = targets.get(folder.path);
    if (known !== undefined) return known;
    const found = lockDependencies(folder).flatMap((dependency) => {
      const to = resolveFolder(folders, folder.path, dependency.name);
      return to === undefined ? [] : [{ to: to.path, dependency }];
    });
    targets.set(folder.path, found);
    return found;
  };
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
    for (const { to, dependency } of targetsOf(folder)) if (clear(own, flagsOf(to), dependency)) pending.push(to);
  }
  for (const [path, own] of flags) if (path !== "" && (own.dev || own.optional)) own.devOptional = false;
  return flags;
}

/** Whether the root lists the folder that a link points to among its workspaces. */
function isWorkspaceLink(folders: ReadonlyMap<string, LockFolder>, link: LockFolder): boolean {
  const root = folders.get("");
  return root?.fields["workspaces"] !== undefined && link.package !== undefined;
}
