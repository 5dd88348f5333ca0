import type { FileSystem } from "../../../model/file-system.ts";
import { EnkiError } from "../../../model/enki-error.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { GitClient, GitSnapshot } from "../../../net/git/git-client.ts";
import { ManifestFiles } from "../manifest/manifest-files.ts";
import { asTable } from "../manifest/manifest-reader.ts";
import { directoryOf } from "../manifest/paths.ts";
import { readWorkspace } from "../manifest/read-workspace.ts";
import type { CrateSource } from "../package/crate-source.ts";
import type { Checkout, Release } from "../package/release.ts";
import { localRelease } from "../package/local-release.ts";
import type { Catalog } from "./catalog.ts";
import { GroupedCatalog } from "./grouped-catalog.ts";
import { knownEntry } from "./known-entry.ts";
import type { Registry } from "./registry.ts";

type GitSource = Extract<CrateSource, { kind: "git" }>;

/** What a repository is read with. */
export interface GitContext {
  readonly git: GitClient | undefined;
  /** The commit that an earlier lock holds for the source; it stays until the lock is updated. */
  readonly lockedCommit: string | undefined;
  readonly named: (name: string) => CrateSource | undefined;
}

const root = "/repository";

/** The packages of a git repository at one commit. Only manifests are read; nothing is checked out. */
export class GitRegistry implements Registry {
  readonly source: GitSource;
  readonly address: string;
  readonly #context: GitContext;
  #manifests: Promise<RepositoryManifests> | undefined;

  constructor(source: GitSource, context: GitContext) {
    this.source = source;
    this.address = source.id;
    this.#context = context;
  }

  async load(crate: string): Promise<Catalog | undefined> {
    const manifests = await (this.#manifests ??= this.#fetch());
    const release = await manifests.find(crate);
    if (release === undefined) return undefined;
    const { source } = this;
    return new GroupedCatalog(crate, source, [knownEntry(release)], () => undefined);
  }

  async #fetch(): Promise<RepositoryManifests> {
    const { git, lockedCommit, named } = this.#context;
    const { url, reference } = this.source;
    if (git === undefined) throw new EnkiError("unsupported", `git repositories can't be read here (${url})`);
    const snapshot = await git.snapshot(url, reference, lockedCommit);
    const paths = snapshot.paths.filter((path) => path === "Cargo.toml" || path.endsWith("/Cargo.toml"));
    return new RepositoryManifests(this.source, snapshot, await snapshot.read(paths), named);
  }
}

/** The manifests of a repository at one commit. */
class RepositoryManifests {
  readonly #source: GitSource;
  readonly #snapshot: GitSnapshot;
  readonly #named: (name: string) => CrateSource | undefined;
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #manifests: ManifestFiles;

  constructor(
    source: GitSource,
    snapshot: GitSnapshot,
    contents: ReadonlyMap<string, Uint8Array>,
    named: (name: string) => CrateSource | undefined,
  ) {
    this.#source = source;
    this.#snapshot = snapshot;
    this.#named = named;
    this.#files = new Map([...contents].map(([path, content]) => [`${root}/${path}`, content]));
    this.#manifests = new ManifestFiles({ projectDirectory: root, files: this.#fileSystem() });
  }

  /** The package of this name, if the repository has one. */
  async find(crate: string): Promise<Release | undefined> {
    for (const path of [...this.#files.keys()].toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))) {
      const manifest = this.#manifests.in(directoryOf(path.slice(root.length + 1)));
      if (asTable(asTable(manifest?.document.value)?.["package"])?.["name"] !== crate || manifest === undefined)
        continue;
      const diagnostics: Diagnostic[] = [];
      const workspace = readWorkspace(manifest, this.#manifests, diagnostics);
      const all = [...(workspace?.members ?? []), ...(workspace?.localPackages ?? [])];
      const local = all.find(({ file }) => file === manifest.file);
      if (local === undefined) {
        const message = `the manifest ${manifest.file} of ${this.#source.url} can't be read`;
        throw new EnkiError("invalid-registry-document", message, { diagnostics });
      }
      // Its neighbours in the repository are packages of the same source.
      const release = localRelease(local, this.#named, this.#source);
      const tree = await this.#snapshot.treeIntegrity();
      const checkout: Checkout = {
        commit: this.#snapshot.commit,
        directory: local.directory,
        url: this.#source.url,
        treeIntegrity: "integrity" in tree ? tree.integrity : undefined,
      };
      return { ...release, source: this.#source, checkout };
    }
    return undefined;
  }

  #fileSystem(): FileSystem {
    const directories = new Map<string, Set<string>>();
    for (const path of this.#files.keys()) {
      for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
        const directory = path.slice(0, at);
        const name = path.slice(at + 1).split("/")[0] ?? "";
        const known = directories.get(directory);
        if (known === undefined) directories.set(directory, new Set([name]));
        else known.add(name);
      }
    }
    return {
      readFile: (path) => this.#files.get(path),
      readDirectory: (path) => {
        const names = directories.get(path);
        return names === undefined ? undefined : [...names].toSorted();
      },
      kind: (path) => (this.#files.has(path) ? "file" : directories.has(path) ? "directory" : undefined),
    };
  }
}
