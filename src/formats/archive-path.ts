/** What reading an archive may cost. */
export interface ArchiveLimits {
  /** Decompressed size of one member. */
  readonly memberBytes: number;
  /** Decompressed size of the whole archive, where all of it must be decompressed (tar.gz). */
  readonly totalBytes: number;
  /** Number of members. */
  readonly members: number;
}

/** Enough for every honest package and for the whole opam repository; far below what exhausts memory. */
export const defaultArchiveLimits: ArchiveLimits = {
  memberBytes: 64 * 1024 * 1024,
  totalBytes: 1024 * 1024 * 1024,
  members: 1_000_000,
};

/**
 * The path of an archive member with `./` and doubled slashes removed, or `undefined` when it leads outside of the
 * place where the archive is unpacked: absolute, with `..`, a drive letter, a backslash or a control character.
 */
export function safeMemberPath(path: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (path.startsWith("/") || /[\\\u0000-\u001f\u007f]/u.test(path) || /^[A-Za-z]:/u.test(path)) return undefined;
  const steps = path.split("/").filter((step) => step !== "" && step !== ".");
  return steps.includes("..") ? undefined : steps.join("/");
}
