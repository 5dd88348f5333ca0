import type { FileSystem } from "../../../model/file-system.ts";
import { splitPackageDirectory, type OpamRepository } from "./repository.ts";

/** A repository that lies unpacked in a directory; files are read when they are asked for. */
export class DirectoryRepository implements OpamRepository {
  readonly location: string;
  readonly revision?: string;
  private readonly files: FileSystem;
  private readonly packages: string;
  private listing: readonly string[] | undefined;
  private readonly known = new Map<string, readonly string[]>();

  constructor(files: FileSystem, directory: string, location: string) {
    this.files = files;
    this.location = location;
    this.packages = files.kind(`${directory}/packages`) === "directory" ? `${directory}/packages` : directory;
    const revision = readCommit(files, directory);
    if (revision !== undefined) this.revision = revision;
  }

  names(): readonly string[] {
    this.listing ??= this.files.readDirectory(this.packages) ?? [];
    return this.listing.filter((name) => !name.includes("."));
  }

  versions(name: string): readonly string[] {
    let versions = this.known.get(name);
    if (versions === undefined) {
      versions = isPlainName(name) ? this.list(name) : [];
      this.known.set(name, versions);
    }
    return versions;
  }

  read(name: string, version: string): Uint8Array | undefined {
    if (!isPlainName(name) || version.includes("/")) return undefined;
    return this.files.readFile(`${this.packages}/${name}/${name}.${version}/opam`);
  }

  private list(name: string): readonly string[] {
    return (this.files.readDirectory(`${this.packages}/${name}`) ?? []).flatMap((directory) => {
      const split = splitPackageDirectory(directory);
      return split?.name === name ? [split.version] : [];
    });
  }
}

/** A name comes from a file of somebody else: it must not lead out of the repository. */
function isPlainName(name: string): boolean {
  return name !== "" && !name.includes("/") && !name.includes("\\") && !name.includes("\0") && !name.includes(".");
}

/** The commit of a git checkout, when the directory is one. */
function readCommit(files: FileSystem, directory: string): string | undefined {
  const head = text(files.readFile(`${directory}/.git/HEAD`))?.trim();
  const reference = head === undefined ? undefined : /^ref: (refs\/[\w./-]{1,200})$/u.exec(head)?.[1];
  const commit = reference === undefined ? head : text(files.readFile(`${directory}/.git/${reference}`))?.trim();
  return commit !== undefined && /^[0-9a-f]{40,64}$/u.test(commit) ? commit : undefined;
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
}
