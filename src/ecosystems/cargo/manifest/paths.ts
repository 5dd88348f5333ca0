/** Joins a directory and a relative path, both with forward slashes; `..` parts are applied where that is possible. */
export function joinPath(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of [...directory.split("/"), ...path.replaceAll("\\", "/").split("/")]) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

/** The directory part of a relative path; empty for a file at the root. */
export function directoryOf(file: string): string {
  const slash = file.lastIndexOf("/");
  return slash === -1 ? "" : file.slice(0, slash);
}

/** Whether `path` is `directory` or lies inside of it. */
export function isInside(path: string, directory: string): boolean {
  if (directory === "") return !(path === ".." || path.startsWith("../"));
  return path === directory || path.startsWith(`${directory}/`);
}
