import { readTarMember, tarFiles } from "../../formats/tar.ts";
import { bytesInMemory, readZipEntry, readZipMember, zipEntries } from "../../formats/zip.ts";

/** A source tree, wherever it is. Paths are relative to its root, with forward slashes. */
export interface SourceTree {
  /** The text of a file; `undefined` when there is none. */
  read(path: string): Promise<string | undefined>;
  /** The texts of all files whose path is wanted. */
  readAll(isWanted: (path: string) => boolean): Promise<ReadonlyMap<string, string>>;
}

function decode(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

/** A path without the folder at the top. */
function inner(path: string): string | undefined {
  return path.includes("/") ? path.slice(path.indexOf("/") + 1) : undefined;
}

/** The files below the one folder at the top of an archive. */
export function archiveTree(fileName: string, archive: Uint8Array): SourceTree {
  return {
    async read(name) {
      const isWanted = (path: string): boolean => inner(path) === name;
      const body = fileName.endsWith(".zip")
        ? await readZipMember(bytesInMemory(archive), fileName, isWanted)
        : readTarMember(archive, fileName, isWanted)?.body;
      return body === undefined ? undefined : decode(body);
    },
    async readAll(isWanted) {
      const isInside = (path: string): boolean => isWanted(inner(path) ?? "");
      const found = new Map<string, string>();
      if (fileName.endsWith(".zip")) {
        const random = bytesInMemory(archive);
        for (const entry of await zipEntries(random, fileName)) {
          if (isInside(entry.path))
            found.set(inner(entry.path) ?? "", decode(await readZipEntry(random, fileName, entry)));
        }
        return found;
      }
      for (const { path, body } of tarFiles(archive, fileName))
        if (isInside(path)) found.set(inner(path) ?? "", decode(body));
      return found;
    },
  };
}
