import type { FileSystem } from "../../../src/model/file-system.ts";

/** A file system that holds exactly these files, by absolute path. */
export function memoryFiles(contents: Readonly<Record<string, string>>): FileSystem {
  const files = new Map(Object.entries(contents));
  const directories = new Map<string, Set<string>>();
  for (const path of files.keys()) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const directory = parts.slice(0, depth).join("/") || "/";
      const names = directories.get(directory) ?? new Set();
      names.add(parts[depth] ?? "");
      directories.set(directory, names);
    }
  }
  return {
    readFile: (path) => {
      const text = files.get(path);
      return text === undefined ? undefined : Buffer.from(text);
    },
    readDirectory: (path) => {
      const names = directories.get(path);
      return names === undefined ? undefined : [...names].toSorted();
    },
    kind: (path) => (files.has(path) ? "file" : directories.has(path) ? "directory" : undefined),
  };
}

/** A repository under `/repository` whose packages are given as `name.version` and the fields of their opam file. */
export function memoryRepository(packages: Readonly<Record<string, string>>): FileSystem {
  return memoryFiles(
    Object.fromEntries(
      Object.entries(packages).map(([package_, fields]) => {
        const name = package_.slice(0, package_.indexOf("."));
        return [`/repository/packages/${name}/${package_}/opam`, `opam-version: "2.0"\n${fields}\n`];
      }),
    ),
  );
}
