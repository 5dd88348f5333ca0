import type { FileSystem } from "../../model/file-system.ts";

/** How deep `**` looks. */
const maximumDepth = 12;

function segmentPattern(segment: string): RegExp {
  let source = "";
  let depth = 0;
  for (const character of segment) {
    if (character === "*") source += source.endsWith("[^/]*") ? "" : "[^/]*";
    else if (character === "?") source += "[^/]";
    else if (character === "{") {
      source += "(?:";
      depth += 1;
    } else if (character === "}" && depth > 0) {
      source += ")";
      depth -= 1;
    } else if (character === "," && depth > 0) source += "|";
    else source += character.replace(/[\\^$.*+?()[\]{}|/-]/, String.raw`\$&`);
  }
  return new RegExp(`^${source}${")".repeat(depth)}$`);
}

function expand(files: FileSystem, base: string, at: string, segments: readonly string[], found: Set<string>): void {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    if (files.kind(`${base}/${at}/package.json`) === "file") found.add(at);
    return;
  }
  const below = (name: string): string => (at === "" ? name : `${at}/${name}`);
  if (!/[*?{]/.test(segment)) {
    if (files.kind(`${base}/${below(segment)}`) === "directory") expand(files, base, below(segment), rest, found);
    return;
  }
  const folders = (files.readDirectory(at === "" ? base : `${base}/${at}`) ?? []).filter(
    (name) => name !== "node_modules" && !name.startsWith(".") && files.kind(`${base}/${below(name)}`) === "directory",
  );
  if (segment === "**") {
    expand(files, base, at, rest, found);
    if (at.split("/").length > maximumDepth) return;
    for (const name of folders) expand(files, base, below(name), segments, found);
    return;
  }
  const pattern = segmentPattern(segment);
  for (const name of folders) if (pattern.test(name)) expand(files, base, below(name), rest, found);
}

/**
 * The folders that the `workspaces` patterns of a root mean: those with a package.json, relative to `base`, in
 * ascending order. A pattern that starts with `!` takes folders away again.
 */
export function workspaceFolders(files: FileSystem, base: string, patterns: readonly string[]): readonly string[] {
  const chosen = new Set<string>();
  for (const given of patterns) {
    const isNegated = given.startsWith("!");
    const pattern = (isNegated ? given.slice(1) : given).replaceAll("\\", "/");
    const segments = pattern.split("/").filter((segment) => segment !== "" && segment !== ".");
    if (segments.length === 0 || segments.includes("..")) continue;
    const found = new Set<string>();
    expand(files, base, "", segments, found);
    for (const folder of found) {
      if (isNegated) chosen.delete(folder);
      else chosen.add(folder);
    }
  }
  return [...chosen].toSorted();
}
