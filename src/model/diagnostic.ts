import type { Origin } from "./origin.ts";

export type Severity = "error" | "warning" | "note";

/** Something to tell a person about an input: what is wrong, where, and what to do. */
export interface Diagnostic {
  /** Stable, kebab-case, prefixed by the area: `toml-syntax`, `npm-invalid-range`. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence without a final full stop. */
  readonly message: string;
  readonly origin?: Origin;
  /** The whole line that {@link origin} points into, so that it can be shown underlined. */
  readonly sourceLine?: string;
  /** What the reader can do about it. */
  readonly help?: string;
}
