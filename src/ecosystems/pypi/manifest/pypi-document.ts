/** The decoded form of a PyPI manifest, whatever file it was read from. */
import type { Origin } from "../../../model/origin.ts";
import type { Manifest } from "../../../model/manifest.ts";
import type { EdgeKind } from "../../../model/requirement.ts";
import type { PypiRequirement } from "../pep/requirement.ts";

/** One requirement with its place. */
export interface RootRequirement {
  readonly requirement: PypiRequirement;
  /** As written, on one line. */
  readonly text: string;
  readonly origin: Origin;
  readonly kind: EdgeKind;
  /** The extra of the project that asks for it. */
  readonly extra?: string;
  /** The dependency group (PEP 735) that asks for it. */
  readonly group?: string;
  /** SHA-256 digests (hexadecimal) of the only files that may fulfil it (`--hash` of a requirements file). */
  readonly hashes?: readonly string[];
}

/** A place that packages are looked up in. */
export interface DocumentIndex {
  readonly name: string | undefined;
  readonly url: string;
  /** Whether only packages that name it come from it. */
  readonly isExplicit: boolean;
  /** Whether {@link url} is a directory with files, relative to the project. */
  readonly isDirectory?: boolean;
}

/** Where a package comes from when not from an index by its name. */
export type DirectSource =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "path"; readonly path: string; readonly isEditable: boolean }
  | {
      readonly kind: "git";
      readonly url: string;
      readonly reference: string | undefined;
      /** Where the manifest says so; a revision of any kind when absent. */
      readonly referenceKind?: "branch" | "tag" | "rev";
      readonly subdirectory?: string;
      /** What the reference means, once it is known. */
      readonly commit?: string;
      /** The hash of the commit's tree as Nix makes it. */
      readonly treeIntegrity?: string;
    };

/** What a manifest says. */
export interface PypiDocument {
  readonly kind: "pypi-document";
  readonly requirements: readonly RootRequirement[];
  readonly requiresPython: { readonly text: string; readonly origin: Origin } | undefined;
  /** Names of all extras and groups, normalised, also the empty ones. */
  readonly extras: readonly string[];
  readonly groups: readonly string[];
  readonly constraints: readonly RootRequirement[];
  readonly overrides: readonly RootRequirement[];
  readonly excludes: readonly string[];
  /** Indexes in order of rank. */
  readonly indexes: readonly DocumentIndex[];
  /** Whether those take the place of the public index; it is asked after them otherwise. */
  readonly replacesPublicIndex: boolean;
  /** Packages that come from one index only: package to the name of the index. */
  readonly packageIndexes: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, DirectSource>;
  readonly prerelease: "allow" | undefined;
  readonly noBuild: readonly string[];
  readonly noBinary: readonly string[];
}

/** A document that says nothing. */
export const emptyDocument: PypiDocument = {
  kind: "pypi-document",
  requirements: [],
  requiresPython: undefined,
  extras: [],
  groups: [],
  constraints: [],
  overrides: [],
  excludes: [],
  indexes: [],
  replacesPublicIndex: false,
  packageIndexes: new Map(),
  sources: new Map(),
  prerelease: undefined,
  noBuild: [],
  noBinary: [],
};

/** The document of a manifest that this ecosystem has read. */
export function documentOf(manifest: Manifest): PypiDocument {
  if (isPypiDocument(manifest.document)) return manifest.document;
  throw new TypeError(`${manifest.file} was not read as a PyPI manifest`);
}

function isPypiDocument(value: unknown): value is PypiDocument {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "pypi-document";
}
