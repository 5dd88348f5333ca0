/** A directory in the layout of a Simple index: `<dir>/<project>/index.json` or `index.html`, `.metadata` files beside. */
import { join, relative, resolve, sep } from "node:path";
import { EnkiError } from "../../../model/enki-error.ts";
import type { FileSystem } from "../../../model/file-system.ts";
import { digestOf } from "../../../formats/integrity.ts";
import { parseWheelName, sdistVersionOf } from "../pep/file-name.ts";
import { readSdistFacts } from "../sdist-metadata.ts";
import { wheelMetadata } from "../wheel-metadata.ts";
import type { IndexFile } from "./index-file.ts";
import type { ProjectPage, Repository, RepositoryContext } from "./repository.ts";
import { encodeSlimTable, slimPage, SlimTable } from "./slim-table.ts";

export class DirectoryRepository implements Repository {
  readonly name: string | undefined;
  readonly url: string;
  readonly #directory: string;
  readonly #projectDirectory: string;
  readonly #files: FileSystem;

  constructor(path: string, name: string | undefined, context: RepositoryContext) {
    this.#directory = resolve(context.projectDirectory, path);
    this.#projectDirectory = context.projectDirectory;
    this.#files = context.files;
    this.name = name;
    this.url = this.#relative(this.#directory);
    if (context.files.kind(this.#directory) !== "directory") {
      throw new EnkiError("not-found", `the PyPI index directory ${path} does not exist`);
    }
  }

  async project(name: string): Promise<ProjectPage | undefined> {
    const directory = join(this.#directory, name);
    const body =
      this.#files.readFile(join(directory, "index.json")) ?? this.#files.readFile(join(directory, "index.html"));
    const flat = body === undefined ? this.#flatTable(name) : undefined;
    if (flat !== undefined) return this.#page(this.#directory, flat);
    return body === undefined ? undefined : this.#page(directory, new SlimTable(slimPage(body, name)));
  }

  /** Wheels and source distributions of a project that lie in the directory itself, as for `--find-links` of pip. */
  #flatTable(name: string): SlimTable | undefined {
    const files = (this.#files.readDirectory(this.#directory) ?? []).flatMap((fileName): IndexFile[] => {
      const wheel = parseWheelName(fileName);
      const isOwn = wheel === undefined ? sdistVersionOf(fileName, name) !== undefined : wheel.name === name;
      const body = isOwn ? this.#files.readFile(join(this.#directory, fileName)) : undefined;
      if (body === undefined) return [];
      const hashes = new Map([["sha256", digestOf("sha256", body).hex]]);
      const unknown = { requiresPython: undefined, uploadTime: undefined, yanked: undefined, metadata: undefined };
      return [{ fileName, url: encodeURIComponent(fileName), hashes, sizeBytes: body.length, ...unknown }];
    });
    if (files.length === 0) return undefined;
    return new SlimTable(encodeSlimTable({ files, base: undefined, status: undefined, skipped: [] }, name));
  }

  #page(directory: string, table: SlimTable): ProjectPage {
    const localPath = (file: IndexFile): string | undefined => this.#localPath(directory, file);
    return {
      repository: this,
      table,
      fileUrl: (file) => (isRemote(file.url) ? file.url : this.#relative(localPath(file) ?? file.url)),
      readMetadata: async (file) => await this.#readMetadata(directory, file),
      readSource: async (file) => {
        const bytes = this.#readFile(directory, file);
        return bytes === undefined ? undefined : await readSdistFacts(file.fileName, bytes);
      },
    };
  }

  async #readMetadata(directory: string, file: IndexFile): Promise<string | undefined> {
    const path = `${this.#localPath(directory, file) ?? join(directory, file.fileName)}.metadata`;
    const body = this.#files.readFile(path) ?? this.#files.readFile(join(directory, `${file.fileName}.metadata`));
    if (body !== undefined) {
      verify(body, file.metadata?.sha256, `${file.fileName}.metadata`);
      return new TextDecoder().decode(body);
    }
    if (!file.fileName.endsWith(".whl")) return undefined;
    return await wheelMetadata(file.fileName, {
      tail: async () => undefined,
      range: async () => new Uint8Array(),
      whole: async () => this.#readFile(directory, file),
    });
  }

  #readFile(directory: string, file: IndexFile): Uint8Array | undefined {
    const path = this.#localPath(directory, file);
    const body =
      (path === undefined ? undefined : this.#files.readFile(path)) ??
      this.#files.readFile(join(directory, file.fileName));
    if (body !== undefined) verify(body, file.hashes.get("sha256"), file.fileName);
    return body;
  }

  /** The file that a relative URL means, also outside of the index, as `../../files/x.whl`; `undefined` for absolute URLs. */
  #localPath(directory: string, file: IndexFile): string | undefined {
    return isRemote(file.url) ? undefined : resolve(directory, decodeURIComponent(file.url.split("#")[0] ?? ""));
  }

  #relative(path: string): string {
    const fromProject = relative(this.#projectDirectory, path).split(sep).join("/");
    return fromProject === "" ? "." : fromProject;
  }
}

function isRemote(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url);
}

function verify(body: Uint8Array, sha256: string | undefined, what: string): void {
  if (sha256 === undefined || digestOf("sha256", body).hex === sha256) return;
  throw new EnkiError("integrity-mismatch", `${what} does not have the SHA-256 ${sha256} that the index gives`);
}
