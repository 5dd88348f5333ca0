import { EnkiError } from "../model/enki-error.ts";
import type { Artifact, PackageId, Resolution } from "../model/resolution.ts";

/** A file whose hash is another one than the lock holds, or is gone. */
export interface ChangedHash {
  readonly package: PackageId;
  readonly url: string;
  readonly locked: string;
  /** `undefined` when the registry no longer publishes a usable hash. */
  readonly published: string | undefined;
}

/**
 * The files of locked versions whose published hash differs from the locked one. Released files never change: either
 * somebody replaced one, or the registry lies. A hash by another function counts as changed too, because nothing shows
 * that it is of the same bytes.
 */
export function changedHashes(locked: Resolution, current: Resolution): readonly ChangedHash[] {
  const before = new Map(locked.packages.map((package_) => [package_.id, package_]));
  return current.packages.flatMap((package_) => {
    const artifacts = before.get(package_.id)?.artifacts ?? [];
    return artifacts.flatMap((file) => {
      const { integrity } = file;
      const now = sameFile(package_.artifacts, file);
      if (integrity === undefined || now === undefined || now.integrity === integrity) return [];
      return [{ package: package_.id, url: now.url, locked: integrity, published: now.integrity }];
    });
  });
}

/** Kinds of which a version has one file, whatever its address: a Cargo.lock, for one, names no address. */
const ONE_FILE_KINDS: ReadonlySet<string> = new Set(["crate", "tarball"]);

/**
 * The artifact at the same address, else the only one with the same file name, because a mirror has other addresses for
 * the same files, or of a kind of which there is one.
 */
function sameFile(artifacts: readonly Artifact[], { kind, url }: Artifact): Artifact | undefined {
  const exact = artifacts.find((artifact) => artifact.url === url);
  if (exact !== undefined) return exact;
  const named = artifacts.filter(
    (artifact) => fileName(artifact.url) === fileName(url) || (artifact.kind === kind && ONE_FILE_KINDS.has(kind)),
  );
  return named.length === 1 ? named[0] : undefined;
}

function fileName(url: string): string {
  return (url.split(/[?#]/u, 1)[0] ?? url).split("/").at(-1) ?? url;
}

/** Throws an EnkiError (`integrity-mismatch`) that shows both digests, when a locked file has another hash now. */
export function refuseChangedHashes(locked: Resolution, current: Resolution): void {
  const changed = changedHashes(locked, current);
  const [first] = changed;
  if (first === undefined) return;
  const list = changed
    .slice(0, 10)
    .map(
      ({ package: id, url, locked: before, published }) =>
        `${id} (${url})\n    locked    ${before}\n    published ${published ?? "no usable hash"}`,
    );
  const more = changed.length > list.length ? `\n  and ${changed.length - list.length} more` : "";
  throw new EnkiError("integrity-mismatch", `locked files have other hashes now:\n  ${list.join("\n  ")}${more}`, {
    hint: "a published file never changes honestly: find out who changed it; `enki update` with the package's name accepts the new hash",
  });
}
