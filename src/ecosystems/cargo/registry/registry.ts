import type { CrateSource } from "../package/crate-source.ts";
import type { Catalog } from "./catalog.ts";

/** A place that knows releases of crates. */
export interface Registry {
  readonly source: CrateSource;
  /** The registry's address for provenance: a URL without credentials or a path. */
  readonly address: string;
  /** The catalog of a crate, or `undefined` when the registry does not have it. Network and disk failures throw. */
  load(crate: string, signal: AbortSignal): Promise<Catalog | undefined>;
}
