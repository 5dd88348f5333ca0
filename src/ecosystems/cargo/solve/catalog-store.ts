import type { CrateSource } from "../package/crate-source.ts";
import type { Catalog } from "../registry/catalog.ts";
import type { Registry } from "../registry/registry.ts";

/** The catalogs of one problem: each crate is asked for once, all that are wanted at the same time. */
export class CatalogStore {
  readonly #registryOf: (source: CrateSource) => Registry | undefined;
  readonly #known = new Map<string, Catalog | "missing">();
  readonly #pending = new Map<string, Promise<void>>();

  constructor(registryOf: (source: CrateSource) => Registry | undefined) {
    this.#registryOf = registryOf;
  }

  /** `undefined` while it is not loaded. */
  get(crate: string, source: CrateSource): Catalog | "missing" | undefined {
    return this.#known.get(catalogKey(crate, source));
  }

  /** Makes {@link get} answer. */
  load(crate: string, source: CrateSource, signal: AbortSignal): Promise<void> {
    const key = catalogKey(crate, source);
    if (this.#known.has(key)) return Promise.resolve();
    let pending = this.#pending.get(key);
    if (pending === undefined) {
      pending = this.#fetch(key, crate, source, signal);
      this.#pending.set(key, pending);
    }
    return pending;
  }

  async #fetch(key: string, crate: string, source: CrateSource, signal: AbortSignal): Promise<void> {
    try {
      const registry = this.#registryOf(source);
      this.#known.set(key, (await registry?.load(crate, signal)) ?? "missing");
    } finally {
      this.#pending.delete(key);
    }
  }
}

function catalogKey(crate: string, source: CrateSource): string {
  return `${crate} ${source.id}`;
}
