import { readdirSync, readFileSync, statSync } from "node:fs";
import type { FileSystem } from "../../../src/model/file-system.ts";

function absent<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The real files of this machine. */
export const diskFiles: FileSystem = {
  readFile: (path) => absent(() => readFileSync(path)),
  readDirectory: (path) => absent(() => readdirSync(path).toSorted()),
  kind: (path) => absent(() => (statSync(path).isDirectory() ? "directory" : "file")),
};
