import type { FileSystem } from "../../../model/file-system.ts";
import { EnkiError } from "../../../model/enki-error.ts";
import { tarFiles } from "../../../formats/tar.ts";
import type { CrateSource } from "../package/crate-source.ts";
import type { Release } from "../package/release.ts";
import type { Catalog } from "./catalog.ts";
import { openCrateIndex } from "./crate-index.ts";
import { downloadTemplate, downloadUrl } from "./download-url.ts";
import { indexPath, isCrateName } from "./index-path.ts";
import type { Registry } from "./registry.ts";

/** A whole index is bigger than what an ordinary archive may hold. */
const limits = { totalBytes: 4 * 1024 ** 3, memberBytes: 64 * 1024 ** 2, members: 1_000_000 };

/** An index in a tar archive, plain or gzipped; its members are found once and read when they are asked for. */
export class ArchiveRegistry implements Registry {
  readonly source: CrateSource;
  readonly address: string;
  readonly #files: FileSystem;
  readonly #path: string;
  #members: ReadonlyMap<string, Uint8Array> | undefined;

  constructor(source: CrateSource, files: FileSystem, path: string, address: string) {
    this.source = source;
    this.address = address;
    this.#files = files;
    this.#path = path;
  }

  load(crate: string): Promise<Catalog | undefined> {
    if (!isCrateName(crate)) return Promise.resolve(undefined);
    const members = (this.#members ??= this.#read());
    const body = members.get(indexPath(crate));
    if (body === undefined) return Promise.resolve(undefined);
    const template = downloadTemplate(members.get("config.json"), this.source);
    const toUrl = (release: Release): string | undefined => downloadUrl(template, release);
    return Promise.resolve(openCrateIndex(crate, this.source, body, toUrl));
  }

  #read(): ReadonlyMap<string, Uint8Array> {
    const bytes = this.#files.readFile(this.#path);
    if (bytes === undefined) throw new EnkiError("not-found", `there is no file ${this.address}`);
    if (bytes[0] === 0xfd && bytes[1] === 0x37) {
      throw new EnkiError("unsupported", `${this.address} is compressed with xz`, {
        hint: "unpack it (tar xJf) and give the directory instead",
      });
    }
    const members = new Map<string, Uint8Array>();
    for (const { path, body } of tarFiles(bytes, this.address, limits)) members.set(withoutIndexDirectory(path), body);
    return members;
  }
}

/** Archives hold the index itself, or a local registry with the index inside. */
function withoutIndexDirectory(path: string): string {
  const start = path.startsWith("./") ? 2 : 0;
  return path.startsWith("index/", start) ? path.slice(start + "index/".length) : path.slice(start);
}
