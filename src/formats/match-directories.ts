/** Directories named by a pattern, as workspaces list their members. */
import { posix } from "node:path";

/** The directories that an entry means. */
export interface MatchedDirectories {
  /** Whether the entry has wildcards; then directories without a manifest may be skipped silently. */
  readonly isPattern: boolean;
  readonly directories: readonly string[];
}

const maximumDepth = 32;

/** Where directories are looked for. Paths have forward slashes; the top is empty. */
export interface DirectoryTree {
  /** The names of the directories inside of `directory`. */
  subdirectories(directory: string): readonly string[];
}

/** Expands an entry below `base`: `*`, `?` and `**` as in cargo and uv. Hidden directories are left out. */
export function matchDirectories(base: string, glob: string, files: DirectoryTree): MatchedDirectories {
  if (!/[*?[]/u.test(glob)) return { isPattern: false, directories: [joinPath(base, glob)] };
  const segments = glob.split("/").filter((segment) => segment !== "" && segment !== ".");
  const directories = new Set<string>();
  const walk = (directory: string, index: number, depth: number): void => {
    const segment = segments[index];
    if (segment === undefined) {
      directories.add(directory);
      return;
    }
    if (depth > maximumDepth) return;
    if (segment === "**") walk(directory, index + 1, depth);
    else if (!/[*?[]/u.test(segment)) {
      walk(joinPath(directory, segment), index + 1, depth + 1);
      return;
    }
    for (const name of files.subdirectories(directory)) {
      if (name.startsWith(".")) continue;
      const child = joinPath(directory, name);
      if (segment === "**") walk(child, index, depth + 1);
      else if (matchesSegment(segment, name)) walk(child, index + 1, depth + 1);
    }
  };
  walk(base, 0, 0);
  return { isPattern: true, directories: [...directories] };
}

function joinPath(directory: string, path: string): string {
  const joined = posix.join(directory, path.replaceAll("\\", "/")).replace(/\/$/, "");
  return joined === "." ? "" : joined;
}

/** Whether a name matches a pattern of `*` and `?`; linear in practice: the last star is the only one to return to. */
function matchesSegment(pattern: string, name: string): boolean {
  let inPattern = 0;
  let inName = 0;
  let star = -1;
  let resume = 0;
  while (inName < name.length) {
    const wanted = pattern.charAt(inPattern);
    if (wanted === "*") {
      star = inPattern++;
      resume = inName;
    } else if (wanted !== "" && (wanted === "?" || wanted === name.charAt(inName))) {
      inPattern++;
      inName++;
    } else if (star !== -1) {
      inPattern = star + 1;
      inName = ++resume;
    } else {
      return false;
    }
  }
  while (pattern.charAt(inPattern) === "*") inPattern++;
  return inPattern === pattern.length;
}
