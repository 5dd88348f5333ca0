import type { FileSystem } from "../../src/model/file-system.ts";
import { compareBytewise } from "../../src/model/order.ts";

/** A file system that holds what it is given: absolute path -> content. */
export function memoryFileSystem(files: ReadonlyMap<string, string | Uint8Array>): FileSystem {
  const contents = new Map(
    [...files].map(([path, content]) => [path, typeof content === "string" ? Buffer.from(content) : content]),
  );
  const directories = new Map<string, Set<string>>();
  for (const path of contents.keys()) {
    const steps = path.split("/");
    for (let length = 1; length < steps.length; length += 1) {
      const directory = steps.slice(0, length).join("/") || "/";
      const names = directories.get(directory) ?? new Set();
      names.add(steps[length] ?? "");
      directories.set(directory, names);
    }
  }
  return {
    readFile: (path) => contents.get(clean(path)),
    readDirectory: (path) => {
      const names = directories.get(clean(path));
      return names === undefined ? undefined : [...names].toSorted(compareBytewise);
    },
    kind: (path) => (contents.has(clean(path)) ? "file" : directories.has(clean(path)) ? "directory" : undefined),
  };
}

function clean(path: string): string {
  return path.replaceAll(/\/+/gu, "/").replace(/(.)\/$/u, "$1");
}
