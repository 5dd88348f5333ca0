/** The reading that ecosystems may do in a project or a local registry; tests give an in-memory one. Paths are absolute. */
export interface FileSystem {
  /** The bytes of a file, or `undefined` when there is none. Other failures throw. */
  readFile(path: string): Uint8Array | undefined;
  /** Names in a directory, sorted bytewise, or `undefined` when there is none. */
  readDirectory(path: string): readonly string[] | undefined;
  kind(path: string): "file" | "directory" | undefined;
}
