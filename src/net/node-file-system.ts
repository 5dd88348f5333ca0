import { readdirSync, readFileSync, statSync } from "node:fs";

import { compareBytewise } from "../model/order.ts";
import type { FileSystem } from "../model/file-system.ts";

/** The real file system, read synchronously; symbolic links are followed. */
export const nodeFileSystem: FileSystem = {
  readFile: (path) => unlessAbsent(() => readFileSync(path)),
  readDirectory: (path) => unlessAbsent(() => readdirSync(path).toSorted(compareBytewise)),
  kind(path) {
    const status = unlessAbsent(() => statSync(path, { throwIfNoEntry: false }));
    if (status?.isFile() === true) return "file";
    return status?.isDirectory() === true ? "directory" : undefined;
  },
};

/** What the errors of node:fs mean by "there is none": no such name, a file where a directory is needed, or the reverse. */
const absentCodes: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);

function unlessAbsent<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
    if (absentCodes.has(code)) return undefined;
    throw error;
  }
}
