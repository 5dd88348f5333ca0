import { createHash } from "node:crypto";

import type { FileSystem } from "../../../model/file-system.ts";
import { EnkiError } from "../../../model/enki-error.ts";
import { tarFiles } from "../../../formats/tar.ts";
import type { Diagnostic } from "../../../model/diagnostic.ts";
import type { HttpClient } from "../../../net/http-client.ts";
import { ManifestFiles } from "../manifest/manifest-files.ts";
import { asTable } from "../manifest/manifest-reader.ts";
import { directoryOf } from "../manifest/paths.ts";
import { readWorkspace } from "../manifest/read-workspace.ts";
import type { CrateSource } from "../package/crate-source.ts";
import type { Checkout, Release } from "../package/release.ts";
import { localRelease } from "../package/local-release.ts";
import type { Catalog } from "./catalog.ts";
import { GroupedCatalog } from "./grouped-catalog.ts";
import { resolveReference } from "./git-references.ts";
import { knownEntry } from "./known-entry.ts";
import type { Registry } from "./registry.ts";

type GitSource = Extract<CrateSource, { kind: "git" }>;

/** What a repository is read with. */
export interface GitContext {
  readonly http: HttpClient;
  /** The commit that an earlier lock holds for the source; it stays until the lock is updated. */
  readonly lockedCommit: string | undefined;
  readonly named: (name: string) => CrateSource | undefined;
}

const maximumArchiveBytes = 512 * 1024 ** 2;
const archiveLimits = { totalBytes: 2 * 1024 ** 3, memberBytes: 64 * 1024 ** 2, members: 500_000 };
const root = "/repository";

/**
 * The packages of a git repository at one commit. Only manifests are read, from the archive of the commit that forges
 * offer over HTTP: no git is run and nothing is checked out.
 */
export class GitRegistry implements Registry {
  readonly source: GitSource;
  readonly address: string;
  readonly #context: GitContext;
  readonly #url: string;
  #snapshot: Promise<Snapshot> | undefined;

  constructor(source: GitSource, context: GitContext) {
    this.source = source;
    this.address = source.id;
    this.#context = context;
    this.#url = source.url.replace(/\/+$/u, "");
    if (!/^https?:\/\//u.test(this.#url)) {
      throw new EnkiError("unsupported", `the git repository ${source.url} is not reachable over HTTP`, {
        hint: "use its https address, or a path dependency on a checkout",
      });
    }
  }

  async load(crate: string): Promise<Catalog | undefined> {
    const snapshot = await (this.#snapshot ??= this.#fetch());
    const release = snapshot.find(crate);
    if (release === undefined) return undefined;
    const { source } = this;
    return new GroupedCatalog(crate, source, [knownEntry(release)], () => undefined);
  }

  async #fetch(): Promise<Snapshot> {
    const { http, lockedCommit } = this.#context;
    const commit = lockedCommit ?? (await resolveReference(this.#url, this.source.reference, http));
    const url = archiveUrl(this.#url, commit);
    const document = await http.fetch({
      url,
      cache: "immutable",
      maxBytes: maximumArchiveBytes,
      what: `git repository ${this.source.url}`,
    });
    if (document.status === 404) {
      throw new EnkiError("unsupported", `${this.source.url} offers no archive of the commit ${commit}`, {
        hint: "forges such as GitHub, GitLab and Forgejo do; for another server, use a path dependency on a checkout",
      });
    }
    return new Snapshot(this.source, { commit, url, body: document.body }, this.#context.named);
  }
}

/** Where forges serve the files of a commit. */
function archiveUrl(url: string, commit: string): string {
  const base = url.replace(/\.git$/u, "");
  const name = base.slice(base.lastIndexOf("/") + 1);
  const isGitLab = new URL(url).hostname.split(".").includes("gitlab");
  return isGitLab ? `${base}/-/archive/${commit}/${name}-${commit}.tar.gz` : `${base}/archive/${commit}.tar.gz`;
}

/** The manifests of a repository at one commit. */
class Snapshot {
  readonly #source: GitSource;
  readonly #archive: Omit<Checkout, "directory">;
  readonly #named: (name: string) => CrateSource | undefined;
  readonly #files = new Map<string, Uint8Array>();
  readonly #manifests: ManifestFiles;

  constructor(
    source: GitSource,
    { commit, url, body }: { readonly commit: string; readonly url: string; readonly body: Uint8Array },
    named: (name: string) => CrateSource | undefined,
  ) {
    this.#source = source;
    const sha256 = createHash("sha256").update(body).digest("base64");
    this.#archive = { commit, archiveUrl: url, archiveIntegrity: `sha256-${sha256}` };
    this.#named = named;
    for (const { path, body: content } of tarFiles(body, source.url, archiveLimits)) {
      // Everything stands below one directory, which is named after the commit.
      const file = path.slice(path.indexOf("/") + 1);
      if (file === "Cargo.toml" || file.endsWith("/Cargo.toml")) this.#files.set(`${root}/${file}`, content);
    }
    this.#manifests = new ManifestFiles({ projectDirectory: root, files: this.#fileSystem() });
  }

  /** The package of this name, if the repository has one. */
  find(crate: string): Release | undefined {
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
      const checkout = { ...this.#archive, directory: local.directory };
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
