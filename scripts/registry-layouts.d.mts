/** What is known of one version, in the words of its ecosystem; see fixtures/README.md. */
export type Facts = Readonly<Record<string, unknown>>;

/** Package name -> version -> facts. The version `index` holds what is known of the whole package (npm: `tags`). */
export type Packages = Readonly<Record<string, Readonly<Record<string, Facts>>>>;

/** Where files are said to be; hosts that do not exist by default. */
export interface LayoutOptions {
  readonly npmBase?: string;
  readonly pypiFilesBase?: string;
  /** The `dl` template of an index (cargo book, "Index configuration"). */
  readonly cargoDownload?: string;
}

/** The files of a registry in its native layout: path -> content. Throws for an ecosystem without a layout. */
export function registryFiles(
  ecosystem: string,
  packages: Packages,
  options?: LayoutOptions,
): Map<string, string | Uint8Array>;

/** Writes {@link registryFiles} below a directory. */
export function writeRegistry(directory: string, ecosystem: string, packages: Packages, options?: LayoutOptions): void;
