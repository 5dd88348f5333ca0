import type { FileSystem } from "../../../model/file-system.ts";
import type { CrateSource } from "../package/crate-source.ts";
import type { Release } from "../package/release.ts";
import type { Catalog } from "./catalog.ts";
import { openCrateIndex } from "./crate-index.ts";
import { downloadTemplate, downloadUrl } from "./download-url.ts";
import { indexPath, isCrateName } from "./index-path.ts";
import type { Registry } from "./registry.ts";

/**
 * A directory in the layout of an index: the index itself, or a local registry that holds it below `index/`. (No crate
 * can own that name at the top: crates stand below directories of one or two characters.)
 */
export class DirectoryRegistry implements Registry {
  readonly source: CrateSource;
  readonly address: string;
  readonly #files: FileSystem;
  readonly #directory: string;
  readonly #template: string | undefined;

  constructor(source: CrateSource, files: FileSystem, directory: string, address: string) {
    this.source = source;
    this.address = address;
    this.#files = files;
    const nested = `${directory}/index`;
    this.#directory = files.kind(nested) === "directory" ? nested : directory;
    this.#template = downloadTemplate(files.readFile(`${this.#directory}/config.json`), source);
  }

  load(crate: string): Promise<Catalog | undefined> {
    return Promise.resolve(this.read(crate));
  }

  /** The same as {@link load}, at once. */
  read(crate: string): Catalog | undefined {
    if (!isCrateName(crate)) return undefined;
    const body = this.#files.readFile(`${this.#directory}/${indexPath(crate)}`);
    if (body === undefined) return undefined;
    const toUrl = (release: Release): string | undefined => downloadUrl(this.#template, release);
    return openCrateIndex(crate, this.source, body, toUrl);
  }
}
