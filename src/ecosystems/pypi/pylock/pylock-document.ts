/** What a pylock.toml says (PEP 751), decoded. */
import type { WheelName } from "../pep/file-name.ts";
import type { Marker } from "../pep/marker.ts";
import type { SpecifierSet } from "../pep/specifier.ts";
import type { Version } from "../pep/version.ts";

/** One file of a package. It has a URL, a path or both. */
export interface LockedFile {
  /** The name that is written, else the end of the path, else that of the URL. */
  readonly fileName: string;
  readonly url: string | undefined;
  readonly path: string | undefined;
  /** Algorithm to hexadecimal digest; not empty. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly size: number | undefined;
}

export interface LockedWheel extends LockedFile {
  readonly wheel: WheelName;
}

/** Where a package comes from when it is not from an index. */
export type LockedSource =
  | {
      readonly kind: "vcs";
      readonly url: string | undefined;
      readonly path: string | undefined;
      readonly commit: string;
    }
  | { readonly kind: "directory"; readonly path: string; readonly isEditable: boolean }
  | { readonly kind: "archive"; readonly file: LockedFile };

/** One entry of `packages`. It has a source, or a source distribution, wheels or both. */
export interface LockedPackage {
  readonly name: string;
  readonly version: Version | undefined;
  readonly marker: Marker | undefined;
  readonly requiresPython: SpecifierSet | undefined;
  readonly source: LockedSource | undefined;
  readonly sdist: LockedFile | undefined;
  readonly wheels: readonly LockedWheel[];
}

/** A lock. `undefined` is what it does not say; an empty list of environments is for none. */
export interface Pylock {
  readonly environments: readonly Marker[] | undefined;
  readonly requiresPython: SpecifierSet | undefined;
  readonly extras: readonly string[];
  readonly dependencyGroups: readonly string[];
  readonly defaultGroups: readonly string[];
  readonly packages: readonly LockedPackage[];
}
