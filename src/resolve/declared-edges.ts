import type { ForeignRequirement } from "../model/requirement.ts";

/** One `[[edges]]` entry of enki.toml: packages matching `from` also need `to`. */
export interface DeclaredEdge {
  readonly from: {
    readonly ecosystem: string;
    readonly name: string;
    /** Only these versions; all when absent. */
    readonly range?: string;
  };
  readonly to: ForeignRequirement;
}
