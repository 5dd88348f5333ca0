import type { EdgeKind } from "../model/requirement.ts";

/** The file that holds a resolution, beside the service's `enki.toml`. */
export const LOCK_FILE_NAME = "enki.lock";

/** Raised when older Enkis could misread the file. They refuse it: the lock is from the future. */
export const LOCK_SCHEMA = 1;

/** Raised when keys are added that an older Enki of the same schema may ignore. */
export const LOCK_REVISION = 0;

/** Left out of the file where they apply, so that the common edge is two lines. */
export const DEFAULT_ENVIRONMENT = "run";
export const DEFAULT_EDGE_KIND: EdgeKind = "runtime";

export const EDGE_KINDS: ReadonlySet<EdgeKind> = new Set<EdgeKind>([
  "runtime",
  "optional",
  "peer",
  "dev",
  "build",
  "link",
  "tool",
]);
