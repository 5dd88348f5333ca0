import { compareBytewise } from "../../../model/order.ts";

/** The opam files of one repository. Opening one may take a while; reading from it is synchronous. */
export interface OpamRepository {
  /** Its URL without credentials, or its path relative to the project. */
  readonly location: string;
  /** What identifies its content: an ETag, a commit, a hash. */
  readonly revision?: string;
  /** Every package name, sorted bytewise. */
  names(): readonly string[];
  /** The versions of a name, sorted bytewise; empty when there is none. */
  versions(name: string): readonly string[];
  /** The bytes of one opam file. */
  read(name: string, version: string): Uint8Array | undefined;
}

/** The directory `<name>.<version>` taken apart at its first dot (opam manual, "Repositories"). */
export function splitPackageDirectory(
  directory: string,
): { readonly name: string; readonly version: string } | undefined {
  const dot = directory.indexOf(".");
  if (dot <= 0 || dot === directory.length - 1) return undefined;
  return { name: directory.slice(0, dot), version: directory.slice(dot + 1) };
}

/** Several repositories as one: versions are united, and the first repository that has a version provides it. */
export class RankedRepositories {
  readonly repositories: readonly OpamRepository[];

  constructor(repositories: readonly OpamRepository[]) {
    this.repositories = repositories;
  }

  names(): readonly string[] {
    return [...new Set(this.repositories.flatMap((repository) => repository.names()))].toSorted(compareBytewise);
  }

  /** Each version of a name with the repository that provides it. */
  versions(name: string): ReadonlyMap<string, OpamRepository> {
    const versions = new Map<string, OpamRepository>();
    for (const repository of this.repositories) {
      for (const version of repository.versions(name)) if (!versions.has(version)) versions.set(version, repository);
    }
    return versions;
  }
}
