/** A place in a text file that a person can open. Lines and columns count from 1, columns in UTF-16 units. */
export interface Origin {
  /** Path relative to the project's root, with forward slashes; never absolute. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Length in UTF-16 units of what stands there, for underlining. */
  readonly length?: number;
}
