import { createHash } from "node:crypto";
import { posix } from "node:path";
import { EnkiError } from "../../../model/enki-error.ts";
import type { FileSystem } from "../../../model/file-system.ts";
import type { HttpClient } from "../../../net/http-client.ts";
import type { RegistryLocation } from "../../ecosystem.ts";
import { DirectoryRepository } from "./directory.ts";
import { openPacked, packArchive, packedFormat } from "./packed.ts";
import { RankedRepositories, type OpamRepository } from "./repository.ts";

/** The repository that opam itself uses when it is told of no other. */
const defaultRegistry: RegistryLocation = { kind: "http", url: "https://opam.ocaml.org" };

/** `index.tar.gz` of the public repository is 5 MB. */
const MAXIMUM_INDEX_BYTES = 256 * 1024 * 1024;

/** What opening repositories needs of the run. */
export interface RepositoryAccess {
  readonly registries: readonly RegistryLocation[];
  readonly http: HttpClient;
  readonly files: FileSystem;
  readonly projectDirectory: string;
}

/** Opens every repository, all at once, in order of rank. */
export async function openRepositories(access: RepositoryAccess): Promise<RankedRepositories> {
  const locations = access.registries.length === 0 ? [defaultRegistry] : access.registries;
  return new RankedRepositories(await Promise.all(locations.map((location) => openRepository(location, access))));
}

async function openRepository(location: RegistryLocation, access: RepositoryAccess): Promise<OpamRepository> {
  return location.kind === "http" ? openHttp(location.url, access.http) : openPath(location.path, access);
}

async function openHttp(base: string, http: HttpClient): Promise<OpamRepository> {
  const url = isArchiveName(base) ? base : `${base.replace(/\/+$/u, "")}/index.tar.gz`;
  const shown = withoutCredentials(url);
  const document = await http.fetch({
    url,
    cache: "revalidate",
    maxBytes: MAXIMUM_INDEX_BYTES,
    derive: { format: packedFormat, compute: (body) => packArchive(body, shown) },
    what: "the opam repository",
  });
  if (document.status === 404) {
    throw new EnkiError("not-found", `there is no opam repository at ${shown}`, {
      hint: "a repository over HTTP offers index.tar.gz; `opam admin index` makes it",
    });
  }
  return openPacked(document.body, shown, document.etag);
}

function openPath(path: string, access: RepositoryAccess): OpamRepository {
  const absolute = posix.resolve(access.projectDirectory, path);
  const location = posix.relative(access.projectDirectory, absolute) || ".";
  switch (access.files.kind(absolute)) {
    case "directory":
      return new DirectoryRepository(access.files, absolute, location);
    case "file": {
      const bytes = access.files.readFile(absolute);
      if (bytes === undefined) break;
      if (!isArchiveName(absolute)) {
        throw new EnkiError("unsupported", `${path} is not an opam repository that Enki can read`, {
          hint: "give a directory, a .tar or a .tar.gz; other archives must be unpacked first",
        });
      }
      const revision = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
      return openPacked(packArchive(bytes, path), location, revision);
    }
    default:
      break;
  }
  throw new EnkiError("not-found", `there is no opam repository at ${path}`, {
    hint: "give a directory with packages/<name>/<name>.<version>/opam in it, or a .tar or .tar.gz of one",
  });
}

function isArchiveName(name: string): boolean {
  return /\.(?:tar|tar\.gz|tgz)$/u.test(name);
}

function withoutCredentials(text: string): string {
  const url = new URL(text);
  url.username = "";
  url.password = "";
  return url.href;
}
