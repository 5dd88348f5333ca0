import { EnkiError } from "../../../model/enki-error.ts";
import { tarFiles } from "../../../formats/tar.ts";
import { splitPackageDirectory, type OpamRepository } from "./repository.ts";

/** The name and version of the packed form; part of the key under which a cache keeps it. */
export const packedFormat = "opam-packed-1";

const MAGIC = `${packedFormat}\n`;
const INDEX_LENGTH_DIGITS = 12;
/** The public repository unpacks to 50 MB; ten times as much is still accepted. */
const MAXIMUM_TOTAL_BYTES = 512 * 1024 * 1024;
const MAXIMUM_FILE_BYTES = 4 * 1024 * 1024;
const MAXIMUM_MEMBERS = 1_000_000;

type IndexEntry = readonly [version: string, offset: number, length: number];
type Index = readonly (readonly [name: string, entries: readonly IndexEntry[]])[];

/**
 * Packs the opam files of a repository archive (tar or gzipped tar) into one block with an index in front, so that a
 * later run opens it without unzipping or walking anything. Files are only parsed when they are asked for.
 */
export function packArchive(archive: Uint8Array, what: string): Uint8Array {
  const limits = { totalBytes: MAXIMUM_TOTAL_BYTES, memberBytes: MAXIMUM_FILE_BYTES, members: MAXIMUM_MEMBERS };
  const packages = new Map<string, Map<string, Uint8Array>>();
  for (const file of tarFiles(archive, what, limits)) {
    const package_ = packageOfPath(file.path);
    if (package_ === undefined) continue;
    const versions = packages.get(package_.name) ?? new Map<string, Uint8Array>();
    versions.set(package_.version, file.body);
    packages.set(package_.name, versions);
  }
  if (packages.size === 0) {
    throw new EnkiError("invalid-registry-document", `${what} holds no opam packages`, {
      hint: "an opam repository has files packages/<name>/<name>.<version>/opam",
    });
  }
  const chunks: Uint8Array[] = [];
  let offset = 0;
  const index: Index = [...packages].toSorted(byFirst).map(([name, versions]) => {
    const entries = [...versions].toSorted(byFirst).map(([version, body]): IndexEntry => {
      chunks.push(body);
      offset += body.length;
      return [version, offset - body.length, body.length];
    });
    return [name, entries];
  });
  const indexBytes = Buffer.from(JSON.stringify(index));
  const header = Buffer.from(MAGIC + String(indexBytes.length).padStart(INDEX_LENGTH_DIGITS, "0") + "\n");
  return Buffer.concat([header, indexBytes, ...chunks]);
}

/** Opens what {@link packArchive} made. */
export function openPacked(packed: Uint8Array, location: string, revision: string | undefined): OpamRepository {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const indexStart = MAGIC.length + INDEX_LENGTH_DIGITS + 1;
  const indexLength = Number(bytes.toString("latin1", MAGIC.length, indexStart - 1));
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC || !Number.isSafeInteger(indexLength)) {
    throw new EnkiError("internal", `the packed form of ${location} is damaged`);
  }
  const index = JSON.parse(bytes.toString("utf8", indexStart, indexStart + indexLength)) as Index;
  return new PackedRepository(location, revision, index, bytes.subarray(indexStart + indexLength));
}

class PackedRepository implements OpamRepository {
  readonly location: string;
  readonly revision?: string;
  private readonly packages: ReadonlyMap<string, readonly IndexEntry[]>;
  private readonly bytes: Uint8Array;

  constructor(location: string, revision: string | undefined, index: Index, bytes: Uint8Array) {
    this.location = location;
    if (revision !== undefined) this.revision = revision;
    this.packages = new Map(index);
    this.bytes = bytes;
  }

  names(): readonly string[] {
    return [...this.packages.keys()];
  }

  versions(name: string): readonly string[] {
    return (this.packages.get(name) ?? []).map(([version]) => version);
  }

  read(name: string, version: string): Uint8Array | undefined {
    const entry = this.packages.get(name)?.find(([candidate]) => candidate === version);
    return entry === undefined ? undefined : this.bytes.subarray(entry[1], entry[1] + entry[2]);
  }
}

/** `…packages/<anything>/<name>.<version>/opam` */
function packageOfPath(path: string): { readonly name: string; readonly version: string } | undefined {
  if (!path.endsWith("/opam")) return undefined;
  const parts = path.split("/");
  const packages = parts.indexOf("packages");
  if (packages === -1 || parts.length - packages < 3 || parts.length - packages > 4) return undefined;
  return splitPackageDirectory(parts[parts.length - 2] ?? "");
}

function byFirst(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return left[0] < right[0] ? -1 : 1;
}
