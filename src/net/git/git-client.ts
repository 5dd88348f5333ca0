/** Which commit of a repository is meant. */
export type GitReference =
  | { readonly kind: "branch" | "tag"; readonly name: string }
  /** Anything that git can make a commit of: a full or abbreviated one, a tag, a branch. */
  | { readonly kind: "rev"; readonly name: string }
  /** What HEAD points to. */
  | { readonly kind: "default" };

/** The hash of a tree as Nix makes it of a checkout (`sha256-…`), or why there is none. */
export type TreeIntegrity = { readonly integrity: string } | { readonly problem: string };

/** The files of a repository at one commit. Nothing is checked out and nothing of it is run. */
export interface GitSnapshot {
  /** 40 or 64 hexadecimal digits. */
  readonly commit: string;
  /** Every regular file, relative to the repository's root, with forward slashes; no links, no submodules. */
  readonly paths: readonly string[];
  /** The contents of some of {@link paths}. Throws an EnkiError (`limit-exceeded`) for more than 64 MiB in one file. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** There is none with submodules, or with attributes that change files while they are checked out. */
  treeIntegrity(): Promise<TreeIntegrity>;
}

/** Reads git repositories. */
export interface GitClient {
  /** Whether anything was asked of it. */
  readonly isUsed: boolean;
  /**
   * The files of the commit that `reference` means now; with `locked`, a full commit, of that one. Throws an EnkiError:
   * `unsupported` (an address that git may not be given, or no git), `not-found`, `offline`, `network`, `aborted`.
   */
  snapshot(url: string, reference: GitReference, locked?: string): Promise<GitSnapshot>;
  /** Removes what is not to be kept. */
  close(): Promise<void>;
}
