/** One place that packages come from: a Simple index over HTTP, or a directory in the same layout. */
import type { RegistryLocation } from "../../ecosystem.ts";
import type { HttpClient } from "../../../net/http-client.ts";
import type { CredentialSources } from "./credentials.ts";
import { DirectoryRepository } from "./directory-repository.ts";
import { HttpRepository } from "./http-repository.ts";
import type { DirectSource } from "../manifest/pypi-document.ts";
import type { SdistFacts } from "../sdist-metadata.ts";
import type { IndexFile } from "./index-file.ts";
import type { SlimTable } from "./slim-table.ts";

/** The index that is asked when none is configured. */
export const defaultIndexUrl = "https://pypi.org/simple/";

/** Where the public index keeps its files. */
export const publicFilesUrl = "https://files.pythonhosted.org/";

/** A project as one repository lists it. */
export interface ProjectPage {
  readonly repository: Repository;
  readonly table: SlimTable;
  /** Where a file can be downloaded: an absolute URL, or for a directory a path relative to the project. */
  fileUrl(file: IndexFile): string;
  /** The core metadata of a wheel or of a source distribution whose index offers it; `undefined` when there is none. */
  readMetadata(file: IndexFile): Promise<string | undefined>;
  /** What a source distribution says, its hash checked; `undefined` when the repository no longer has it. */
  readSource(file: IndexFile): Promise<SdistFacts | undefined>;
  /** Where the page's only version comes from, when not from an index. */
  readonly direct?: DirectSource;
}

/** Where projects are looked up. */
export interface Repository {
  /** The name that the configuration gives it. */
  readonly name: string | undefined;
  /** URL without credentials, or the path of the directory as configured. */
  readonly url: string;
  /** The page of a project (normalised name); `undefined` when the repository has none. */
  project(name: string): Promise<ProjectPage | undefined>;
}

/** What repositories need of their surroundings. */
export interface RepositoryContext extends CredentialSources {
  readonly http: HttpClient;
  readonly projectDirectory: string;
}

/** Opens the configured repositories, in order of rank; the public index when there are none. */
export function openRepositories(
  locations: readonly RegistryLocation[],
  context: RepositoryContext,
): readonly Repository[] {
  const configured: readonly RegistryLocation[] =
    locations.length === 0 ? [{ kind: "http", url: defaultIndexUrl }] : locations;
  return configured.map((location) =>
    location.kind === "http"
      ? new HttpRepository(location.url, location.name, context, location.isFlat)
      : new DirectoryRepository(location.path, location.name, context),
  );
}
