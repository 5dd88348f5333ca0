/** Where a crate's file stands in an index, in the layout of sparse, git and local registries (cargo book, "Index files"). */
export function indexPath(crate: string): string {
  const name = crate.toLowerCase();
  return `${indexDirectory(name)}/${name}`;
}

/** The directory part of {@link indexPath}, in the spelling of `name` itself. */
export function indexDirectory(name: string): string {
  if (name.length <= 2) return `${name.length}`;
  if (name.length === 3) return `3/${name.charAt(0)}`;
  return `${name.slice(0, 2)}/${name.slice(2, 4)}`;
}

/** Whether `name` may be a crate at all: nothing else is looked up, so no name can escape the index. */
export function isCrateName(name: string): boolean {
  return name.length <= 64 && /^[A-Za-z_][A-Za-z0-9_-]*$/u.test(name);
}
