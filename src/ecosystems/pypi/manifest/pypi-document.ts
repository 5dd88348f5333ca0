/** The decoded form of a PyPI manifest, whatever file it was read from. */
import type { Origin } from "../../../model/origin.ts";
import type { Manifest } from "../../../model/manifest.ts";
import type { EdgeKind } from "../../../model/requirement.ts";
import type { Marker } from "../pep/marker.ts";
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
  /** `directory`: {@link url} is the path of a directory with files; `page`: it is one page that links to files. */
  readonly layout?: "directory" | "page";
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

/** The index of a package, by its name or its URL, where the marker holds. */
export interface PackageIndexRule {
  readonly package: string;
  readonly index: string;
  readonly marker?: Marker | undefined;
}

/** The source of a package where the marker holds. */
export interface SourceRule {
  readonly package: string;
  readonly source: DirectSource;
  readonly marker?: Marker | undefined;
}

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
  /** Packages that come from one index only. The first rule whose marker holds counts. */
  readonly packageIndexes: readonly PackageIndexRule[];
  /** Packages that come from no index. The first rule whose marker holds counts. */
  readonly sources: readonly SourceRule[];
  readonly prerelease: "allow" | undefined;
  readonly noBuild: readonly string[];
  readonly noBinary: readonly string[];
  /** What is required by versions that do not say so themselves: by name or `name==version`. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  /** Groups that an installer takes when it is asked for none. */
  readonly defaultGroups: readonly string[];
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
  packageIndexes: [],
  sources: [],
  prerelease: undefined,
  noBuild: [],
  noBinary: [],
  metadata: new Map(),
  defaultGroups: [],
};

/** The document of a manifest that this ecosystem has read. */
export function documentOf(manifest: Manifest): PypiDocument {
  if (isPypiDocument(manifest.document)) return manifest.document;
  throw new TypeError(`${manifest.file} was not read as a PyPI manifest`);
}

function isPypiDocument(value: unknown): value is PypiDocument {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "pypi-document";
}
